/**
 * Pairing codes: nine characters in three groups (`K7Q-P3M-9XA`), none of which looks like another. The first two find the code,
 * the other seven, 35 bits, are the secret.
 */
import { randomInt } from 'node:crypto';

/** Crockford's base 32: no I, L, O and U. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const SELECTOR_LENGTH = 2;
const SECRET_LENGTH = 7;
const LENGTH = SELECTOR_LENGTH + SECRET_LENGTH;
const CODE = new RegExp(`^[${ALPHABET}]{${LENGTH}}$`);

export interface PairingText {
  readonly selector: string;
  readonly secret: string;
}

export function newPairingText(): PairingText {
  const text = Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return cut(text);
}

/** As it is read out and typed. */
export function writePairing({ selector, secret }: PairingText): string {
  return (selector + secret).replaceAll(/(...)(?=.)/g, '$1-');
}

/** Takes small letters, any or no separators, and letters that are taken for digits; null: it has not the form of a code. */
export function readPairing(typed: string): PairingText | null {
  const text = typed
    .toUpperCase()
    .replaceAll(/[\s\-._]/g, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1');
  return CODE.test(text) ? cut(text) : null;
}

function cut(text: string): PairingText {
  return { selector: text.slice(0, SELECTOR_LENGTH), secret: text.slice(SELECTOR_LENGTH) };
}
