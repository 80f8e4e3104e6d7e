/** Calls each listener in the order they came; one that is removed meanwhile is not called any more. */
export class Listeners<Value> {
  readonly #listeners = new Set<(value: Value) => void>();

  get size(): number {
    return this.#listeners.size;
  }

  add(listener: (value: Value) => void): () => void {
    const entry = (value: Value): void => {
      listener(value);
    };
    this.#listeners.add(entry);
    return () => {
      this.#listeners.delete(entry);
    };
  }

  clear(): void {
    this.#listeners.clear();
  }

  tell(value: Value): void {
    for (const listener of this.#listeners) listener(value);
  }
}
