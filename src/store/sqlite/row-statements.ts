/** The statements that write rows, each prepared once: one insert a table, one update for each set of columns seen. */
import type { Database, Statement } from 'better-sqlite3';
import type { TableName } from '../../domain/rows.js';
import { TABLES } from '../../domain/tables.js';
import type { ColumnKind } from '../../domain/tables.js';
import {
  columnsOf,
  keyColumns,
  toSql,
  type Column,
  type PlainRow,
  type SqlValue,
} from './row-sql.js';

/** Update statements kept; commands change a few dozen sets of columns. The one made first goes first. */
const UPDATE_STATEMENTS_MAX = 500;

interface Insert {
  readonly columns: readonly Column[];
  readonly statement: Statement<SqlValue[]>;
}

interface Update {
  readonly kinds: readonly ColumnKind[];
  readonly statement: Statement<SqlValue[]>;
}

export class RowStatements {
  readonly #database: Database;
  readonly #inserts = new Map<TableName, Insert>();
  readonly #updates = new Map<string, Update>();

  constructor(database: Database) {
    this.#database = database;
  }

  insert(table: TableName, row: PlainRow, commitVersion: number): void {
    const { columns, statement } = this.#inserts.get(table) ?? this.#prepareInsert(table);
    const values: SqlValue[] = [];
    for (const { name, kind } of columns) values.push(toSql(kind, row[name]));
    values.push(commitVersion);
    statement.run(...values);
  }

  /** Writes these columns and the next version where the row stands at the one before; false: it does not. */
  update(
    table: TableName,
    changed: { readonly id: string; readonly version: number; readonly changes: PlainRow },
    commit: { readonly branchId: string; readonly version: number },
  ): boolean {
    const names = Object.keys(changed.changes);
    const signature = `${table} ${names.join(' ')}`;
    const { kinds, statement } =
      this.#updates.get(signature) ?? this.#prepareUpdate(table, names, signature);
    const values: SqlValue[] = [];
    let index = 0;
    for (const name of names) {
      values.push(toSql(kinds[index] ?? 'text', changed.changes[name]));
      index += 1;
    }
    values.push(changed.version, commit.version);
    if (table !== 'branch') values.push(commit.branchId);
    values.push(changed.id, changed.version - 1);
    return statement.run(...values).changes === 1;
  }

  /** Writes all columns of a row that is there, whatever they hold. */
  overwrite(table: TableName, row: PlainRow, commitVersion: number): void {
    const columns = columnsOf(table);
    const set = [...columns.map(({ name }) => name), 'commit_version'];
    const key = keyColumns(table);
    const statement = this.#database.prepare<SqlValue[]>(
      `UPDATE ${table} SET ${set.map((name) => `${name} = ?`).join(', ')}
       WHERE ${key.map((name) => `${name} = ?`).join(' AND ')}`,
    );
    const values = columns.map(({ name, kind }) => toSql(kind, row[name]));
    statement.run(...values, commitVersion, ...key.map((name) => row[name] as string));
  }

  #prepareInsert(table: TableName): Insert {
    const columns = columnsOf(table);
    const names = [...columns.map(({ name }) => name), 'commit_version'];
    const places = names.map(() => '?').join(', ');
    const insert = {
      columns,
      statement: this.#database.prepare<SqlValue[]>(
        `INSERT INTO ${table} (${names.join(', ')}) VALUES (${places})`,
      ),
    };
    this.#inserts.set(table, insert);
    return insert;
  }

  #prepareUpdate(table: TableName, names: readonly string[], signature: string): Update {
    const kindOf = TABLES[table].columns as Readonly<Record<string, ColumnKind>>;
    const kinds = names.map((name) => {
      const kind = Object.hasOwn(kindOf, name) ? kindOf[name] : undefined;
      if (kind === undefined) throw new Error(`${table} has no column ${name}`);
      return kind;
    });
    const set = [...names, 'version', 'commit_version'].map((name) => `${name} = ?`).join(', ');
    const where = [...keyColumns(table), 'version'].map((name) => `${name} = ?`).join(' AND ');
    const update = {
      kinds,
      statement: this.#database.prepare<SqlValue[]>(`UPDATE ${table} SET ${set} WHERE ${where}`),
    };
    if (this.#updates.size >= UPDATE_STATEMENTS_MAX) {
      for (const oldest of this.#updates.keys()) {
        this.#updates.delete(oldest);
        break;
      }
    }
    this.#updates.set(signature, update);
    return update;
  }
}
