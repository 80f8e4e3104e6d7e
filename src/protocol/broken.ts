/** Messages that end a connection: what is wrong with them, and the keys that no message may hold. */
import { CLOSE } from './close-codes.js';

/** Each reason with the code that the hub closes with; the reason is the text of the close frame. */
export const BROKEN = {
  too_large: CLOSE.messageTooBig,
  too_deep: CLOSE.brokenMessage,
  not_a_map: CLOSE.brokenMessage,
  no_type: CLOSE.brokenMessage,
  extension_type: CLOSE.brokenMessage,
  key_not_a_string: CLOSE.brokenMessage,
  forbidden_key: CLOSE.brokenMessage,
  truncated: CLOSE.brokenMessage,
  trailing_bytes: CLOSE.brokenMessage,
  invalid_utf8: CLOSE.brokenMessage,
  not_decodable: CLOSE.brokenMessage,
} as const;

export type BrokenReason = keyof typeof BROKEN;

/** `card_suspected`: to be decoded, and then looked at for card data. null: nothing speaks against the message. */
export type GuardVerdict = BrokenReason | 'card_suspected' | null;

/** Keys through which an object's prototype could be reached. */
export const FORBIDDEN_KEYS: ReadonlySet<string> = new Set([
  '__proto__',
  'constructor',
  'prototype',
]);

const FORBIDDEN_BYTES = [...FORBIDDEN_KEYS].map((key) => new TextEncoder().encode(key));

/** Whether the bytes from `start` to `end` (exclusive) spell a forbidden key. */
export function isForbiddenKey(bytes: Uint8Array, start: number, end: number): boolean {
  for (const key of FORBIDDEN_BYTES) {
    if (key.length === end - start && key.every((byte, index) => byte === bytes[start + index])) {
      return true;
    }
  }
  return false;
}
