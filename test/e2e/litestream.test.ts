/** What a replication of the write-ahead log needs of us, kept beside one that works as Litestream does. */
import Database from 'better-sqlite3';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { DATABASE_NAME } from '../../src/store/sqlite/open.js';
import { verifyDatabase } from '../../src/store/verify/verify-database.js';
import { backUp } from '../support/backups.js';
import type { Book } from '../support/book.js';
import { MAIN } from '../support/hub-process.js';
import { NOON } from '../support/rows.js';
import { freshDirectory, openSqlite } from '../support/sqlite-store.js';
import { commit, orderRequest, seedRequest, shiftRequest } from '../support/store.js';
import { writeDay } from '../support/store-day.js';
import { WalFollower } from '../support/wal-follower.js';

const SUPPORT = new URL('../support/', import.meta.url);
/** Each leaves some 500 pages in the log: the store copies it every 4,000. */
const LARGE = 'x'.repeat(1_000_000);
const LARGE_COMMITS = 10;

let directory: ReturnType<typeof freshDirectory>;
let path: string;

beforeEach(() => {
  directory = freshDirectory();
  path = join(directory.path, DATABASE_NAME);
});

afterEach(() => {
  directory.remove();
});

async function largeCommits(book: Book, orderId: string): Promise<void> {
  for (let count = 0; count < LARGE_COMMITS; count += 1) {
    const name = `${String(count)}${LARGE}`;
    await book.write('order.update_line', [book.set('order_line', `${orderId}-line-1`, { name })]);
  }
}

/** Every row of every table, and whether the file is whole. */
function content(file: string): unknown {
  const database = new Database(file, { readonly: true });
  try {
    const tables = database
      .prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`)
      .pluck()
      .all() as string[];
    const rows = tables.map((table) => [table, database.prepare(`SELECT * FROM ${table}`).all()]);
    return [database.pragma('quick_check', { simple: true }), rows];
  } finally {
    database.close();
  }
}

it('S-LITE-1 the log is written in WAL mode without autocheckpoint, and no checkpoint that starts it over is asked for', () => {
  const recorded = join(dirname(directory.path), 'recorded');
  const requests = join(dirname(directory.path), 'requests.json');
  const large = Array.from({ length: LARGE_COMMITS }, (_, index) => {
    const number = index + 1;
    const request = orderRequest('main', { orderId: `o${String(number)}`, number });
    const changeSet = request.changeSet.map((change) =>
      change.table === 'order_line'
        ? { ...change, after: { ...change.after, name: LARGE } }
        : change,
    );
    return { ...request, changeSet, key: `key-${String(number)}` };
  });
  writeFileSync(requests, JSON.stringify([seedRequest('main'), shiftRequest('main'), ...large]));
  const env = {
    ...process.env,
    RECORDED: recorded,
    NODE_OPTIONS: `--require ${fileURLToPath(new URL('record-checkpoints.cjs', SUPPORT))}`,
  };
  const run = (...args: readonly string[]) =>
    execFileSync(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  run(fileURLToPath(new URL('store-child.mjs', SUPPORT)), directory.path, requests);
  run(MAIN, 'archive', '--archive-after-hours', '0', '--data', directory.path);
  const lines = readFileSync(recorded, 'utf8').trim().split('\n');
  const own = lines.filter((line) => line.startsWith(`${DATABASE_NAME}: `));
  const asked = new Set(own.map((line) => line.slice(DATABASE_NAME.length + 2)));
  expect([...asked].sort()).toEqual([
    'PRAGMA wal_checkpoint(NOOP)',
    'PRAGMA wal_checkpoint(PASSIVE)',
    'busy_timeout = 5000',
    'journal_mode',
    'journal_mode = WAL',
    'wal_autocheckpoint = 0',
    'wal_checkpoint(PASSIVE)',
  ]);
});

it('S-LITE-2 a follower that holds the log misses no frame of commits, archiving, a backup, a close and a start; its copy is the database to the last commit', async () => {
  const replica = join(dirname(directory.path), 'replica.db');
  let store = await openSqlite(directory.path);
  const follower = new WalFollower(path, replica);
  const book = await writeDay(store, 'main');
  follower.follow();
  await largeCommits(book, 'main-order-6');
  follower.follow();
  expect(await store.upkeep?.archive({ closedBefore: NOON + 3_600_000 })).toMatchObject({
    orders: 3,
  });
  follower.follow();
  follower.checkpoint();
  backUp(directory.path, join(dirname(directory.path), 'backup.tar'));
  await store.close();
  follower.follow();
  store = await openSqlite(directory.path);
  await store.load();
  expect(await store.order('main', 'main-order-1')).not.toBeNull();
  const late = { orderId: 'main-order-7', number: 7, shiftId: 'main-shift-2' };
  expect(await commit(store, orderRequest('main', late))).toMatchObject({ kind: 'committed' });
  await store.close();
  follower.end();
  expect(content(replica)).toEqual(content(path));
  expect(await verifyDatabase({ file: path })).toMatchObject({ clean: true });
  rmSync(replica);
});
