/**
 * Keys and ids that derive from content: the same order of the same file has the same ones in every run, so a replay that
 * is started again repeats what it did and doubles nothing.
 */
import { createHash } from 'node:crypto';
import { formatUuid } from '../../../base/ids.js';

/** A UUID of version 8 from the parts. Parts are told apart: ('ab', 'c') is another id than ('a', 'bc'). */
export function derivedId(...parts: readonly (string | number)[]): string {
  const hash = createHash('sha256');
  hash.update('expeditor replay 1');
  for (const part of parts) {
    const text = String(part);
    hash.update(`|${text.length}:${text}`);
  }
  return formatUuid(hash.digest(), 8);
}

/** A whole number from 0 to `below - 1`, evenly spread and always the same for the same parts. */
export function derivedNumber(below: number, ...parts: readonly (string | number)[]): number {
  return Number.parseInt(derivedId(...parts).slice(0, 8), 16) % below;
}

/** As `derivedId`, a UUID of version 7: it sorts by `at`, UTC epoch milliseconds, as the ids that a hub makes. */
export function derivedIdAt(at: number, ...parts: readonly (string | number)[]): string {
  const bytes = Buffer.from(derivedId(at, ...parts).replaceAll('-', ''), 'hex');
  bytes.writeUIntBE(at, 0, 6);
  return formatUuid(bytes, 7);
}
