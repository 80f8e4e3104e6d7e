import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decode,
  encode,
  encodeAround,
  encodeFramed,
  packedLength,
} from '../../src/protocol/codec.js';
import { messageFault } from '../../src/protocol/guard.js';
import type { Encoding } from '../../src/protocol/messages.js';
import { bytesOf, ENCODINGS, message } from './support.js';

const DELTA = {
  type: 'delta',
  channel: 'main/kitchen/grill',
  baseVersion: 7,
  newVersion: 9,
  changes: { order_line: { updated: [{ id: 'l1', version: 3, changes: { status: 'ready' } }] } },
};

describe('codec', () => {
  test.each(ENCODINGS)('P-ENC-1 what is encoded as %s comes back equal', (encoding) => {
    fc.assert(
      fc.property(message(), (value) => {
        expect(decode(encode(value, encoding), encoding)).toEqual(value);
      }),
    );
  });

  test('P-ENC-2 no message is written with an extension type or another key than a string', () => {
    fc.assert(
      fc.property(message(), (value) => {
        expect(messageFault(encode(value, 'msgpack'), 'msgpack')).toBeNull();
      }),
    );
  });

  test.each(ENCODINGS)('P-ENC-3 an undefined field is left out of %s', (encoding) => {
    const holding = {
      type: 'ack',
      id: '1',
      result: { a: undefined, b: [1, undefined] },
      key: undefined,
    };
    const bytes = encode(holding, encoding);
    expect(decode(bytes, encoding)).toEqual({ type: 'ack', id: '1', result: { b: [1, null] } });
    expect(Object.keys(decode(bytes, encoding) as object)).not.toContain('key');
  });

  test('P-ENC-3 bytes that look like an undefined inside a number are left as they are', () => {
    const value = { type: 'x', at: 0xd40000, text: 'Ԁ\u0000\u0000' };
    expect(decode(encode(value, 'msgpack'), 'msgpack')).toEqual(value);
  });

  test.each(ENCODINGS)(
    'P-ENC-4 bytes of %s are not written over by the next message',
    (encoding) => {
      const first = encode(DELTA, encoding);
      const kept = Uint8Array.from(first);
      for (let count = 0; count < 100; count += 1) {
        encode({ ...DELTA, newVersion: count }, encoding);
      }
      expect(first).toEqual(kept);
      expect(first.buffer.byteLength).toBe(first.byteLength);
    },
  );

  test('P-ENC-4 messages after one of megabytes are whole', () => {
    const rows = Array.from({ length: 40_000 }, (_, id) => ({
      id: `line-${String(id)}`,
      version: id,
    }));
    const big = { type: 'snapshot', tables: { order_line: rows } };
    expect(decode(encode(big, 'msgpack'), 'msgpack')).toEqual(big);
    const text =
      'a text of more than sixty-four characters, which goes another way than a short one does';
    expect(decode(encode({ type: 'x', text }, 'msgpack'), 'msgpack')).toEqual({ type: 'x', text });
  });

  test.each([
    ['uint64', 'cf000001999999999a'],
    ['int64', 'd3000001999999999a'],
    ['float64', 'cb427999999999a000'],
  ])('P-ENC-5 an integer beyond 32 bits is taken as %s', (_, hex) => {
    expect(decode(bytesOf(`81a161${hex}`), 'msgpack')).toEqual({ a: 0x1999999999a });
  });

  test('P-ENC-5 a negative int64 is the same number', () => {
    expect(decode(bytesOf('81a161d3fffffffffffffff6'), 'msgpack')).toEqual({ a: -10 });
  });

  test.each(ENCODINGS)(
    'P-ENC-6 the head room of %s is zeroed and the message follows',
    (encoding) => {
      const framed = encodeFramed(DELTA, encoding, 14);
      expect(framed.subarray(0, 14)).toEqual(new Uint8Array(14));
      expect(framed.subarray(14)).toEqual(encode(DELTA, encoding));
    },
  );

  test.each(ENCODINGS)('P-ENC-7 %s around an encoded part is the whole message', (encoding) => {
    const tables = { order_line: [{ id: 'l1', version: 1, name: 'Crème brûlée' }] };
    const envelope = { type: 'snapshot', id: '7', channel: 'main/orders' };
    const part = { key: 'tables', bytes: encode(tables, encoding) };
    const chunks = encodeAround(envelope, part, { encoding, headRoom: 10 });
    expect(chunks[0]?.subarray(0, 10)).toEqual(new Uint8Array(10));
    expect(chunks[1]).toBe(part.bytes);
    const joined = Buffer.concat(chunks).subarray(10);
    expect(new Uint8Array(joined)).toEqual(encode({ ...envelope, tables }, encoding));
  });

  test('a packed length is the length of the bytes', () => {
    expect(packedLength(DELTA)).toBe(encode(DELTA, 'msgpack').length);
  });

  test.each<[Encoding, string]>([
    ['msgpack', '81a161'],
    ['json', '7b'],
  ])('decoding %s that is none throws', (encoding, hex) => {
    expect(() => decode(bytesOf(hex), encoding)).toThrow();
  });
});
