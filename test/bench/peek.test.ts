import { describe, expect, it } from 'vitest';
import {
  catchUpKind,
  DELTA,
  firstLetterOfType,
  HEARTBEAT,
  versionAfter,
} from '../../bench/load/peek.js';
import { encode } from '../../src/protocol/codec.js';

const CHANNEL = { channel: 'main/orders', epoch: '0198a5d2-7c1e-7000-8000-000000000000' };
const VERSIONS = [5, 200, 60_000, 70_000, 2 ** 40];

function bytes(message: object): Buffer {
  return Buffer.from(encode(message, 'msgpack'));
}

describe('what a message is, without decoding it', () => {
  it('tells deltas, heartbeats, snapshots and catch-ups apart', () => {
    expect(firstLetterOfType(bytes({ type: 'delta' }))).toBe(DELTA);
    expect(firstLetterOfType(bytes({ type: 'heartbeat' }))).toBe(HEARTBEAT);
    expect(catchUpKind(bytes({ type: 'snapshot' }))).toBe('snapshot');
    expect(catchUpKind(bytes({ type: 'snapshot:delta' }))).toBe('snapshot:delta');
    expect(catchUpKind(bytes({ type: 'delta' }))).toBeNull();
  });

  it('reads the version that follows, however MessagePack writes it', () => {
    for (const version of VERSIONS) {
      const after = { baseVersion: 3, newVersion: version, changes: {} };
      expect(versionAfter(bytes({ type: 'delta', ...CHANNEL, ...after }))).toBe(version);
      const whole = { type: 'snapshot', id: 'x', ...CHANNEL, version, tables: {} };
      expect(versionAfter(bytes(whole))).toBe(version);
    }
  });
});
