/** Identifiers: UUIDs of version 7 (RFC 9562), which sort by the time they were made. */
import type { Clock } from './clock.js';

/** Makes a new id at each call. */
export type NewId = () => string;

/** Fills the array with random bytes. */
export type RandomBytes = (into: Uint8Array) => Uint8Array;

export const systemRandom: RandomBytes = (into) => {
  // Shared memory, which a Uint8Array may lie on, is nothing that browsers fill.
  globalThis.crypto.getRandomValues(into as Uint8Array<ArrayBuffer>);
  return into;
};

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function hex(bytes: Uint8Array, from: number, to: number): string {
  let text = '';
  for (let index = from; index < to; index += 1) text += HEX[bytes[index] ?? 0] ?? '';
  return text;
}

/** Writes 16 bytes as a UUID of the given version. */
export function formatUuid(bytes: Uint8Array, version: 4 | 7 | 8): string {
  const copy = Uint8Array.from(bytes.subarray(0, 16));
  copy[6] = ((copy[6] ?? 0) & 0x0f) | (version << 4);
  copy[8] = ((copy[8] ?? 0) & 0x3f) | 0x80;
  return [
    hex(copy, 0, 4),
    hex(copy, 4, 6),
    hex(copy, 6, 8),
    hex(copy, 8, 10),
    hex(copy, 10, 16),
  ].join('-');
}

const POOL_IDS = 256;

/**
 * A source of version 7 UUIDs. Within one millisecond they keep the order in which they were made
 * (a 12-bit counter in rand_a), and they never go back when the clock does.
 */
export function uuidV7Source(clock: Clock, random: RandomBytes = systemRandom): NewId {
  const pool = new Uint8Array(8 * POOL_IDS);
  let used = POOL_IDS;
  let last = -1;
  let counter = 0;
  return () => {
    const now = clock.now();
    if (now > last) {
      last = now;
      counter = 0;
    } else {
      counter += 1;
      if (counter > 0xfff) {
        last += 1;
        counter = 0;
      }
    }
    if (used === POOL_IDS) {
      random(pool);
      used = 0;
    }
    const offset = used * 8;
    used += 1;
    const time = last.toString(16).padStart(12, '0');
    const sequence = (0x7000 | counter).toString(16);
    const variant = HEX[((pool[offset] ?? 0) & 0x3f) | 0x80] ?? '80';
    return `${time.slice(0, 8)}-${time.slice(8)}-${sequence}-${variant}${hex(pool, offset + 1, offset + 2)}-${hex(pool, offset + 2, offset + 8)}`;
  };
}
