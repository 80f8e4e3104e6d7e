/** A copy of a channel made of its row events alone: what a screen that draws by events would show. */
import { isDeepStrictEqual } from 'node:util';
import type { Readable, RowChange } from '../../src/client/index.js';

export class EventFold {
  /** How many times rows have changed. */
  changes = 0;
  readonly #source: Readable;
  readonly #rows = new Map<string, unknown>();
  #wrong: string | null = null;

  constructor(source: Readable) {
    this.#source = source;
    for (const [table, rows] of source.tables) {
      for (const [id, row] of rows) this.#rows.set(`${table} ${id}`, row);
    }
    source.onRows((changes) => {
      this.changes += 1;
      for (const change of changes) this.#take(change);
    });
  }

  /** What is wrong with what was told; null: nothing. */
  difference(): string | null {
    if (this.#wrong !== null) return this.#wrong;
    let count = 0;
    for (const [table, rows] of this.#source.tables) {
      for (const [id, row] of rows) {
        count += 1;
        if (this.#rows.get(`${table} ${id}`) !== row) return `${table} ${id} was not told as it is`;
      }
    }
    return count === this.#rows.size ? null : 'a row that went away was not told';
  }

  #take({ table, id, before, after }: RowChange): void {
    const key = `${table} ${id}`;
    const held = this.#rows.get(key) ?? null;
    if (held !== before && !isDeepStrictEqual(held, before)) {
      this.#wrong ??= `${key} was told as changed from what it was not`;
    }
    if (after === null) this.#rows.delete(key);
    else this.#rows.set(key, after);
  }
}
