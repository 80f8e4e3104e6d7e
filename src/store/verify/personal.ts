/**
 * Personal values: events hold salted hashes, rows the values. Where the hash agrees, or value and salt were erased,
 * the scratch row takes what the row holds; anything else stays and shows up as a difference.
 */
import type { Database } from 'better-sqlite3';
import { hash } from 'node:crypto';
import type { StoredEvent } from './event-chain.js';
import type { Findings } from './findings.js';
import { scratchName, storedName, type TableShape } from './table-shape.js';

/** Columns that stand in events as hashes. */
const PERSONAL: Readonly<Record<string, readonly string[]>> = {
  order_header: ['customer_name', 'note'],
  order_line: ['note'],
};
/** Of these the first releases told the value itself. */
const HASHED_LATER = ['note'];

const HASHED = /^sha256:[0-9a-f]{64}$/;

interface Cell {
  readonly branch_id: string;
  readonly id: string;
  readonly hashed: string;
  readonly value: string | null;
  readonly salt: string | null;
}

export function personalColumns(table: string): readonly string[] {
  return PERSONAL[table] ?? [];
}

export function isHashed(value: unknown): boolean {
  return typeof value === 'string' && HASHED.test(value);
}

/** Where the salts of a column's hashes stand in `personal_salt.table_name`. */
export function saltName(table: string, column: string): string {
  return HASHED_LATER.includes(column) ? `${table}.${column}` : table;
}

/** Which events may tell a value in clear text: those of before their column was hashed. */
export class ClearTexts {
  /** By branch: the last version of before; null: the database was not opened since, and all of it is of before. */
  readonly #until: Readonly<Record<string, number>> | null;

  constructor(database: Database) {
    const noted = database
      .prepare("SELECT value FROM main.meta WHERE name = 'clear_notes_until'")
      .pluck()
      .get();
    this.#until =
      typeof noted === 'string' ? (JSON.parse(noted) as Readonly<Record<string, number>>) : null;
  }

  mayTell(column: string, { branch_id, version }: StoredEvent): boolean {
    if (!HASHED_LATER.includes(column)) return false;
    return this.#until === null || version <= (this.#until[branch_id] ?? 0);
  }
}

/** Once all events are folded, before the rows are compared. */
export function resolvePersonal(database: Database, shape: TableShape, findings: Findings): void {
  for (const column of personalColumns(shape.name)) {
    const cells = database
      .prepare(
        `SELECT f.branch_id, f.id, f.${column} AS hashed, m.${column} AS value, s.salt
         FROM ${scratchName(shape)} f
         JOIN ${storedName(shape)} m ON m.branch_id = f.branch_id AND m.id = f.id
         LEFT JOIN main.personal_salt s
           ON s.branch_id = f.branch_id AND s.table_name = ? AND s.id = f.id
         WHERE f.${column} GLOB 'sha256:*'`,
      )
      .all(saltName(shape.name, column)) as Cell[];
    const accept = database.prepare<[string | null, string, string]>(
      `UPDATE ${scratchName(shape)} SET ${column} = ? WHERE branch_id = ? AND id = ?`,
    );
    for (const { branch_id, id, hashed, value, salt } of cells) {
      const erased = value === null && salt === null;
      if (!erased && !agrees(hashed, value, salt)) continue;
      if (erased) findings.counts.erased += 1;
      accept.run(value, branch_id, id);
    }
  }
}

function agrees(hashed: string, value: string | null, salt: string | null): boolean {
  if (value === null || salt === null) return false;
  return hashed === `sha256:${hash('sha256', salt + value, 'hex')}`;
}
