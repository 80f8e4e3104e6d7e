/** Damage that no structure of the file tells of: one value, or one row, altered through SQL, with its checks and triggers out of the way. */
import Database from 'better-sqlite3';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DATABASE_NAME } from '../../../src/store/sqlite/open.js';
import type { Random } from '../../support/random-traffic/random.js';
import { SCRATCH } from './pristine.js';

/** What no event, no summary and no other table says too: nothing could tell that it was altered. */
const UNPROVED: Readonly<Record<string, readonly string[] | 'all'>> = {
  meta: 'all',
  // Who may log in is no part of the history.
  credential: 'all',
  auth_session: 'all',
  pairing_code: 'all',
  login_failure: 'all',
  // Kept to tell a retry from a reuse: one that was altered refuses the retry.
  idempotency_request: ['request_hash'],
  // How far back a client may catch up.
  branch_head: ['horizon'],
  archive_segment: ['at'],
};

type Value = string | number | null | Buffer;
type Files = Map<string, Buffer>;

/** Gives the database as it is after `change`, its log copied into it, and what `change` says. */
function changed(files: Files, change: (database: Database.Database) => string): string {
  const directory = mkdtempSync(join(SCRATCH, 'altered-'));
  const path = join(directory, DATABASE_NAME);
  const logName = `${DATABASE_NAME}-wal`;
  try {
    writeFileSync(path, files.get(DATABASE_NAME) ?? '');
    writeFileSync(`${path}-wal`, files.get(logName) ?? '');
    const database = new Database(path);
    database.pragma('foreign_keys = OFF');
    database.pragma('ignore_check_constraints = ON');
    const triggers = database
      .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
      .all() as { name: string; sql: string }[];
    for (const { name } of triggers) database.exec(`DROP TRIGGER ${name}`);
    const what = change(database);
    for (const { sql } of triggers) database.exec(sql);
    database.close();
    files.set(DATABASE_NAME, readFileSync(path));
    files.delete(logName);
    return what;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

interface Place {
  readonly table: string;
  readonly where: string;
  readonly key: readonly Value[];
  readonly row: Readonly<Record<string, Value>>;
}

/** Tables as often as each other, however many rows they have. */
function somePlace(database: Database.Database, random: Random): Place {
  const tables = database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")
    .pluck()
    .all() as string[];
  const filled = tables.filter(
    (name) =>
      UNPROVED[name] !== 'all' &&
      database.prepare(`SELECT 1 FROM ${name} LIMIT 1`).get() !== undefined,
  );
  const table = random.pick(filled) ?? '';
  const rows = database.prepare(`SELECT * FROM ${table}`).all() as Record<string, Value>[];
  const row = random.pick(rows) ?? {};
  const names = database
    .prepare('SELECT name FROM pragma_table_info(?) WHERE pk > 0')
    .pluck()
    .all(table) as string[];
  const where = names.map((name) => `${name} = ?`).join(' AND ');
  return { table, where, key: names.map((name) => row[name] ?? null), row };
}

/** Of any table; empty: none. */
export function provedColumns(database: Database.Database, table: string): string[] {
  const left = UNPROVED[table] ?? [];
  const names = database.prepare('SELECT name FROM pragma_table_info(?)').pluck().all(table);
  return left === 'all' ? [] : (names as string[]).filter((name) => !left.includes(name));
}

export function alterValue(files: Files, random: Random): string {
  return changed(files, (database) => {
    const { table, where, key, row } = somePlace(database, random);
    const column = random.pick(provedColumns(database, table)) ?? '';
    const value = altered(row[column] ?? null, random);
    database
      .prepare(`UPDATE OR REPLACE ${table} SET ${column} = ? WHERE ${where}`)
      .run(value, ...key);
    return `${column} of a row of ${table}`;
  });
}

export function removeRow(files: Files, random: Random): string {
  return changed(files, (database) => {
    const { table, where, key } = somePlace(database, random);
    database.prepare(`DELETE FROM ${table} WHERE ${where}`).run(...key);
    return `a row of ${table}`;
  });
}

/** Of the same type, as every table wants it. */
function altered(value: Value, random: Random): Value {
  if (value === null) return null;
  if (typeof value === 'number') return value + random.whole(1, 9) * (random.chance(0.5) ? 1 : -1);
  const bytes = Buffer.from(value);
  if (bytes.length === 0) return typeof value === 'string' ? 'x' : value;
  const at = random.whole(0, bytes.length - 1);
  if (typeof value !== 'string') {
    bytes.writeUInt8(bytes.readUInt8(at) ^ random.whole(1, 255), at);
    return bytes;
  }
  const digit = String.fromCharCode(random.whole(48, 57));
  return value.slice(0, at) + digit + value.slice(at + 1);
}
