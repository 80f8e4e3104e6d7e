/** What a start notices of rows that it loads, and of the newest events: damage that no structure of the file tells of. */
import Database from 'better-sqlite3';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadFrom } from '../../src/store/sqlite/load.js';
import { DATABASE_NAME } from '../../src/store/sqlite/open.js';
import { archiveDay } from '../support/archived.js';
import { openSqlite } from '../support/sqlite-store.js';
import { openOrder, openBook, writeDay } from '../support/store-day.js';

let root: string;
let open: string;
let archived: string;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'start-check-'));
  open = join(root, 'open');
  const store = await openSqlite(open);
  await store.load();
  const book = await openBook(store, 'main');
  await openOrder(book, 1, 'Zoë Ark');
  await openOrder(book, 2);
  await store.close();
  archived = join(root, 'archived');
  const other = await openSqlite(archived);
  await other.load();
  await writeDay(other, 'main');
  await other.close();
  archiveDay(archived);
});

afterAll(() => {
  rmSync(root, { recursive: true });
});

/** A copy after `sql`, with nothing that refuses it. */
function altered(directory: string, sql: string): string {
  const copy = mkdtempSync(join(root, 'copy-'));
  cpSync(directory, copy, { recursive: true });
  const database = new Database(join(copy, DATABASE_NAME));
  database.pragma('foreign_keys = OFF');
  const triggers = database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
    .pluck()
    .all() as string[];
  for (const name of triggers) database.exec(`DROP TRIGGER ${name}`);
  database.exec(sql);
  database.close();
  return copy;
}

function load(directory: string) {
  return loadFrom({ path: join(directory, DATABASE_NAME), durability: 'full', mmapBytes: 0 });
}

describe('S-START-1 a start refuses rows that the newest events tell otherwise', () => {
  test.each([
    [
      'a price',
      "UPDATE menu_item SET price = price + 1 WHERE id = 'main-kebab'",
      /menu_item \S+ has another price/,
    ],
    [
      'a total',
      'UPDATE order_header SET total = total + 1 WHERE number = 2',
      /order_header main-order-2 has another total/,
    ],
    [
      'a list',
      'UPDATE order_line SET modifiers = \'["x"]\'',
      /order_line \S+ has another modifiers/,
    ],
    [
      'a version',
      'UPDATE order_header SET version = 7 WHERE number = 1',
      /is at version 7 of commit 3, but event 3 took it to 1/,
    ],
    [
      'a name',
      "UPDATE order_header SET customer_name = 'Zoe Ark' WHERE number = 1",
      /has another customer_name/,
    ],
    [
      'a line that is gone',
      "DELETE FROM order_line WHERE order_id = 'main-order-2'",
      /order_line \S+ is missing/,
    ],
    [
      'an order that seems done',
      "UPDATE order_header SET status = 'closed', stations = '[]', shift_id = 'x' WHERE number = 2",
      /order_header main-order-2 is missing, or stands as no open record: event 4/,
    ],
    [
      'a shift that seems closed',
      "UPDATE pos_shift SET status = 'closed'",
      /pos_shift \S+ is missing, or stands as no open record/,
    ],
    [
      'an event',
      "UPDATE sync_event SET changes = replace(changes, '1300', '1301') WHERE version = 3",
      /event 3 breaks the hash chain/,
    ],
    ['an event that is gone', 'DELETE FROM sync_event WHERE version = 2', /event 2 is missing/],
    ['the first event', 'DELETE FROM sync_event WHERE version = 1', /event 1 is missing/],
    [
      'the newest event',
      'DELETE FROM sync_event WHERE version = 4',
      /its newest event is 3, and its head names another, 4/,
    ],
    ['the head', 'UPDATE branch_head SET hash = zeroblob(32)', /its head names another/],
    ['all events', 'DELETE FROM sync_event', /event 4, its newest, is missing/],
  ])('%s', (_, sql, says) => {
    const copy = altered(open, sql);
    let line = '';
    expect(() => load(copy)).toThrow(/^load \S+expeditor\.db: branch main: .*expeditor verify/);
    try {
      load(copy);
    } catch (error) {
      line = String(error);
    }
    expect(line).toMatch(says);
    expect(line).not.toContain('\n');
  });

  test('what is as it was, or whose person was erased, is loaded', () => {
    expect(load(open)[0]?.version).toBe(4);
    const erased = 'UPDATE order_header SET customer_name = NULL; DELETE FROM personal_salt';
    expect(load(altered(open, erased))[0]?.rows).toHaveLength(load(open)[0]?.rows.length ?? 0);
  });

  test('it follows the chain into the last segment', () => {
    expect(load(archived)[0]?.version).toBe(18);
    const another = 'UPDATE archive_segment SET hash_after = zeroblob(32) WHERE last_version = 9';
    expect(() => load(altered(archived, another))).toThrow(/event 10 breaks the hash chain/);
  });
});

describe('S-START-2 a start refuses a history with a gap between its segments and its table', () => {
  test.each([
    [
      'a segment that the catalogue lacks',
      'DELETE FROM archive_segment WHERE first_version = 1',
      /the events of branch main from 1 on are neither/,
    ],
    [
      'a segment in no state that is read',
      "PRAGMA ignore_check_constraints = ON; UPDATE archive_segment SET state = 'do' WHERE last_version = 9",
      /the events of branch main from 6 on are neither/,
    ],
    [
      'events between',
      'DELETE FROM sync_event WHERE version < 12',
      /the events of branch main from 10 on are neither/,
    ],
  ])('%s', async (_, sql, says) => {
    await expect(openSqlite(altered(archived, sql))).rejects.toThrow(says);
  });
});
