/** Rows to and from SQL: the column lists, and how booleans and JSON are kept. */
import type { ColumnKind } from '../../domain/tables.js';
import { TABLES, TABLE_NAMES } from '../../domain/tables.js';
import type { Rows, TableName } from '../../domain/rows.js';

export type SqlValue = string | number | null | Buffer;

/** A row as it comes out of JSON or SQL: its columns are known by TABLES, not by the compiler. */
export type PlainRow = Record<string, unknown>;

export interface Column {
  readonly name: string;
  readonly kind: ColumnKind;
}

const COLUMNS = Object.fromEntries(
  TABLE_NAMES.map((table) => [
    table,
    Object.entries(TABLES[table].columns).map(([name, kind]) => ({ name, kind })),
  ]),
) as unknown as Readonly<Record<TableName, readonly Column[]>>;

const ENCODED = Object.fromEntries(
  TABLE_NAMES.map((table) => [
    table,
    COLUMNS[table].filter(({ kind }) => kind === 'json' || kind === 'boolean'),
  ]),
) as unknown as Readonly<Record<TableName, readonly Column[]>>;

export function columnsOf(table: TableName): readonly Column[] {
  return COLUMNS[table];
}

/** The columns of a row's key: a branch has no branch above it. */
export function keyColumns(table: TableName): readonly string[] {
  return table === 'branch' ? ['id'] : ['branch_id', 'id'];
}

/** `SELECT` list of the row's own columns, each with the alias before it. */
export function selectList(table: TableName, alias = table as string): string {
  return COLUMNS[table].map(({ name }) => `${alias}.${name}`).join(', ');
}

export function toSql(kind: ColumnKind, value: unknown): SqlValue {
  if (value === null || value === undefined) return null;
  if (kind === 'json') return JSON.stringify(value);
  if (kind === 'boolean') return value === true ? 1 : 0;
  return value as string | number;
}

/** Decodes in place what `selectList` read. */
export function fromSql<T extends TableName>(table: T, row: PlainRow): Rows[T] {
  const decoded = row;
  for (const { name, kind } of ENCODED[table]) {
    const value = decoded[name];
    if (kind === 'boolean') decoded[name] = value === 1;
    else if (value !== null) decoded[name] = JSON.parse(value as string);
  }
  return decoded as unknown as Rows[T];
}
