/** Personal values on their way into the event log: salted hashes stand there, so that a person can be erased. */
import type { Database, Statement } from 'better-sqlite3';
import { hash, randomBytes } from 'node:crypto';
import type { TableName } from '../../domain/rows.js';
import { PERSONAL_COLUMNS } from '../../domain/tables.js';
import type { PlainRow } from './row-sql.js';

const SALT_BYTES = 16;

export const PERSON_SALT_SQL =
  'SELECT salt FROM personal_salt WHERE branch_id = ? AND table_name = ? AND id = ?';

const PERSONAL = Object.entries(PERSONAL_COLUMNS) as [TableName, readonly string[]][];

interface WrittenRow {
  readonly id: string;
  readonly columns: PlainRow;
}

/** The rows of a change set, by table: whole new ones, and the changed columns of others. */
export type WrittenRows = (table: TableName) => Iterable<WrittenRow>;

/** A record as it stands, to compare the hashes of earlier versions with. */
export interface PresentRecord {
  readonly row: PlainRow;
  /** By column; null: there is none, or it was erased. */
  readonly salt: (column: string) => string | null;
}

/** The row with what may be shown of it. */
export type ShowRow = (table: TableName, id: string, row: PlainRow) => PlainRow;

/** The name in `personal_salt.table_name`: names of guests had salts before other columns had. */
export function saltName(table: string, column: string): string {
  return column === 'customer_name' ? table : `${table}.${column}`;
}

/**
 * The row with the present value in the place of each hash that is its own, and null in that of any other. Events that are
 * older than the hashing of their column tell the value itself: that is shown or left out alike.
 */
export function shownPersonal(table: TableName, row: PlainRow, present: PresentRecord): PlainRow {
  const shown = { ...row };
  for (const name of PERSONAL_COLUMNS[table] ?? []) {
    const value = present.row[name];
    const told = row[name];
    shown[name] =
      typeof value === 'string' && (told === value || isHashOf(told, value, present.salt(name)))
        ? value
        : null;
  }
  return shown;
}

function isHashOf(told: unknown, value: string, salt: string | null): boolean {
  return salt !== null && told === personalHash(salt, value);
}

/** The form of a hash; a guest whose name looks like one is hashed like any other. */
export function isHash(told: string): boolean {
  return /^sha256:[0-9a-f]{64}$/.test(told);
}

/** What stands in an event for a personal value. */
export function personalHash(salt: string, value: string): string {
  return `sha256:${hash('sha256', salt + value, 'hex')}`;
}

export class PersonalHashes {
  readonly #salt: Statement<[string, string, string]>;
  readonly #keep: Statement<[string, string, string, string]>;

  constructor(database: Database) {
    this.#salt = database.prepare<[string, string, string]>(PERSON_SALT_SQL).pluck();
    this.#keep = database.prepare(
      'INSERT INTO personal_salt (branch_id, table_name, id, salt) VALUES (?, ?, ?, ?)',
    );
  }

  /** Puts the hash in the place of each personal value; true: there was one. */
  replace(branchId: string, rowsOf: WrittenRows): boolean {
    let replaced = false;
    for (const [table, personal] of PERSONAL) {
      for (const { id, columns } of rowsOf(table)) {
        for (const name of personal) {
          const value = columns[name];
          if (typeof value !== 'string') continue;
          const salt = this.#saltOf(branchId, saltName(table, name), id);
          columns[name] = personalHash(salt, value);
          replaced = true;
        }
      }
    }
    return replaced;
  }

  /** One salt a value for as long as its record lives, so that equal values of one record have equal hashes. */
  #saltOf(branchId: string, name: string, id: string): string {
    const known = this.#salt.get(branchId, name, id);
    if (typeof known === 'string') return known;
    const salt = randomBytes(SALT_BYTES).toString('hex');
    this.#keep.run(branchId, name, id, salt);
    return salt;
  }
}
