/** A value worked out of rows, which tells when it has become another one. */
import type { Cancel } from '../../base/clock.js';
import { Listeners } from '../listeners.js';
import type { RowReader } from './tables.js';

export interface Selection<Value> {
  /** As the rows stand now; the same one for as long as it is equal. */
  readonly value: Value;
  /** Told once per delta or snapshot, and only if the value is another. Returns how to stop hearing. */
  onChange(listener: (value: Value) => void): Cancel;
  /** Nobody is told any more. */
  close(): void;
}

export interface SelectionOptions<Value> {
  /** Default: `Object.is`, and of lists, maps, sets and plain objects whether all in them is. */
  readonly equal?: (one: Value, other: Value) => boolean;
}

/** To be called after each change of the rows. */
export interface Watcher {
  look(): void;
}

/** What a selection is made over. */
export interface SelectionSource extends RowReader {
  readonly tables: ReadonlyMap<string, unknown>;
  /** Another number after each change. */
  readonly revision: number;
  /** Calls it after each change; with false not any more. */
  watch(watcher: Watcher, watched: boolean): void;
}

export class RowSelection<Value> implements Selection<Value>, Watcher {
  readonly #source: SelectionSource;
  readonly #selector: (rows: RowReader) => Value;
  readonly #equal: (one: Value, other: Value) => boolean;
  readonly #listeners = new Listeners<Value>();
  #held: { readonly value: Value; readonly revision: number } | null = null;
  #told: Value | undefined;

  constructor(
    source: SelectionSource,
    selector: (rows: RowReader) => Value,
    equal: (one: Value, other: Value) => boolean,
  ) {
    this.#source = source;
    this.#selector = selector;
    this.#equal = equal;
  }

  get value(): Value {
    const { revision } = this.#source;
    const held = this.#held;
    if (held?.revision === revision) return held.value;
    const next = this.#own(this.#selector(this.#source));
    const value = held !== null && this.#equal(held.value, next) ? held.value : next;
    this.#held = { value, revision };
    return value;
  }

  onChange(listener: (value: Value) => void): Cancel {
    if (this.#listeners.size === 0) {
      this.#told = this.value;
      this.#source.watch(this, true);
    }
    const stop = this.#listeners.add(listener);
    return () => {
      stop();
      if (this.#listeners.size === 0) this.#source.watch(this, false);
    };
  }

  close(): void {
    this.#listeners.clear();
    this.#source.watch(this, false);
  }

  look(): void {
    const { value } = this;
    if (Object.is(value, this.#told)) return;
    this.#told = value;
    this.#listeners.tell(value);
  }

  /** A whole table is handed out live: a value must stay as it was. */
  #own(value: Value): Value {
    if (!(value instanceof Map)) return value;
    for (const live of this.#source.tables.values()) {
      if (live === value) return new Map(value) as Value;
    }
    return value;
  }
}
