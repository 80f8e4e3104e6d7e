/**
 * Rows by table and id, with indexes by column. The maps are altered in place, rows never: a row that changes is replaced, and
 * whoever holds the old one keeps it as it was.
 */
import type { ViewRow } from '../../protocol/messages.js';
import type { ColumnOf, RowOf } from './view-rows.js';

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
  table<Table extends string>(table: Table): ReadonlyMap<string, RowOf<Table>>;
  row<Table extends string>(table: Table, id: string): RowOf<Table> | undefined;
  /**
   * The rows whose column is `value` or, where it holds a list, has `value` in it; by id, in no promised order. They stay as
   * they are: a later call gives another map if anything changed. The first call for a column makes its index, which is kept
   * up from then on.
   */
  where<Table extends string>(
    table: Table,
    column: ColumnOf<Table>,
    value: unknown,
  ): ReadonlyMap<string, RowOf<Table>>;
}

/** The rows under one value of an index. */
interface Bucket {
  rows: Map<string, ViewRow>;
  /** Somebody holds `rows`: it is copied before the next change. */
  lent: boolean;
}

type Index = Map<unknown, Bucket>;

const NO_ROWS: ReadonlyMap<string, ViewRow> = new Map();

/** The table's rows as its views show them: the hub's word is taken for it. */
function shown<Table extends string>(
  rows: ReadonlyMap<string, ViewRow> = NO_ROWS,
): ReadonlyMap<string, RowOf<Table>> {
  return rows as ReadonlyMap<string, RowOf<Table>>;
}

export class Tables implements RowReader {
  readonly #tables = new Map<string, Map<string, ViewRow>>();
  /** By table, then column. */
  readonly #indexes = new Map<string, Map<string, Index>>();

  get all(): ReadonlyMap<string, ReadonlyMap<string, ViewRow>> {
    return this.#tables;
  }

  table<Table extends string>(table: Table): ReadonlyMap<string, RowOf<Table>> {
    return shown<Table>(this.#tables.get(table));
  }

  row<Table extends string>(table: Table, id: string): RowOf<Table> | undefined {
    return this.table(table).get(id);
  }

  where<Table extends string>(
    table: Table,
    column: ColumnOf<Table>,
    value: unknown,
  ): ReadonlyMap<string, RowOf<Table>> {
    const bucket = this.#index(table, column).get(value);
    if (bucket !== undefined) bucket.lent = true;
    return shown<Table>(bucket?.rows);
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
  const values = entriesOf(after, column);
  for (const value of entriesOf(before, column)) {
    const bucket = index.get(value);
    if (bucket === undefined || values.includes(value)) continue;
    writable(bucket).delete(id);
    if (bucket.rows.size === 0) index.delete(value);
  }
  if (after === null) return;
  for (const value of values) {
    const bucket = index.get(value);
    if (bucket === undefined) index.set(value, { rows: new Map([[id, after]]), lent: false });
    else writable(bucket).set(id, after);
  }
}

function writable(bucket: Bucket): Map<string, ViewRow> {
  if (bucket.lent) {
    bucket.rows = new Map(bucket.rows);
    bucket.lent = false;
  }
  return bucket.rows;
}

function entriesOf(row: ViewRow | null, column: string): readonly unknown[] {
  if (row === null) return [];
  const value = row[column];
  return Array.isArray(value) ? (value as unknown[]) : [value];
}
