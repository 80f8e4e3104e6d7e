/** The small arithmetic of the scenario `bytes`. */
import { describe, expect, it } from 'vitest';
import { daysOf } from '../../bench/bytes/replayed.js';
import { clientFrame, frameHeaderBytes } from '../../bench/load/frames.js';

describe('bytes on the wire', () => {
  it('finds the days of recorded orders, oldest first, each once', () => {
    const csv = [
      'OrderNumber,OrderDate,ItemName,Quantity,ProductPrice,TotalProducts',
      '3,01/06/2019 00:10,Naan 31/12/2019 23:00,1,2.5,1',
      '2,31/05/2019 19:51,Mint Sauce,2,0.5,8',
      '2,31/05/2019 19:51,Mango Chutney,1,0.5,8',
    ].join('\n');
    expect(daysOf(csv)).toEqual(['31/05/2019', '01/06/2019']);
  });

  it('counts the header that a frame of each length has', () => {
    const maskBytes = 4;
    for (const length of [0, 125, 126, 65_535, 65_536]) {
      const frame = clientFrame(new Uint8Array(length), 'binary');
      expect(frame.length - length - maskBytes).toBe(frameHeaderBytes(length));
    }
  });
});
