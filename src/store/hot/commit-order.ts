/**
 * Rows of one table, held in the order of the commits that last wrote them, so that "what was written after version v" is a
 * walk from the newest end that stops at the first older row.
 */

interface Entry<Row> {
  row: Row;
  commitVersion: number;
  older: Entry<Row> | null;
  newer: Entry<Row> | null;
}

export class CommitOrder<Row extends { readonly id: string }> {
  readonly #entries = new Map<string, Entry<Row>>();
  #newest: Entry<Row> | null = null;
  #oldest: Entry<Row> | null = null;

  get size(): number {
    return this.#entries.size;
  }

  get(id: string): Row | undefined {
    return this.#entries.get(id)?.row;
  }

  has(id: string): boolean {
    return this.#entries.has(id);
  }

  /** The commit that last wrote the row; 0 when it is not held. */
  commitVersionOf(id: string): number {
    return this.#entries.get(id)?.commitVersion ?? 0;
  }

  /** Puts a row that the newest commit wrote. */
  put(row: Row, commitVersion: number): void {
    const held = this.#entries.get(row.id);
    if (held === undefined) {
      const entry: Entry<Row> = { row, commitVersion, older: this.#newest, newer: null };
      this.#entries.set(row.id, entry);
      if (this.#newest === null) this.#oldest = entry;
      else this.#newest.newer = entry;
      this.#newest = entry;
      return;
    }
    held.row = row;
    held.commitVersion = commitVersion;
    if (held === this.#newest) return;
    this.#unlink(held);
    held.older = this.#newest;
    held.newer = null;
    if (this.#newest === null) this.#oldest = held;
    else this.#newest.newer = held;
    this.#newest = held;
  }

  /** Puts a row that came back from the disk unwritten: older than all, for whoever asks what was written since. */
  putOldest(row: Row): void {
    if (!this.#entries.has(row.id)) this.#addOldest(row, 0);
  }

  /** Puts a row as the disk has it. Nobody may ask any more what was written since a commit before this moment. */
  restore(row: Row, commitVersion: number): void {
    this.delete(row.id);
    this.#addOldest(row, commitVersion);
  }

  #addOldest(row: Row, commitVersion: number): void {
    const entry: Entry<Row> = { row, commitVersion, older: null, newer: this.#oldest };
    this.#entries.set(row.id, entry);
    if (this.#oldest === null) this.#newest = entry;
    else this.#oldest.older = entry;
    this.#oldest = entry;
  }

  delete(id: string): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    this.#entries.delete(id);
    this.#unlink(entry);
  }

  /** In no particular order. */
  *values(): Generator<Row> {
    for (const entry of this.#entries.values()) yield entry.row;
  }

  /** Rows written after `version`, newest first. */
  *writtenSince(version: number): Generator<Row> {
    let entry = this.#newest;
    while (entry !== null && entry.commitVersion > version) {
      yield entry.row;
      entry = entry.older;
    }
  }

  #unlink(entry: Entry<Row>): void {
    if (entry.older === null) this.#oldest = entry.newer;
    else entry.older.newer = entry.newer;
    if (entry.newer === null) this.#newest = entry.older;
    else entry.newer.older = entry.older;
  }
}
