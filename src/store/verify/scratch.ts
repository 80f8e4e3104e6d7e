/** The scratch tables: what the events, folded in order, say that the tables must hold. Temporary, never in the file. */
import type { Database, Statement } from 'better-sqlite3';
import { columnList, scratchName, type TableShape } from './table-shape.js';

type SqlValue = string | number | null;
export type Columns = Readonly<Record<string, unknown>>;

interface Insert {
  readonly names: readonly string[];
  readonly statement: Statement<SqlValue[]>;
}

export class Scratch {
  readonly #database: Database;
  readonly #tables: ReadonlyMap<string, TableShape>;
  readonly #inserts = new Map<string, Insert>();
  /** One for each set of columns seen; commands change a few dozen. */
  readonly #updates = new Map<string, Statement<SqlValue[]>>();
  readonly #versions = new Map<string, Statement<SqlValue[]>>();

  constructor(database: Database, tables: ReadonlyMap<string, TableShape>) {
    this.#database = database;
    this.#tables = tables;
    for (const shape of tables.values()) {
      const columns = shape.columns.map(({ name, type }) => `${name} ${type}`).join(', ');
      const key = shape.key.join(', ');
      database.exec(
        `CREATE TEMP TABLE fold_${shape.name} (${columns}, PRIMARY KEY (${key})) WITHOUT ROWID`,
      );
    }
  }

  shape(table: string): TableShape | undefined {
    return this.#tables.get(table);
  }

  /** The version at which a row stands; null: there is none. */
  version(shape: TableShape, branchId: string, id: string): number | null {
    let statement = this.#versions.get(shape.name);
    if (statement === undefined) {
      statement = this.#database
        .prepare<SqlValue[]>(`SELECT version FROM ${scratchName(shape)} WHERE ${keyOf(shape)}`)
        .pluck();
      this.#versions.set(shape.name, statement);
    }
    const version = statement.get(...keyValues(shape, branchId, id));
    return typeof version === 'number' ? version : null;
  }

  insert(shape: TableShape, row: Columns): void {
    let insert = this.#inserts.get(shape.name);
    if (insert === undefined) {
      const names = shape.columns.map(({ name }) => name);
      const places = names.map(() => '?').join(', ');
      const sql = `INSERT INTO ${scratchName(shape)} (${columnList(shape)}) VALUES (${places})`;
      insert = { names, statement: this.#database.prepare<SqlValue[]>(sql) };
      this.#inserts.set(shape.name, insert);
    }
    insert.statement.run(...insert.names.map((name) => asSql(row[name])));
  }

  update(shape: TableShape, branchId: string, id: string, columns: Columns): void {
    const names = Object.keys(columns);
    const signature = `${shape.name} ${names.join(' ')}`;
    let statement = this.#updates.get(signature);
    if (statement === undefined) {
      const set = names.map((name) => `${name} = ?`).join(', ');
      const sql = `UPDATE ${scratchName(shape)} SET ${set} WHERE ${keyOf(shape)}`;
      statement = this.#database.prepare<SqlValue[]>(sql);
      this.#updates.set(signature, statement);
    }
    const values = names.map((name) => asSql(columns[name]));
    statement.run(...values, ...keyValues(shape, branchId, id));
  }
}

/** A record's key: its branch and its id; a branch has no branch above it. */
function keyOf({ name }: TableShape): string {
  return name === 'branch' ? 'id = ?' : 'branch_id = ? AND id = ?';
}

function keyValues({ name }: TableShape, branchId: string, id: string): string[] {
  return name === 'branch' ? [id] : [branchId, id];
}

/** JSON to SQL: yes and no are 1 and 0, lists and maps are text. */
function asSql(value: unknown): SqlValue {
  switch (typeof value) {
    case 'string':
    case 'number':
      return value;
    case 'boolean':
      return value ? 1 : 0;
    case 'object':
      return value === null ? null : JSON.stringify(value);
    case 'undefined':
    case 'bigint':
    case 'function':
    case 'symbol':
      return null;
  }
}
