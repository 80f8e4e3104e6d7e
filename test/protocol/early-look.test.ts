import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { COMMANDS, LEASES } from '../../src/domain/registry.js';
import { kindOfCommand, kindSeen } from '../../src/hub/limits/request-kind.js';
import { decode, encode } from '../../src/protocol/codec.js';
import { EarlyLook } from '../../src/protocol/early-look.js';
import { PAYMENT } from './parsing.js';

const REFUSAL = { type: 'error', code: 'overloaded', status: 503, retryable: true };
const look = new EarlyLook();

function seen(message: object): EarlyLook {
  look.at(encode(message, 'msgpack'));
  return look;
}

function answered(): unknown {
  return decode(look.answer(encode(REFUSAL, 'msgpack'), 10).subarray(10), 'msgpack');
}

const plain = (lengthMax: number) =>
  fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: lengthMax });

describe('the early look', () => {
  test('L-LOOK-1 it sees what the reader would: type and kind, and repeats id and key', () => {
    const names = Object.keys({ ...COMMANDS, ...LEASES });
    fc.assert(
      fc.property(fc.constantFrom(...names), plain(64), plain(128), (name, id, key) => {
        expect(seen({ ...PAYMENT, name, id, key }).type).toBe('command');
        expect(kindSeen(look)).toBe(kindOfCommand(name));
        expect(answered()).toEqual({ ...REFUSAL, id, key });
      }),
    );
    seen({ type: 'query', id: 'q1', name: 'kitchen.recent', branchId: 'main', params: {} });
    expect(kindSeen(look)).toBe('query');
    expect(answered()).toEqual({ ...REFUSAL, id: 'q1' });
  });

  test('L-LOOK-2 what it cannot tell is for the reader', () => {
    const { payload, ...texts } = PAYMENT;
    const unclear: readonly object[] = [
      { payload, ...texts },
      { ...PAYMENT, id: 'x'.repeat(65) },
      { ...PAYMENT, key: 'x'.repeat(129) },
      { ...PAYMENT, key: 'né' },
      { ...PAYMENT, id: '' },
      { ...PAYMENT, id: 7 },
      { type: 'command', id: '1', name: 'payment.add', payload },
      { type: 'ping', id: '1', name: 'x', key: 'k' },
      { type: 'hello', id: '1', token: 'x'.repeat(600) },
    ];
    for (const message of unclear) expect([message, seen(message).type]).toEqual([message, null]);
    look.at(encode(PAYMENT, 'msgpack').subarray(0, 30));
    expect(look.type).toBeNull();
  });

  test('L-LOOK-2 whatever bytes come, it never throws, and answers with a message', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        look.at(bytes);
        if (look.type !== null) expect(answered()).toMatchObject(REFUSAL);
      }),
    );
    fc.assert(
      fc.property(fc.nat(150), fc.nat(255), (at, byte) => {
        const bytes = encode(PAYMENT, 'msgpack');
        bytes[at % bytes.length] = byte;
        look.at(bytes);
        if (look.type !== null) expect(answered()).toMatchObject(REFUSAL);
      }),
    );
  });
});
