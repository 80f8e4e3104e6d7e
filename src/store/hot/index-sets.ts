/** Secondary indexes: from a value to the ids of the orders that have it. A value without ids takes no room. */
export class IndexSets {
  readonly #sets = new Map<string, Set<string>>();

  add(value: string, id: string): void {
    const set = this.#sets.get(value);
    if (set === undefined) this.#sets.set(value, new Set([id]));
    else set.add(id);
  }

  remove(value: string, id: string): void {
    const set = this.#sets.get(value);
    if (set === undefined) return;
    set.delete(id);
    if (set.size === 0) this.#sets.delete(value);
  }

  /** Ids with the value; the set lives on and must not be changed. */
  ids(value: string): ReadonlySet<string> {
    return this.#sets.get(value) ?? EMPTY;
  }

  count(value: string): number {
    return this.#sets.get(value)?.size ?? 0;
  }
}

const EMPTY: ReadonlySet<string> = new Set();
