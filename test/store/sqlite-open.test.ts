/** How a data directory is opened: settings, versions, ownership, rights, and the epoch of its history. */
import Database from 'better-sqlite3';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { migrate, MIGRATIONS, type Migration } from '../../src/store/migrations/migrate.js';
import { openWriter } from '../../src/store/sqlite/database.js';
import { freshDirectory, openSqlite } from '../support/sqlite-store.js';
import { committed, orderRequest, seedRequest, shiftRequest } from '../support/store.js';

const CHILD = fileURLToPath(new URL('../support/store-child.mjs', import.meta.url));

let directory: string;
let file: string;
let remove: () => void;

beforeEach(() => {
  ({ path: directory, remove } = freshDirectory());
  file = join(directory, 'expeditor.db');
});

afterEach(() => {
  remove();
});

function writeDatabase(statements: string): void {
  mkdirSync(directory);
  const database = new Database(file);
  database.exec(statements);
  database.close();
}

describe('S-OPEN-1 a file that is not ours is refused in one line and left as it was', () => {
  test.each([
    ['another program’s', 'CREATE TABLE t (x); PRAGMA user_version = 1'],
    ['another program’s by its mark', 'CREATE TABLE t (x); PRAGMA application_id = 7'],
    [
      'from a newer program',
      `PRAGMA application_id = ${String(0x45585044)}; PRAGMA user_version = 999`,
    ],
  ])('%s', async (_, statements) => {
    writeDatabase(statements);
    const before = readFileSync(file);
    const refused = await openSqlite(directory).catch((error: unknown) => error);
    expect(refused).toMatchObject({ name: 'StoreOpenError', operation: 'open', path: file });
    expect(String(refused)).not.toContain('\n');
    expect(readFileSync(file)).toEqual(before);
  });

  test('not a database at all', async () => {
    mkdirSync(directory);
    writeFileSync(file, 'a shopping list '.repeat(100));
    await expect(openSqlite(directory)).rejects.toThrow(/SQLITE_NOTADB.*restore a backup/);
  });
});

describe('S-OPEN-2 migrations run in order, each with its number', () => {
  const further: Migration = {
    name: 'further',
    up(database) {
      database.exec('ALTER TABLE staff ADD COLUMN pin TEXT');
    },
  };
  const broken: Migration = {
    name: 'broken',
    up(database) {
      database.exec('CREATE TABLE half (x); CREATE TABLE half (x)');
    },
  };

  test('a new one is added to what is there, and none runs twice', () => {
    const database = new Database(':memory:');
    migrate(database);
    expect(database.pragma('user_version', { simple: true })).toBe(MIGRATIONS.length);
    migrate(database, [...MIGRATIONS, further]);
    migrate(database, [...MIGRATIONS, further]);
    expect(database.pragma('user_version', { simple: true })).toBe(MIGRATIONS.length + 1);
    expect(() => database.prepare('SELECT pin FROM staff').all()).not.toThrow();
  });

  test('one that breaks leaves the version before it whole', () => {
    const database = new Database(':memory:');
    expect(() => {
      migrate(database, [...MIGRATIONS, further, broken]);
    }).toThrow('half');
    expect(database.pragma('user_version', { simple: true })).toBe(MIGRATIONS.length + 1);
    expect(database.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'half'`).all()).toEqual([]);
  });
});

describe('S-OPEN-3 one process owns a directory', () => {
  test('a second opening is refused, and the next one after a close is not', async () => {
    const store = await openSqlite(directory);
    await expect(openSqlite(directory)).rejects.toThrow('another hub is running on it');
    await store.close();
    await (await openSqlite(directory)).close();
  });

  test('another process is refused too, and kill -9 frees the directory', async () => {
    const requests = join(directory, '..', 'requests.json');
    const many = [seedRequest('main'), shiftRequest('main')];
    for (let number = 1; number <= 20_000; number += 1) {
      many.push(orderRequest('main', { orderId: `order-${String(number)}`, number }));
    }
    writeFileSync(requests, JSON.stringify(many));
    const child = spawn(process.execPath, [CHILD, directory, requests]);
    await once(child.stdout, 'data');
    await expect(openSqlite(directory)).rejects.toThrow('another hub is running on it');
    child.kill('SIGKILL');
    await once(child, 'exit');
    const store = await openSqlite(directory);
    expect((await store.load()).length).toBeLessThanOrEqual(1);
    await store.close();
  });
});

describe('S-OPEN-4 durability is what was asked for', () => {
  test.each([
    ['full', 2],
    ['normal', 1],
  ] as const)('%s is read back after the first write', (durability, synchronous) => {
    mkdirSync(directory);
    for (let opening = 0; opening < 2; opening += 1) {
      const database = openWriter({ path: file, durability, mmapBytes: 0 });
      database.exec(`REPLACE INTO meta VALUES ('x', 'y')`);
      expect(database.pragma('synchronous', { simple: true })).toBe(synchronous);
      expect(database.pragma('journal_mode', { simple: true })).toBe('wal');
      expect(database.pragma('foreign_keys', { simple: true })).toBe(1);
      database.close();
    }
  });

  test('the files are their owner’s alone', async () => {
    const store = await openSqlite(directory);
    await committed(store, seedRequest('main'));
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    for (const name of ['expeditor.db', 'expeditor.db-wal', 'expeditor.db-shm', 'owner.lock']) {
      expect([name, statSync(join(directory, name)).mode & 0o777]).toEqual([name, 0o600]);
    }
    await store.close();
  });
});

describe('S-EPOCH-1 the epoch changes when the tail of the history may be lost', () => {
  /** Runs a store of another process to its kill, with this durability. */
  function leaveUnclean(durability: 'full' | 'normal'): void {
    const script = `
      import { openSqliteStore } from ${JSON.stringify(new URL('../../dist/store/sqlite/open.js', import.meta.url).href)};
      const nothing = () => {};
      await openSqliteStore({ directory: ${JSON.stringify(directory)}, durability: '${durability}',
        clock: { now: () => 1 }, timers: { after: () => nothing, every: () => nothing }, newId: () => 'unclean',
        log: { debug: nothing, info: nothing, warn: nothing, error: nothing } });
      process.kill(process.pid, 'SIGKILL');`;
    const run = spawnSync(process.execPath, ['--input-type=module', '-e', script]);
    expect([run.signal, run.stderr.toString()]).toEqual(['SIGKILL', '']);
  }

  async function epochNow(): Promise<string> {
    const store = await openSqlite(directory);
    await store.close();
    return store.epoch;
  }

  test('not after a clean stop, not after kill -9 with full, but after kill -9 with normal', async () => {
    const first = await epochNow();
    expect(await epochNow()).toBe(first);
    leaveUnclean('full');
    expect(await epochNow()).toBe(first);
    leaveUnclean('normal');
    const second = await epochNow();
    expect(second).not.toBe(first);
    expect(await epochNow()).toBe(second);
  });
});
