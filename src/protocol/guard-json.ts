/**
 * Looks at the bytes of a JSON message before it is parsed: its size, its depth, its keys and its escapes. Whether it is
 * JSON and UTF-8 at all is left to the parser, which costs no more than the message is long.
 */
import { FORBIDDEN_KEYS, isForbiddenKey, type BrokenReason, type GuardVerdict } from './broken.js';
import { holdsOtherDigits, isSuspicious } from './card-suspicion.js';
import { MESSAGE_BYTES_MAX, MESSAGE_DEPTH_MAX } from './limits.js';
import { needsSecondLook } from './name-starts.js';

const QUOTE = 0x22;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const LETTER_U = 0x75;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

const asciiDecoder = new TextDecoder('utf-8');

/** What is looked at between two messages. */
const NOTHING = new Uint8Array(0);

class JsonGuard {
  #bytes: Uint8Array = NOTHING;
  #position = 0;
  #depth = 0;
  #isSuspicious = false;

  check(bytes: Uint8Array): GuardVerdict {
    this.#bytes = bytes;
    this.#position = 0;
    this.#depth = 0;
    this.#isSuspicious = false;
    this.#passSpace();
    const fault = bytes[this.#position] === OPEN_BRACE ? this.#readAll() : 'not_a_map';
    const verdict = fault ?? this.#suspicion();
    this.#bytes = NOTHING;
    return verdict;
  }

  #suspicion(): GuardVerdict {
    return this.#isSuspicious || isSuspicious(this.#bytes) ? 'card_suspected' : null;
  }

  #readAll(): BrokenReason | null {
    while (this.#position < this.#bytes.length) {
      const byte = this.#bytes[this.#position] ?? 0;
      this.#position += 1;
      const fault = this.#readByte(byte);
      if (fault !== null) return fault;
    }
    return null;
  }

  #readByte(byte: number): BrokenReason | null {
    switch (byte) {
      case QUOTE:
        return this.#readString();
      case OPEN_BRACE:
      case OPEN_BRACKET:
        this.#depth += 1;
        return this.#depth > MESSAGE_DEPTH_MAX ? 'too_deep' : null;
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        this.#depth -= 1;
        return null;
      default:
        return null;
    }
  }

  /** The opening quote is passed. A text that a colon follows is a key. */
  #readString(): BrokenReason | null {
    const start = this.#position;
    let escaped = false;
    let all = 0;
    for (;;) {
      const byte = this.#bytes[this.#position];
      if (byte === undefined) return 'not_decodable';
      if (byte === QUOTE) break;
      if (byte === BACKSLASH) {
        escaped = true;
        const fault = this.#passEscape();
        if (fault !== null) return fault;
      } else {
        all |= byte;
        this.#position += 1;
      }
    }
    const end = this.#position;
    this.#position += 1;
    // An escape may stand for anything.
    if (escaped || (all >= 0x80 && holdsOtherDigits(this.#bytes, start, end))) {
      this.#isSuspicious = true;
    }
    this.#passSpace();
    if (this.#bytes[this.#position] !== COLON) return null;
    if (!escaped && !needsSecondLook(this.#bytes, start, end)) return null;
    this.#isSuspicious = true;
    return this.#isForbidden(start, end, escaped) ? 'forbidden_key' : null;
  }

  /** Half of a surrogate pair alone is no character: MessagePack could not carry it. */
  #passEscape(): BrokenReason | null {
    if (this.#bytes[this.#position + 1] !== LETTER_U) {
      this.#position += 2;
      return null;
    }
    const unit = this.#escapedUnit(this.#position);
    if (unit >= 0xdc00 && unit <= 0xdfff) return 'invalid_utf8';
    this.#position += 6;
    if (unit < 0xd800 || unit > 0xdbff) return null;
    const low = this.#escapedUnit(this.#position);
    if (low < 0xdc00 || low > 0xdfff) return 'invalid_utf8';
    this.#position += 6;
    return null;
  }

  /** The UTF-16 unit that the escape at the position stands for (backslash, u, four hex digits); -1: there is none. */
  #escapedUnit(position: number): number {
    if (this.#bytes[position] !== BACKSLASH || this.#bytes[position + 1] !== LETTER_U) return -1;
    let unit = 0;
    for (let offset = 2; offset < 6; offset += 1) {
      const digit = hexDigit(this.#bytes[position + offset]);
      if (digit === -1) return -1;
      unit = unit * 16 + digit;
    }
    return unit;
  }

  #isForbidden(start: number, end: number, escaped: boolean): boolean {
    if (!escaped) return isForbiddenKey(this.#bytes, start, end);
    const text = asciiDecoder.decode(this.#bytes.subarray(start - 1, end + 1));
    try {
      const key: unknown = JSON.parse(text);
      return typeof key === 'string' && FORBIDDEN_KEYS.has(key);
    } catch {
      return false; // The parser will say so.
    }
  }

  #passSpace(): void {
    for (;;) {
      const byte = this.#bytes[this.#position];
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return;
      this.#position += 1;
    }
  }
}

function hexDigit(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x61 + 10 : -1;
}

const guard = new JsonGuard();

/** null: nothing speaks against parsing the bytes, which may still fail. */
export function jsonVerdict(bytes: Uint8Array): GuardVerdict {
  return bytes.length > MESSAGE_BYTES_MAX ? 'too_large' : guard.check(bytes);
}
