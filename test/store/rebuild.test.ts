/** A past moment is rebuilt from the events alone: the rows are those that the store held then. */
import Database from 'better-sqlite3';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DATABASE_NAME } from '../../src/store/sqlite/open.js';
import { rebuildAt } from '../../src/store/verify/rebuild.js';
import { verifyDatabase } from '../../src/store/verify/verify-database.js';
import { archiveDay } from '../support/archived.js';
import { freshDirectory, openSqlite } from '../support/sqlite-store.js';
import { DAY_VERSIONS, openBook, openOrder, writeDay } from '../support/store-day.js';

const directory = freshDirectory();
const file = join(directory.path, DATABASE_NAME);
let scratch = '';

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'rebuilt-'));
  const store = await openSqlite(directory.path);
  await store.load();
  await writeDay(store, 'main');
  await store.close();
});

afterAll(() => {
  directory.remove();
  rmSync(scratch, { recursive: true, force: true });
});

const TABLES = ['order_header', 'order_line', 'order_payment', 'order_adjustment', 'pos_shift']
  .concat(['cash_movement', 'order_status_log', 'order_line_status_log', 'shift_summary'])
  .concat(['day_summary', 'month_summary', 'branch', 'staff', 'menu_item', 'station']);

/** All that the database holds of the branch's records. */
function contents(path: string): unknown {
  const database = new Database(path, { readonly: true });
  const rows = TABLES.map((name) => [
    name,
    database
      .prepare(`SELECT * FROM ${name}`)
      .all()
      .map((row) => inOrder(row as Record<string, unknown>))
      .sort(),
  ]);
  database.close();
  return Object.fromEntries(rows);
}

/** Figures are the same in whatever order their names stand. */
function inOrder(row: Record<string, unknown>): string {
  const { figures, ...rest } = row;
  return (
    JSON.stringify(rest) + (typeof figures === 'string' ? sortedJson(JSON.parse(figures)) : '')
  );
}

function sortedJson(json: unknown): string {
  if (typeof json !== 'object' || json === null) return JSON.stringify(json);
  const entries = Object.entries(json).map(([name, value]) => `${name}:${sortedJson(value)}`);
  return `{${entries.sort().join()}}`;
}

describe('a past moment', () => {
  test('S-PROOF-9 the newest one is what the store holds, archived or not, and verifies clean', async () => {
    const archived = join(scratch, 'archived');
    cpSync(directory.path, archived, { recursive: true });
    archiveDay(archived);
    for (const [index, from] of [file, join(archived, DATABASE_NAME)].entries()) {
      const into = join(scratch, `newest-${String(index)}.db`);
      const until = { branchId: 'main', version: DAY_VERSIONS };
      const rebuilt = await rebuildAt({ file: from, into, until });
      expect(rebuilt).toMatchObject({ events: DAY_VERSIONS, difference: null });
      expect(contents(into)).toEqual(contents(file));
      expect(await verifyDatabase({ file: into })).toMatchObject({ clean: true, difference: null });
    }
  });

  test('S-PROOF-9 at every version the rows are those that the store held then', async () => {
    const { path, remove } = freshDirectory();
    const store = await openSqlite(path);
    await store.load();
    const book = await openBook(store, 'main');
    const held: unknown[] = [];
    for (let number = 1; number <= 3; number += 1) {
      await openOrder(book, number, `Guest ${String(number)}`);
      held.push(contents(join(path, DATABASE_NAME)));
    }
    for (const [index, then] of held.entries()) {
      const into = join(scratch, `version-${String(index)}.db`);
      const until = { branchId: 'main', version: index + 3 };
      await rebuildAt({ file: join(path, DATABASE_NAME), into, until });
      expect(contents(into)).toEqual(then);
    }
    await store.close();
    remove();
  });

  test('S-PROOF-10 it is refused over a file, and beyond the history', async () => {
    const into = join(scratch, 'refused.db');
    await expect(rebuildAt({ file, into: file, until: { at: 0 } })).rejects.toThrow(
      /there already/,
    );
    const beyond = { branchId: 'main', version: 99 };
    await expect(rebuildAt({ file, into, until: beyond })).rejects.toThrow(/ends at version 18/);
    await expect(rebuildAt({ file, into, until: { at: 0 } })).rejects.toThrow(
      /nothing had happened/,
    );
  });
});
