/**
 * What a MessagePack request asks for, read off its first bytes without decoding it, and a refusal that repeats its `id` and
 * `key`: for a hub that is so full that it has to refuse most of what comes. Only what clients commonly write is understood
 * (a short map, the texts ahead of the payload, plain letters in `id` and `key`); everything else is for the reader, who also
 * tells what is broken. It makes no strings and no objects but the answer.
 */
import { KEY_LENGTH_MAX, REQUEST_ID_LENGTH_MAX } from './limits.js';

const SHORT_MAP = 0x80;
const SHORT_MAP_FIELDS_MAX = 15;
const SHORT_STRING = 0xa0;
const SHORT_STRING_LENGTH_MAX = 31;
const STRING_8 = 0xd9;
const LAST_ASCII = 0x7f;
const NO_BYTES = new Uint8Array(0);

const bytesOf = (text: string): Uint8Array =>
  Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const TYPE = bytesOf('type');
const NAME = bytesOf('name');
const ID = bytesOf('id');
const KEY = bytesOf('key');
const COMMAND = bytesOf('command');
const QUERY = bytesOf('query');
const ID_FIELD = Uint8Array.of(SHORT_STRING + ID.length, ...ID);
const KEY_FIELD = Uint8Array.of(SHORT_STRING + KEY.length, ...KEY);

/** A text of the message: its letters, and where its head is. */
class Text {
  headAt = 0;
  from = 0;
  to = 0;

  set(text: Text): void {
    this.headAt = text.headAt;
    this.from = text.from;
    this.to = text.to;
  }

  clear(): void {
    this.headAt = 0;
    this.from = 0;
    this.to = 0;
  }

  get length(): number {
    return this.to - this.from;
  }
}

/** Looks at one message after the other; what it saw is true until the next one. */
export class EarlyLook {
  /** null: it takes a reader to tell; then nothing else counts. */
  type: 'command' | 'query' | null = null;
  #bytes: Uint8Array = NO_BYTES;
  readonly #text = new Text();
  readonly #name = new Text();
  readonly #id = new Text();
  readonly #key = new Text();

  /** The bytes must stay as they are while what was seen is asked for. */
  at(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.type = null;
    this.#name.clear();
    this.#id.clear();
    this.#key.clear();
    const fields = (bytes[0] ?? 0) - SHORT_MAP;
    if (fields < 0 || fields > SHORT_MAP_FIELDS_MAX) return;
    const type = this.#readFields(fields);
    const { length } = this.#id;
    if (this.#name.length === 0 || length === 0 || length > REQUEST_ID_LENGTH_MAX) return;
    if (type === 'command' && (this.#key.length === 0 || this.#key.length > KEY_LENGTH_MAX)) return;
    if (!this.#isPlain(this.#id) || !this.#isPlain(this.#key)) return;
    this.type = type;
  }

  /** Whether the name of the command or query begins so. */
  nameBegins(letters: Uint8Array): boolean {
    const { from, length } = this.#name;
    return length >= letters.length && this.#holds(from, letters);
  }

  /** A packed map of fewer than 14 entries, with the request's `id` and a command's `key` behind them, after `headRoom` bytes. */
  answer(packed: Uint8Array, headRoom: number): Uint8Array {
    const id = this.#id;
    const key = this.type === 'command' ? this.#key : null;
    const idBytes = ID_FIELD.length + id.to - id.headAt;
    const keyBytes = key === null ? 0 : KEY_FIELD.length + key.to - key.headAt;
    const answer = new Uint8Array(headRoom + packed.length + idBytes + keyBytes);
    answer.set(packed, headRoom);
    answer[headRoom] = (packed[0] ?? 0) + (key === null ? 1 : 2);
    this.#append(answer, headRoom + packed.length, ID_FIELD, id);
    if (key !== null) this.#append(answer, headRoom + packed.length + idBytes, KEY_FIELD, key);
    return answer;
  }

  /** Up to the first that is no text, or until all that is wanted is there. */
  #readFields(fields: number): 'command' | 'query' | null {
    let type: 'command' | 'query' | null = null;
    let at = 1;
    for (let count = 0; count < fields && this.#readText(at); count += 1) {
      const into = this.#fieldFor();
      const isType = this.#is(TYPE);
      if (!this.#readText(this.#text.to)) break;
      at = this.#text.to;
      if (isType) type = this.#is(COMMAND) ? 'command' : this.#is(QUERY) ? 'query' : null;
      into?.set(this.#text);
      const missesKey = type === 'command' && this.#key.length === 0;
      if (type !== null && this.#id.length > 0 && this.#name.length > 0 && !missesKey) break;
    }
    return type;
  }

  #fieldFor(): Text | null {
    if (this.#is(ID)) return this.#id;
    if (this.#is(KEY)) return this.#key;
    return this.#is(NAME) ? this.#name : null;
  }

  /** False: there is no text, or a long one. */
  #readText(at: number): boolean {
    const text = this.#text;
    const head = this.#bytes[at] ?? 0;
    text.headAt = at;
    if (head >= SHORT_STRING && head <= SHORT_STRING + SHORT_STRING_LENGTH_MAX) {
      text.from = at + 1;
      text.to = text.from + head - SHORT_STRING;
    } else if (head === STRING_8) {
      text.from = at + 2;
      text.to = text.from + (this.#bytes[at + 1] ?? 0);
    } else {
      return false;
    }
    return text.to <= this.#bytes.length;
  }

  #is(letters: Uint8Array): boolean {
    return this.#text.length === letters.length && this.#holds(this.#text.from, letters);
  }

  #holds(at: number, letters: Uint8Array): boolean {
    for (let nth = 0; nth < letters.length; nth += 1) {
      if (this.#bytes[at + nth] !== letters[nth]) return false;
    }
    return true;
  }

  #isPlain({ from, to }: Text): boolean {
    for (let at = from; at < to; at += 1) if ((this.#bytes[at] ?? 0) > LAST_ASCII) return false;
    return true;
  }

  #append(answer: Uint8Array, at: number, field: Uint8Array, { headAt, to }: Text): void {
    answer.set(field, at);
    const valueAt = at + field.length;
    for (let nth = headAt; nth < to; nth += 1) {
      answer[valueAt + nth - headAt] = this.#bytes[nth] ?? 0;
    }
  }
}
