import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encode } from '../../src/protocol/codec.js';
import { MESSAGE_BYTES_MAX } from '../../src/protocol/limits.js';
import { parseClientMessage } from '../../src/protocol/parse.js';
import { parse, PAYMENT } from './parsing.js';
import { bytesOf, ENCODINGS, message, textBytes } from './support.js';

describe('broken messages', () => {
  test.each(ENCODINGS)('P-GUARD-1 one above the limit of %s closes with 1009', (encoding) => {
    const parsed = parse({ type: 'ping', id: 'x'.repeat(MESSAGE_BYTES_MAX) }, encoding);
    expect(parsed).toEqual({ kind: 'broken', reason: 'too_large', close: 1009 });
  });

  test.each(ENCODINGS)(
    'P-GUARD-9 one of %s without a text as type closes with 4400',
    (encoding) => {
      for (const value of [{}, { type: 7 }, { type: null }, { Type: 'ping' }]) {
        expect(parse(value, encoding)).toEqual({ kind: 'broken', reason: 'no_type', close: 4400 });
      }
    },
  );

  test.each([
    ['{"type":"ping","id":"1"} x', 'not_decodable'],
    ['{"type":"ping","id":"1"}{}', 'not_decodable'],
    ['{"type":"ping",}', 'not_decodable'],
    ['{"type":"ping","a":"\\x"}', 'not_decodable'],
    ['{"type":"ping","__proto__":{}}', 'forbidden_key'],
    ['[]', 'not_a_map'],
  ])('P-GUARD-7 the text %s closes with 4400', (text, reason) => {
    expect(parseClientMessage(textBytes(text), 'json')).toEqual({
      kind: 'broken',
      reason,
      close: 4400,
    });
  });

  test('P-GUARD-8 JSON that is not UTF-8 closes with 4400', () => {
    const bytes = textBytes('{"type":"ping","id":"1"}');
    bytes[bytes.indexOf(0x31)] = 0xff;
    expect(parseClientMessage(bytes, 'json')).toMatchObject({
      kind: 'broken',
      reason: 'invalid_utf8',
    });
  });

  test.each(ENCODINGS)('P-GUARD-10 random bytes as %s get a verdict', (encoding) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(['broken', 'refused', 'message']).toContain(
          parseClientMessage(bytes, encoding).kind,
        );
      }),
      { numRuns: 1_000 },
    );
  });

  test.each(ENCODINGS)('P-GUARD-10 any well-formed message of %s gets a verdict', (encoding) => {
    const type = fc.constantFrom('hello', 'command', 'query', 'subscribe', 'heartbeat', 'ping');
    fc.assert(
      fc.property(message(), type, (value, name) => {
        expect(parse({ ...value, type: name }, encoding).kind).not.toBe('broken');
      }),
    );
  });

  test.each(ENCODINGS)('P-GUARD-10 a valid message of %s with some bytes changed', (encoding) => {
    const valid = encode({ ...PAYMENT, expect: { order_header: { o1: 3 } } }, encoding);
    const change = fc.tuple(fc.nat(valid.length - 1), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(
        fc.array(change, { minLength: 1, maxLength: 4 }),
        fc.nat(valid.length),
        (changes, cut) => {
          const bytes = valid.slice(0, cut % 3 === 0 ? cut : valid.length);
          for (const [position, byte] of changes) bytes[position] = byte;
          const parsed = parseClientMessage(bytes, encoding);
          expect(['broken', 'refused', 'message']).toContain(parsed.kind);
          expect(Object.getPrototypeOf({})).toBe(Object.prototype);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test.each(ENCODINGS)(
    'P-GUARD-11 hostile shapes of %s take no longer than their length',
    (encoding) => {
      const half = 30_000;
      const shapes =
        encoding === 'json'
          ? [
              `{"a":[${'[],'.repeat(half / 2)}1]}`,
              `{"a":"${'\\u0061'.repeat(10_000)}"}`,
              `{"${'\\'.repeat(half)}`,
            ]
          : [];
      const packed = [
        `81a161dd0000ea60${'90'.repeat(60_000)}`,
        `81a161dd0000ea60${'80'.repeat(60_000)}`,
      ];
      for (const bytes of [
        ...shapes.map(textBytes),
        ...(encoding === 'msgpack' ? packed.map(bytesOf) : []),
      ]) {
        const before = performance.now();
        for (let count = 0; count < 10; count += 1) parseClientMessage(bytes, encoding);
        expect(performance.now() - before).toBeLessThan(2_000);
      }
    },
  );
});
