/** Personal values on their way into the event log: salted hashes stand there, so that a person can be erased. */
import type { Database, Statement } from 'better-sqlite3';
import { hash, randomBytes } from 'node:crypto';
import type { TableName } from '../../domain/rows.js';
import { PERSONAL_COLUMNS } from '../../domain/tables.js';
import type { PlainRow } from './row-sql.js';

const SALT_BYTES = 16;

const PERSONAL = Object.entries(PERSONAL_COLUMNS) as [TableName, readonly string[]][];

interface WrittenRow {
  readonly id: string;
  readonly columns: PlainRow;
}

/** The rows of a change set, by table: whole new ones, and the changed columns of others. */
export type WrittenRows = (table: TableName) => Iterable<WrittenRow>;

/** A record as it stands, to compare the hashes of earlier versions with. */
export interface PresentPerson {
  readonly row: PlainRow;
  /** null: there is none, or it was erased. */
  readonly salt: string | null;
}

/** The row with the present value in the place of each hash that is its own, and null in that of any other. */
export function shownPersonal(
  table: TableName,
  row: PlainRow,
  { row: present, salt }: PresentPerson,
): PlainRow {
  const shown = { ...row };
  for (const name of PERSONAL_COLUMNS[table] ?? []) {
    const value = present[name];
    const same = typeof value === 'string' && salt !== null && row[name] === hashed(salt, value);
    shown[name] = same ? value : null;
  }
  return shown;
}

function hashed(salt: string, value: string): string {
  return `sha256:${hash('sha256', salt + value, 'hex')}`;
}

export class PersonalHashes {
  readonly #salt: Statement<[string, string, string]>;
  readonly #keep: Statement<[string, string, string, string]>;

  constructor(database: Database) {
    this.#salt = database
      .prepare<[string, string, string]>(
        'SELECT salt FROM personal_salt WHERE branch_id = ? AND table_name = ? AND id = ?',
      )
      .pluck();
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
          const salt = this.#saltOf(branchId, table, id);
          columns[name] = hashed(salt, value);
          replaced = true;
        }
      }
    }
    return replaced;
  }

  /** One salt a record for as long as it lives, so that equal values of one record have equal hashes. */
  #saltOf(branchId: string, table: TableName, id: string): string {
    const known = this.#salt.get(branchId, table, id);
    if (typeof known === 'string') return known;
    const salt = randomBytes(SALT_BYTES).toString('hex');
    this.#keep.run(branchId, table, id, salt);
    return salt;
  }
}
