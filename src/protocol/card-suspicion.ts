/**
 * A first look at the bytes of a message for card data, cheap enough for every message. It errs on the side of suspicion:
 * whatever `cardDataIn` and `isCardField` find is suspected here.
 */
import { CARD_DIGITS_MIN, cardDataIn, isUuid } from '../base/card-data.js';

/** Of the shortest track; the shortest card number has one more. */
const DIGITS_MIN = 12;

const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;
/** The digits that card numbers begin with; and 0, as a number in JSON may be a fraction with an exponent. */
const isLead = (byte: number): boolean => byte === DIGIT_0 || (byte >= 0x32 && byte <= 0x36);
/** Signs behind the number of a track. */
const EQUALS = 0x3d;
const CARET = 0x5e;
/** Names of security codes in a text have a V behind a C. */
const LETTER_C = 0x63;
const LETTERS_V = [0x76, 0x56];
const LOWER_CASE = 0x20;

/** 1 for what may stand in a number: digits, signs between them, parts of characters that may be such signs. */
const NUMBER_BYTES = new Uint8Array(256).fill(1, 0x80).fill(1, DIGIT_0, DIGIT_9 + 1);
for (const byte of asBytes("\t\r\n ./\\|*-_'")) NUMBER_BYTES[byte] = 1;

/** 1 for the first bytes of characters that may be digits of other scripts. */
const OTHER_DIGITS = new Uint8Array(256);
for (const byte of [0xd9, 0xdb, 0xdf, 0xe0, 0xe1, 0xea, 0xef, 0xf0]) OTHER_DIGITS[byte] = 1;

const UUID_LENGTH = 36;

const decoder = new TextDecoder();

function asBytes(signs: string): number[] {
  return Array.from(signs, (sign) => sign.charCodeAt(0));
}

/** Whether the message may hold card data in ASCII digits, wherever in it. */
export function isSuspicious(bytes: Uint8Array): boolean {
  return mayNameCode(bytes) || mayHoldNumber(bytes);
}

/** Whether the text from `start` to `end` (exclusive), which is not ASCII, holds card data in digits of other scripts. */
export function holdsOtherDigits(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    if (OTHER_DIGITS[bytes[at] ?? 0] === 1) {
      return cardDataIn(decoder.decode(bytes.subarray(start, end))) !== null;
    }
  }
  return false;
}

function mayNameCode(bytes: Uint8Array): boolean {
  for (const letter of LETTERS_V) {
    let at = bytes.indexOf(letter);
    while (at !== -1) {
      if (((bytes[at - 1] ?? 0) | LOWER_CASE) === LETTER_C) return true;
      at = bytes.indexOf(letter, at + 1);
    }
  }
  return false;
}

/**
 * Looks at every twelfth byte alone, as long as that is of no number: a number cannot lie between two such bytes. From any
 * other byte it goes back to where the number would begin.
 */
function mayHoldNumber(bytes: Uint8Array): boolean {
  const end = bytes.length;
  let begin = 0;
  let at = DIGITS_MIN - 1;
  while (at < end) {
    let back = at;
    while (back >= begin && NUMBER_BYTES[bytes[back] ?? 0] === 1) back -= 1;
    if (back < begin) {
      let stop = at + 1;
      while (stop < end && NUMBER_BYTES[bytes[stop] ?? 0] === 1) stop += 1;
      if (isLongNumber(bytes, begin, stop) && !isInUuid(bytes, begin, stop)) return true;
      back = stop;
    }
    begin = back + 1;
    at = back + DIGITS_MIN;
  }
  return false;
}

/** Whether enough digits stand behind the beginning of a group that card numbers begin like, or before the sign of a track. */
function isLongNumber(bytes: Uint8Array, start: number, end: number): boolean {
  let digits = 0;
  for (let at = end - 1; at >= start; at -= 1) {
    const byte = bytes[at] ?? 0;
    if (!isDigit(byte)) continue;
    digits += 1;
    const begins = at === start || !isDigit(bytes[at - 1] ?? 0);
    if (begins && digits >= CARD_DIGITS_MIN && isLead(byte)) return true;
  }
  const behind = bytes[end];
  return digits >= DIGITS_MIN && (behind === EQUALS || behind === CARET);
}

/** Whether the word that the bytes from `start` to `end` (exclusive) stand in is a UUID. */
function isInUuid(bytes: Uint8Array, start: number, end: number): boolean {
  let first = start;
  while (isOfWord(bytes[first - 1])) first -= 1;
  let last = end;
  while (isOfWord(bytes[last])) last += 1;
  return last - first === UUID_LENGTH && isUuid(decoder.decode(bytes.subarray(first, last)));
}

/** A letter, a digit or a dash. */
function isOfWord(byte = 0): boolean {
  const letter = byte | LOWER_CASE;
  return isDigit(byte) || byte === 0x2d || (letter >= 0x61 && letter <= 0x7a);
}

function isDigit(byte: number): boolean {
  return byte >= DIGIT_0 && byte <= DIGIT_9;
}
