/**
 * Rows by table and id, with indexes by column. The maps are altered in place, rows never: a row that changes is replaced, and
 * whoever holds the old one keeps it as it was.
 */
import type { ViewRow } from '../../protocol/messages.js';

/** One row before and after; `before` null: it came, `after` null: it went. */
export interface RowChange {
  readonly table: string;
  readonly id: string;
  readonly before: ViewRow | null;
  readonly after: ViewRow | null;
}

/** What may be read of a channel, as the hub sent it or with queued commands laid over it. */
export interface RowReader {
  /** Live: later changes show in it. Empty for a table that the view has not. */
  table(table: string): ReadonlyMap<string, ViewRow>;
  row(table: string, id: string): ViewRow | undefined;
  /**
   * The rows whose column is `value` or, where it holds a list, has `value` in it; by id, in no promised order. The first call
   * for a column makes its index, which is kept up from then on.
   */
  where(table: string, column: string, value: unknown): ReadonlyMap<string, ViewRow>;
}

type Index = Map<unknown, Map<string, ViewRow>>;

const NO_ROWS: ReadonlyMap<string, ViewRow> = new Map();

export class Tables implements RowReader {
  readonly #tables = new Map<string, Map<string, ViewRow>>();
  /** By table, then column. */
  readonly #indexes = new Map<string, Map<string, Index>>();

  get all(): ReadonlyMap<string, ReadonlyMap<string, ViewRow>> {
    return this.#tables;
  }

  table(table: string): ReadonlyMap<string, ViewRow> {
    return this.#tables.get(table) ?? NO_ROWS;
  }

  row(table: string, id: string): ViewRow | undefined {
    return this.#tables.get(table)?.get(id);
  }

  where(table: string, column: string, value: unknown): ReadonlyMap<string, ViewRow> {
    return this.#index(table, column).get(value) ?? NO_ROWS;
  }

  /** Makes the table known also where it has no row. */
  open(table: string): void {
    if (!this.#tables.has(table)) this.#tables.set(table, new Map());
  }

  /** Puts the row, or takes it away (null). Null: it stands so already. */
  set(table: string, id: string, after: ViewRow | null): RowChange | null {
    const rows = this.#tables.get(table);
    const before = rows?.get(id) ?? null;
    if (before === after) return null;
    if (after === null) rows?.delete(id);
    else if (rows === undefined) this.#tables.set(table, new Map([[id, after]]));
    else rows.set(id, after);
    const change = { table, id, before, after };
    for (const [column, index] of this.#indexes.get(table) ?? []) reindex(index, column, change);
    return change;
  }

  #index(table: string, column: string): Index {
    let columns = this.#indexes.get(table);
    if (columns === undefined) {
      columns = new Map();
      this.#indexes.set(table, columns);
    }
    let index = columns.get(column);
    if (index === undefined) {
      index = new Map();
      columns.set(column, index);
      for (const [id, after] of this.table(table)) {
        reindex(index, column, { table, id, before: null, after });
      }
    }
    return index;
  }
}

function reindex(index: Index, column: string, { id, before, after }: RowChange): void {
  for (const value of entriesOf(before, column)) {
    const rows = index.get(value);
    rows?.delete(id);
    if (rows?.size === 0) index.delete(value);
  }
  for (const value of entriesOf(after, column)) {
    const rows = index.get(value);
    if (rows === undefined && after !== null) index.set(value, new Map([[id, after]]));
    else if (after !== null) rows?.set(id, after);
  }
}

function entriesOf(row: ViewRow | null, column: string): readonly unknown[] {
  if (row === null) return [];
  const value = row[column];
  return Array.isArray(value) ? (value as unknown[]) : [value];
}
