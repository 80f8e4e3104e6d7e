import { describe, expect, it } from 'vitest';
import { deliveries } from '../../bench/measure/deliveries.js';

describe('from the acknowledgement to the last subscriber', () => {
  it('joins by version: a delta may cover several commits', () => {
    const summary = deliveries(
      [
        [7, 100],
        [9, 104],
        [8, 102],
      ],
      [
        [7, 101],
        [9, 110],
      ],
    ).summary();
    expect(summary.count).toBe(3);
    expect(summary.max).toBeCloseTo(8, 1);
    expect(summary.p50).toBeCloseTo(6, 1);
  });

  it('counts a delta that was there before the acknowledgement as nothing', () => {
    expect(deliveries([[7, 100]], [[7, 90]]).summary().max).toBeLessThan(0.01);
  });

  it('does not pass over what never arrived', () => {
    expect(() => deliveries([[8, 100]], [[7, 101]])).toThrow('version 8 never arrived');
  });
});
