/** The load generator's own frames: whatever chunks TCP makes of them. */
import { describe, expect, it } from 'vitest';
import { clientFrame, FrameReader } from '../../bench/load/frames.js';

/** An unmasked frame, as a server sends it. */
function serverFrame(payload: Buffer): Buffer {
  const head =
    payload.length < 126
      ? Buffer.from([0x82, payload.length])
      : payload.length <= 0xffff
        ? Buffer.from([0x82, 126, payload.length >> 8, payload.length & 0xff])
        : Buffer.concat([Buffer.from([0x82, 127, 0, 0, 0, 0]), uint32(payload.length)]);
  return Buffer.concat([head, payload]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

describe('frames by hand', () => {
  const sizes = [0, 1, 125, 126, 65_535, 65_536];
  const payloads = sizes.map((size, index) => Buffer.alloc(size, index + 1));
  const stream = Buffer.concat(payloads.map(serverFrame));

  it.each([1, 7, 1_000, stream.length])('are whole again out of chunks of %i bytes', (chunk) => {
    const seen: Buffer[] = [];
    const reader = new FrameReader((payload) => seen.push(Buffer.from(payload)));
    for (let at = 0; at < stream.length; at += chunk) {
      reader.take(stream.subarray(at, at + chunk));
    }
    expect(seen.map((each) => each.length)).toEqual(sizes);
    expect(Buffer.concat(seen).equals(Buffer.concat(payloads))).toBe(true);
  });

  it('of control are passed over, and a fragment is refused', () => {
    const seen: Buffer[] = [];
    const reader = new FrameReader((payload) => seen.push(payload));
    reader.take(Buffer.from([0x89, 0, 0x82, 1, 9]));
    expect(seen.map((each) => [...each])).toEqual([[9]]);
    expect(() => {
      reader.take(Buffer.from([0x02, 1, 9]));
    }).toThrow('fragment');
  });

  it.each(sizes)('of a client are masked with zeros: %i bytes', (size) => {
    const payload = Buffer.alloc(size, 5);
    const frame = clientFrame(payload, 'binary');
    expect(frame.readUInt8(0)).toBe(0x82);
    expect(frame.readUInt8(1) & 0x80).toBe(0x80);
    expect(frame.subarray(frame.length - size).equals(payload)).toBe(true);
    const mask = frame.subarray(frame.length - size - 4, frame.length - size);
    expect([...mask]).toEqual([0, 0, 0, 0]);
  });
});
