import { describe, expect, it } from 'vitest';
import type { Frame } from '../../src/hub/connection.js';
import { Outbox, type Parcel } from '../../src/hub/session/outbox.js';
import { FakeConnection } from '../support/fake-connection.js';
import { encode } from '../../src/protocol/codec.js';

const ANSWER: Parcel = { kind: 'answer' };

function frame(): Frame {
  const bytes = encode({ type: 'pong', id: 'a question of some length', serverTime: 1 }, 'json');
  return { chunks: [bytes], headerBytes: 0, bytes: bytes.length };
}

describe('an outbox', () => {
  it('H-FAN-11 leaves nothing behind when the kernel takes more at once than goes ahead of it', () => {
    // What was left behind waited for `drained`, which is owed only while the socket holds something back: up to 5 s.
    let arrived = 0;
    const connection = new FakeConnection('json', () => (arrived += 1));
    const each = frame().bytes;
    const outbox = new Outbox({
      connection,
      deltaBytesMax: 1_000,
      socketBytesMax: 2 * each,
      overflowed: () => {},
    });
    for (let nth = 0; nth < 5; nth += 1) outbox.push(frame(), ANSWER);
    outbox.flush();
    expect(arrived).toBe(5);
    expect(outbox.isDrained).toBe(true);
    connection.stall();
    for (let nth = 0; nth < 5; nth += 1) outbox.push(frame(), ANSWER);
    outbox.flush();
    expect(connection.bufferedBytes).toBe(2 * each);
    expect(outbox.bytes).toBe(3 * each);
  });
});
