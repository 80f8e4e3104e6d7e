/** The tables that are verified, as the database itself describes them. */
import type { Database } from 'better-sqlite3';

export interface TableShape {
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** Columns of the primary key, in its order. */
  readonly key: readonly string[];
}

interface ColumnInfo {
  readonly name: string;
  readonly type: string;
  readonly pk: number;
}

/** Derived from the events by rules of their own, not told by them. */
export const LOG_TABLES = ['order_status_log', 'order_line_status_log'] as const;

/** Every table whose rows bear the version of the commit that wrote them, by name. */
export function versionedTables(database: Database): Map<string, TableShape> {
  const names = database
    .prepare(
      `SELECT t.name FROM main.sqlite_schema t, pragma_table_info(t.name) c
       WHERE t.type = 'table' AND c.name = 'commit_version' ORDER BY t.rowid`,
    )
    .pluck()
    .all() as string[];
  return new Map(names.map((name) => [name, shapeOf(database, name)]));
}

function shapeOf(database: Database, name: string): TableShape {
  const columns = database
    .prepare('SELECT name, type, pk FROM pragma_table_info(?) ORDER BY cid')
    .all(name) as ColumnInfo[];
  const key = columns.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk);
  return {
    name,
    columns: columns.map((column) => ({ name: column.name, type: column.type })),
    key: key.map((column) => column.name),
  };
}

/** The tables of an order, whose rows may stand in the archive. */
export const ORDER_TABLES: readonly string[] = [
  ...['order_header', 'order_line', 'order_payment', 'order_adjustment'],
  ...LOG_TABLES,
];

/** Where a table's rows stand: those of orders beside the archived ones. */
export function storedName({ name }: TableShape): string {
  return ORDER_TABLES.includes(name) ? `temp.stored_${name}` : `main.${name}`;
}

/** Name of the scratch table that the events are folded into. */
export function scratchName({ name }: TableShape): string {
  return `temp.fold_${name}`;
}

export function columnList({ columns }: TableShape): string {
  return columns.map(({ name }) => name).join(', ');
}
