/** Writes a branch's story through the Store port, knowing each row as it stands so that the next change can follow. */
import type { RowChange } from '../../src/domain/change-set.js';
import type { AnyRow, Rows, TableName } from '../../src/domain/rows.js';
import type { CommitRequest, Store } from '../../src/store/port.js';
import { changed, committed, inserted, request } from './store.js';

export class Book {
  readonly branchId: string;
  readonly #store: Store;
  readonly #rows = new Map<string, AnyRow>();
  #commits = 0;

  constructor(store: Store, branchId: string) {
    this.#store = store;
    this.branchId = branchId;
  }

  row<T extends TableName>(table: T, id: string): Rows[T] {
    const row = this.#rows.get(`${table} ${id}`);
    if (row === undefined) throw new Error(`the book has no ${table} ${id}`);
    return row as Rows[T];
  }

  /** Every row of the table as it stands, in the order in which they came. */
  all<T extends TableName>(table: T): Rows[T][] {
    const named = [...this.#rows].filter(([name]) => name.startsWith(`${table} `));
    return named.map(([, row]) => row as Rows[T]);
  }

  add<T extends TableName>(table: T, row: Rows[T]): RowChange {
    return inserted(table, row);
  }

  set<T extends TableName>(table: T, id: string, columns: Partial<Rows[T]>): RowChange {
    return changed(table, this.row(table, id), columns);
  }

  /** Commits under a key of its own and gives the version. */
  async write(
    command: string,
    changeSet: readonly RowChange[],
    more: Partial<CommitRequest> = {},
  ): Promise<number> {
    this.#commits += 1;
    const key = `${this.branchId}-${String(this.#commits)}`;
    const version = await committed(
      this.#store,
      request(this.branchId, changeSet, { command, key, ...more }),
    );
    for (const { table, after } of changeSet) this.#rows.set(`${table} ${after.id}`, after);
    return version;
  }
}
