/** What the tests of the wire share: bytes by hand, and messages of any shape. */
import fc from 'fast-check';
import type { Encoding } from '../../src/protocol/messages.js';

export const ENCODINGS: readonly Encoding[] = ['msgpack', 'json'];

export function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, 'hex'));
}

export function textBytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

const FORBIDDEN = ['__proto__', 'constructor', 'prototype'];

const text = fc.string({ unit: 'grapheme', maxLength: 80 });
const key = text.filter((name) => !FORBIDDEN.includes(name));
const number = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
);

/** Any message that both encodings can carry, at most 8 deep. */
export function message(): fc.Arbitrary<Record<string, unknown>> {
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 6, depthSize: 'small' },
      text,
      number,
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 20 }),
      fc.dictionary(key, tie('value'), { maxKeys: 20, noNullPrototype: true }),
    ),
  }));
  return fc
    .dictionary(key, value, { maxKeys: 10, noNullPrototype: true })
    .map((fields) => ({ ...fields, type: 'any' }));
}
