import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encode } from '../../src/protocol/codec.js';
import { messageFault } from '../../src/protocol/guard.js';
import { MESSAGE_BYTES_MAX, MESSAGE_DEPTH_MAX } from '../../src/protocol/limits.js';
import { bytesOf, message } from './support.js';

const msgpackFault = (bytes: Uint8Array) => messageFault(bytes, 'msgpack');

/** `{"a": <the value>}` */
function holding(value: string): Uint8Array {
  return bytesOf(`81a161${value}`);
}

function nested(depth: number): object {
  let value: object = {};
  for (let level = 1; level < depth; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return Array.isArray(value) ? { a: nested(depth - 1) } : value;
}

describe('guard of MessagePack', () => {
  test('P-GUARD-10 any message that the codec writes passes', () => {
    fc.assert(
      fc.property(message(), (value) => {
        expect(msgpackFault(encode(value, 'msgpack'))).toBeNull();
      }),
    );
  });

  test('P-GUARD-10 every plain form of a value passes, the wasteful ones too', () => {
    const forms = [
      ...[
        '00',
        '7f',
        'ff',
        'e0',
        'c0',
        'c2',
        'c3',
        'cc01',
        'cd0001',
        'ce00000001',
        'd0ff',
        'd1ffff',
      ],
      ...['d2ffffffff', 'cf0000000000000001', 'd3ffffffffffffffff', 'ca3f800000'],
      ...['cb3ff0000000000000', 'a0', 'a161', 'd90161', 'da000161', 'db0000000161', '80', '90'],
      ...['9101', 'dc000101', 'dd0000000101', '81a16101', 'de0001a16101', 'df00000001a16101'],
      ...['c400', 'c4017f', 'c500017f', 'c6000000017f'],
    ];
    for (const form of forms) expect([form, msgpackFault(holding(form))]).toEqual([form, null]);
  });

  test('P-GUARD-1 a message above the limit is too large, one of just the limit is not', () => {
    const room = MESSAGE_BYTES_MAX - encode({ a: 'x'.repeat(60_000) }, 'msgpack').length + 60_000;
    expect(msgpackFault(encode({ a: 'x'.repeat(room) }, 'msgpack'))).toBeNull();
    expect(msgpackFault(encode({ a: 'x'.repeat(room + 1) }, 'msgpack'))).toBe('too_large');
  });

  test('P-GUARD-2 sixteen levels pass, seventeen do not', () => {
    expect(msgpackFault(encode(nested(MESSAGE_DEPTH_MAX), 'msgpack'))).toBeNull();
    expect(msgpackFault(encode({ a: nested(MESSAGE_DEPTH_MAX) }, 'msgpack'))).toBe('too_deep');
    expect(msgpackFault(holding('91'.repeat(15) + '00'))).toBeNull();
    expect(msgpackFault(holding('91'.repeat(16) + '00'))).toBe('too_deep');
    expect(msgpackFault(holding('91'.repeat(60_000)))).toBe('too_deep');
  });

  test.each(['c70101aa', 'c8000101aa', 'c90000000101aa', 'd40000', 'd5720000', 'd6ff00000000'])(
    'P-GUARD-3 the extension %s is refused as a value and as a key',
    (extension) => {
      expect(msgpackFault(holding(extension))).toBe('extension_type');
      expect(msgpackFault(holding(`91${extension}`))).toBe('extension_type');
      expect(msgpackFault(bytesOf(`81${extension}00`))).toBe('extension_type');
    },
  );

  test('P-GUARD-3 the long fixed extensions are refused', () => {
    expect(msgpackFault(holding(`d7ff${'00'.repeat(8)}`))).toBe('extension_type');
    expect(msgpackFault(holding(`d801${'00'.repeat(16)}`))).toBe('extension_type');
  });

  test.each(['01', 'c0', 'c3', '90', '80', 'c40161', 'cb3ff0000000000000'])(
    'P-GUARD-4 the key %s is refused',
    (key) => {
      expect(msgpackFault(bytesOf(`81${key}00`))).toBe('key_not_a_string');
      expect(msgpackFault(holding(`81${key}00`))).toBe('key_not_a_string');
    },
  );

  test.each(['__proto__', 'constructor', 'prototype'])('P-GUARD-5 the key %s is refused', (key) => {
    const hex = Buffer.from(key).toString('hex');
    const long = `d9${key.length.toString(16).padStart(2, '0')}${hex}`;
    const short = (0xa0 + key.length).toString(16) + hex;
    expect(msgpackFault(bytesOf(`81${short}00`))).toBe('forbidden_key');
    expect(msgpackFault(bytesOf(`81${long}00`))).toBe('forbidden_key');
    expect(msgpackFault(holding(`9181${short}80`))).toBe('forbidden_key');
    expect(msgpackFault(holding(short))).toBeNull();
  });

  test.each([
    ['a text', 'a5616263'],
    ['a long text', 'dbffffffff61'],
    ['a text without its length', 'da00'],
    ['an array of 4 billion', 'ddffffffff00'],
    ['an array of 65,535', 'dcffff0000'],
    ['a map of 4 billion', 'dfffffffff'],
    ['a map with half a pair', '82a16100a162'],
    ['binary', 'c6ffffffff00'],
    ['a number', 'cb3ff0'],
    ['nothing', ''],
  ])('P-GUARD-6 %s that the bytes do not hold is refused', (_, value) => {
    expect(msgpackFault(holding(value))).toBe('truncated');
  });

  test('P-GUARD-7 bytes behind the message are refused', () => {
    expect(msgpackFault(bytesOf('81a16100c0'))).toBe('trailing_bytes');
    expect(msgpackFault(bytesOf('8080'))).toBe('trailing_bytes');
  });

  test.each([
    '80',
    'c080',
    'e08080',
    'eda080',
    'f0808080',
    'f4908080',
    'c3',
    'e282',
    'f5808080',
    'ff',
  ])('P-GUARD-8 the text %s is no UTF-8', (hex) => {
    const text = (0xa0 + hex.length / 2).toString(16) + hex;
    expect(msgpackFault(holding(text))).toBe('invalid_utf8');
    expect(msgpackFault(bytesOf(`81${text}00`))).toBe('invalid_utf8');
  });

  test('P-GUARD-8 UTF-8 is what the platform says it is', () => {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    const isText = (bytes: Uint8Array): boolean => {
      try {
        decoder.decode(bytes);
        return true;
      } catch {
        return false;
      }
    };
    const byte = fc.oneof(
      fc.integer({ min: 0, max: 255 }),
      fc.constantFrom(0x80, 0xbf, 0xc2, 0xe0, 0xed, 0xf0, 0xf4, 0xa0, 0x90),
    );
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 8 }), (array) => {
        const bytes = Uint8Array.from(array);
        const fault = msgpackFault(
          Uint8Array.from([0x81, 0xa1, 0x61, 0xd9, bytes.length, ...bytes]),
        );
        expect(fault === null).toBe(isText(bytes));
      }),
      { numRuns: 2_000 },
    );
  });

  test.each(['', '00', 'c0', '90', 'a161', 'cb3ff0000000000000', 'd40000', 'c1'])(
    'P-GUARD-9 the bytes "%s" are no map',
    (hex) => {
      expect(msgpackFault(bytesOf(hex))).toBe('not_a_map');
    },
  );

  test('P-GUARD-6 the byte that MessagePack never uses is refused', () => {
    expect(msgpackFault(holding('c1'))).toBe('not_decodable');
  });

  test('P-GUARD-10 random bytes get a verdict', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const behindMap = Uint8Array.from([0x8f, ...bytes]);
        expect(() => msgpackFault(behindMap)).not.toThrow();
      }),
      { numRuns: 2_000 },
    );
  });
});
