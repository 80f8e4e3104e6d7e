/**
 * Looks at the bytes of a MessagePack message before anything is decoded: one pass over the tokens that builds nothing, so
 * that a hostile message costs no more than its own length.
 */
import { isForbiddenKey, type BrokenReason, type GuardVerdict } from './broken.js';
import { holdsOtherDigits, isSuspicious } from './card-suspicion.js';
import { MESSAGE_BYTES_MAX, MESSAGE_DEPTH_MAX } from './limits.js';
import { needsSecondLook } from './name-starts.js';
import { isAscii, isUtf8 } from './utf8.js';

/** Bytes behind the tokens 0xca to 0xd3, the numbers of fixed length. */
const NUMBER_BYTES = [4, 8, 1, 2, 4, 8, 1, 2, 4, 8];

/** The first two bytes of 2^41 as float64 and as float32. */
const DOUBLE_2_41 = 0x4280;
const FLOAT_2_41 = 0x5400;

/** What is looked at between two messages. */
const NOTHING = new Uint8Array(0);

class MsgpackGuard {
  #bytes: Uint8Array = NOTHING;
  #position = 0;
  /** Maps and arrays open at the moment; values that each still lacks, keys of a map counted. */
  #depth = 0;
  readonly #lacking = new Uint32Array(MESSAGE_DEPTH_MAX + 1);
  readonly #isMap = new Uint8Array(MESSAGE_DEPTH_MAX + 1);
  #isSuspicious = false;

  check(bytes: Uint8Array): GuardVerdict {
    this.#bytes = bytes;
    this.#position = 0;
    this.#depth = 0;
    this.#isSuspicious = false;
    const fault = isMapToken(bytes[0]) ? this.#readAll() : 'not_a_map';
    const verdict = fault ?? this.#suspicion();
    this.#bytes = NOTHING;
    return verdict;
  }

  #suspicion(): GuardVerdict {
    return this.#isSuspicious || isSuspicious(this.#bytes) ? 'card_suspected' : null;
  }

  #readAll(): BrokenReason | null {
    do {
      const fault = this.#expectsKey() ? this.#readKey() : this.#readValue();
      if (fault !== null) return fault;
      while (this.#depth > 0 && this.#lacking[this.#depth] === 0) this.#depth -= 1;
    } while (this.#depth > 0);
    return this.#position === this.#bytes.length ? null : 'trailing_bytes';
  }

  #expectsKey(): boolean {
    return this.#isMap[this.#depth] === 1 && ((this.#lacking[this.#depth] ?? 0) & 1) === 0;
  }

  #readKey(): BrokenReason | null {
    const token = this.#takeToken();
    if (token === -1) return 'truncated';
    const length = this.#stringLength(token);
    if (length === -1) return isExtensionToken(token) ? 'extension_type' : 'key_not_a_string';
    const start = this.#position;
    const fault = this.#passText(length);
    if (fault !== null) return fault;
    if (!needsSecondLook(this.#bytes, start, this.#position)) return null;
    this.#isSuspicious = true;
    return isForbiddenKey(this.#bytes, start, this.#position) ? 'forbidden_key' : null;
  }

  #readValue(): BrokenReason | null {
    const token = this.#takeToken();
    if (token === -1) return 'truncated';
    if (token < 0x80 || token >= 0xe0) return null;
    if (token < 0x90) return this.#open(token & 0x0f, true);
    if (token < 0xa0) return this.#open(token & 0x0f, false);
    if (token >= 0xca && token <= 0xd3) return this.#passNumber(token);
    if (isExtensionToken(token)) return 'extension_type';
    const length = this.#stringLength(token);
    if (length !== -1) return this.#passText(length);
    return this.#readRareValue(token);
  }

  /** A number of 2^41 and above is suspicious: epoch milliseconds are below until 2039, card numbers are not. */
  #passNumber(token: number): BrokenReason | null {
    const start = this.#position;
    const head = ((this.#bytes[start] ?? 0) << 8) | (this.#bytes[start + 1] ?? 0);
    const magnitude = head & 0x7fff;
    if (token === 0xcb) this.#isSuspicious ||= magnitude >= DOUBLE_2_41;
    else if (token === 0xca) this.#isSuspicious ||= magnitude >= FLOAT_2_41;
    else if (token === 0xcf || token === 0xd3) {
      this.#isSuspicious ||= head !== 0 || (this.#bytes[start + 2] ?? 0) >= 2;
    }
    return this.#pass(NUMBER_BYTES[token - 0xca] ?? 0);
  }

  #readRareValue(token: number): BrokenReason | null {
    switch (token) {
      case 0xc0:
      case 0xc2:
      case 0xc3:
        return null;
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return this.#pass(this.#takeLength(1 << (token - 0xc4)));
      case 0xdc:
      case 0xdd:
        return this.#open(this.#takeLength(token === 0xdc ? 2 : 4), false);
      case 0xde:
      case 0xdf:
        return this.#open(this.#takeLength(token === 0xde ? 2 : 4), true);
      default:
        return 'not_decodable';
    }
  }

  /** The next token, counted as one value of what is open; -1: the bytes have ended. */
  #takeToken(): number {
    const token = this.#bytes[this.#position];
    if (token === undefined) return -1;
    this.#position += 1;
    if (this.#depth > 0) this.#lacking[this.#depth] = (this.#lacking[this.#depth] ?? 0) - 1;
    return token;
  }

  /** Bytes of the text that the token begins; -1: it begins no text. */
  #stringLength(token: number): number {
    if (token >= 0xa0 && token <= 0xbf) return token & 0x1f;
    if (token >= 0xd9 && token <= 0xdb) return this.#takeLength(1 << (token - 0xd9));
    return -1;
  }

  /** A length of `width` bytes; where the bytes end before it does, one that nothing fits into. */
  #takeLength(width: number): number {
    if (this.#position + width > this.#bytes.length) return MESSAGE_BYTES_MAX + 1;
    let length = 0;
    for (let count = 0; count < width; count += 1) {
      length = length * 256 + (this.#bytes[this.#position] ?? 0);
      this.#position += 1;
    }
    return length;
  }

  #open(count: number, isMap: boolean): BrokenReason | null {
    if (this.#depth === MESSAGE_DEPTH_MAX) return 'too_deep';
    const values = isMap ? count * 2 : count;
    if (values > this.#bytes.length - this.#position) return 'truncated';
    this.#depth += 1;
    this.#lacking[this.#depth] = values;
    this.#isMap[this.#depth] = isMap ? 1 : 0;
    return null;
  }

  #pass(length: number): BrokenReason | null {
    if (length > this.#bytes.length - this.#position) return 'truncated';
    this.#position += length;
    return null;
  }

  #passText(length: number): BrokenReason | null {
    const start = this.#position;
    const fault = this.#pass(length);
    if (fault !== null) return fault;
    if (isAscii(this.#bytes, start, this.#position)) return null;
    return this.#passOtherText(start, this.#position);
  }

  #passOtherText(start: number, end: number): BrokenReason | null {
    if (holdsOtherDigits(this.#bytes, start, end)) this.#isSuspicious = true;
    return isUtf8(this.#bytes, start, end) ? null : 'invalid_utf8';
  }
}

function isMapToken(token: number | undefined): boolean {
  if (token === undefined) return false;
  return (token >= 0x80 && token <= 0x8f) || token === 0xde || token === 0xdf;
}

function isExtensionToken(token: number): boolean {
  return (token >= 0xc7 && token <= 0xc9) || (token >= 0xd4 && token <= 0xd8);
}

const guard = new MsgpackGuard();

/** null: the bytes are one whole map, well-formed throughout; whether it has a `type` is for the reader. */
export function msgpackVerdict(bytes: Uint8Array): GuardVerdict {
  return bytes.length > MESSAGE_BYTES_MAX ? 'too_large' : guard.check(bytes);
}
