import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encode } from '../../src/protocol/codec.js';
import { messageFault } from '../../src/protocol/guard.js';
import { MESSAGE_BYTES_MAX } from '../../src/protocol/limits.js';
import { message, textBytes } from './support.js';

const jsonFault = (bytes: Uint8Array) => messageFault(bytes, 'json');

function faultOf(text: string): string | null {
  return jsonFault(textBytes(text));
}

/** The text with an escape (backslash, u, four hex digits) for every character. */
function escaped(text: string): string {
  return Array.from(text, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
}

describe('guard of JSON', () => {
  test('P-GUARD-10 any message that the codec writes passes', () => {
    fc.assert(
      fc.property(message(), (value) => {
        expect(jsonFault(encode(value, 'json'))).toBeNull();
        expect(faultOf(JSON.stringify(value, null, 2))).toBeNull();
      }),
    );
  });

  test('P-GUARD-1 a message above the limit is too large, one of just the limit is not', () => {
    const frame = '{"a":""}'.length;
    expect(faultOf(`{"a":"${'x'.repeat(MESSAGE_BYTES_MAX - frame)}"}`)).toBeNull();
    expect(faultOf(`{"a":"${'x'.repeat(MESSAGE_BYTES_MAX - frame + 1)}"}`)).toBe('too_large');
  });

  test('P-GUARD-2 sixteen levels pass, seventeen do not, and brackets in texts do not count', () => {
    expect(faultOf(`{"a":${'['.repeat(15)}${']'.repeat(15)}}`)).toBeNull();
    expect(faultOf(`{"a":${'['.repeat(16)}${']'.repeat(16)}}`)).toBe('too_deep');
    expect(faultOf('{"a":'.repeat(17) + '1' + '}'.repeat(17))).toBe('too_deep');
    expect(faultOf(`{"a":"${'['.repeat(40)}\\"${'{'.repeat(40)}"}`)).toBeNull();
    expect(faultOf(`{"a":[${'[],{},'.repeat(40)}1]}`)).toBeNull();
  });

  test.each(['__proto__', 'constructor', 'prototype'])('P-GUARD-5 the key %s is refused', (key) => {
    expect(faultOf(`{"${key}":1}`)).toBe('forbidden_key');
    expect(faultOf(`{"a":[{"${key}" \n\t:{}}]}`)).toBe('forbidden_key');
    expect(faultOf(`{"${escaped(key)}":1}`)).toBe('forbidden_key');
    expect(faultOf(`{"${escaped(key.slice(0, 1))}${key.slice(1)}":1}`)).toBe('forbidden_key');
    expect(faultOf(`{"${escaped(key).toUpperCase().replaceAll('\\U', '\\u')}":1}`)).toBe(
      'forbidden_key',
    );
  });

  test('P-GUARD-5 the same words are fine as values and inside longer keys', () => {
    expect(
      faultOf('{"a":"__proto__","b":["constructor"],"prototypes":1,"x":"prototype"}'),
    ).toBeNull();
    expect(faultOf('{"a":"\\"constructor\\":"}')).toBeNull();
  });

  test.each(['\\ud800', '\\udc00', '\\ud800\\u0041', '\\udbff\\ud800', '\\ud83dx'])(
    'P-GUARD-8 the half pair %s is refused',
    (half) => {
      expect(faultOf(`{"a":"${half}"}`)).toBe('invalid_utf8');
      expect(faultOf(`{"${half}":1}`)).toBe('invalid_utf8');
    },
  );

  test('P-GUARD-8 a whole pair and an escaped backslash before a u are fine', () => {
    expect(faultOf('{"a":"\\ud83d\\ude00"}')).toBeNull();
    expect(faultOf('{"a":"\\\\ud800"}')).toBeNull();
  });

  test.each(['', ' ', '[]', '"a"', '1', 'null', '\ufeff{}', 'x{}'])(
    'P-GUARD-9 the text "%s" is no map',
    (text) => {
      expect(faultOf(text)).toBe('not_a_map');
    },
  );

  test('P-GUARD-10 a text that never ends is refused', () => {
    expect(faultOf('{"a')).toBe('not_decodable');
    expect(faultOf('{"a\\')).toBe('not_decodable');
    expect(faultOf('{"a\\u12')).toBe('not_decodable');
  });
});
