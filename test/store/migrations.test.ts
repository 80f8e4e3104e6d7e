/** Files of older programs, as their schema made them, brought to this program's version. */
import Database from 'better-sqlite3';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { APPLICATION_ID } from '../../src/store/migrations/application-id.js';
import { migrate, MIGRATIONS } from '../../src/store/migrations/migrate.js';

const SCHEMAS = new URL('./schemas/', import.meta.url);

function ofVersion(version: number): Database.Database {
  const database = new Database(':memory:');
  database.exec(readFileSync(new URL(`version-${String(version)}.sql`, SCHEMAS), 'utf8'));
  database.pragma(`application_id = ${String(APPLICATION_ID)}`);
  database.pragma(`user_version = ${String(version)}`);
  return database;
}

/** Tables with their columns, indexes and triggers, whatever text made them. */
function shapeOf(database: Database.Database): unknown {
  const objects = database
    .prepare(`SELECT type, name, tbl_name FROM sqlite_schema ORDER BY type, name`)
    .all() as { type: string; name: string }[];
  return objects.map((object) => ({
    ...object,
    columns: (object.type === 'table' ? columnsOf(database, object.name) : []).toSorted(),
  }));
}

function columnsOf(database: Database.Database, table: string): string[] {
  const sql = 'SELECT name, type, "notnull", dflt_value, pk FROM pragma_table_info(?)';
  return (database.prepare(sql).all(table) as object[]).map((column) => JSON.stringify(column));
}

test('S-OPEN-7 a file of version 1 becomes what a new one is, and keeps its rows', () => {
  const old = ofVersion(1);
  old.exec(`INSERT INTO branch VALUES ('main', 'Main', 'GBP', 'Europe/London', 4, '{}', '{}', 1, 1);
    INSERT INTO staff VALUES ('main', 'ada', 'Ada', 'admin', 1, 1, 1);`);
  migrate(old);
  expect(old.pragma('user_version', { simple: true })).toBe(MIGRATIONS.length);
  const fresh = new Database(':memory:');
  migrate(fresh);
  expect(shapeOf(old)).toEqual(shapeOf(fresh));
  expect(old.prepare('SELECT id, tokens_from, pin_set_at FROM staff').all()).toEqual([
    { id: 'ada', tokens_from: null, pin_set_at: null },
  ]);
});

test('S-OPEN-7 a file of version 2 becomes what a new one is', () => {
  const old = ofVersion(2);
  migrate(old);
  const fresh = new Database(':memory:');
  migrate(fresh);
  expect(shapeOf(old)).toEqual(shapeOf(fresh));
});
