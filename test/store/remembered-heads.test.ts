/** The heads that are remembered beside the database: what notices that an older copy of it was put back. */
import Database from 'better-sqlite3';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silentLog } from '../../src/base/log.js';
import type { Store } from '../../src/store/port.js';
import { readHeads } from '../../src/store/sqlite/heads-file.js';
import { verifyDatabase } from '../../src/store/verify/verify-database.js';
import { ManualTimers } from '../support/manual-timers.js';
import { freshDirectory, openSqlite } from '../support/sqlite-store.js';
import { committed, orderRequest, seedRequest, shiftRequest } from '../support/store.js';

const CHILD = fileURLToPath(new URL('../support/heads-child.mjs', import.meta.url));

let directory: string;
let file: string;
let heads: string;
let remove: () => void;

beforeEach(() => {
  ({ path: directory, remove } = freshDirectory());
  file = join(directory, 'expeditor.db');
  heads = join(directory, 'heads.json');
});

afterEach(() => {
  remove();
});

const order = (number: number) => orderRequest('main', { orderId: `o${String(number)}`, number });

/** Opens, commits what `fill` does, and closes in order. */
async function run(fill: (store: Store) => Promise<unknown>): Promise<void> {
  const store = await openSqlite(directory);
  await fill(store);
  await store.close();
}

/** Version 3: seeded, a shift, an order. */
async function begin(store: Store): Promise<void> {
  for (const request of [seedRequest('main'), shiftRequest('main'), order(1)]) {
    await committed(store, request);
  }
}

const FILES = ['expeditor.db', 'expeditor.db-wal', 'expeditor.db-shm'];

/** Copies the database with what belongs to it, or that of a hub that is running. */
function copyDatabase(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of FILES) {
    rmSync(join(to, name), { force: true });
    if (existsSync(join(from, name))) cpSync(join(from, name), join(to, name));
  }
}

/** What is remembered, without the hashes. */
const versions = () =>
  readHeads(directory)?.heads.map(([branchId, version]) => [branchId, version]);

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

const refusal = () => openSqlite(directory).catch((error: unknown) => String(error));

describe('I7 S-HEAD-2 S-VER-18 a database that lacks a remembered head is refused', () => {
  test('an older copy, with its log, is refused at the start and named by verify', async () => {
    const kept = freshDirectory();
    await run(async (store) => {
      await begin(store);
      copyDatabase(directory, kept.path);
      await committed(store, order(2));
      await committed(store, order(3));
    });
    copyDatabase(kept.path, directory);
    kept.remove();
    const line = await refusal();
    expect(line).toBe(
      `StoreOpenError: open ${file}: branch main ends at version 3, but version 5 is remembered: it was rolled back; ` +
        'put the newest database back, its -wal file with it, or start once with --accept-rollback',
    );
    expect(await refusal()).toBe(line);
    expect(await verifyDatabase({ file })).toMatchObject({
      clean: false,
      difference:
        'heads.json remembers branch main at version 5, which is not there: the database was rolled back',
      differences: { remembered: 1 },
      remembered: 1,
    });
  });

  test('a database without its log lacks what was in it only', async () => {
    const kept = freshDirectory();
    await run(async (store) => {
      await begin(store);
      copyDatabase(directory, kept.path);
    });
    rmSync(join(kept.path, 'expeditor.db-wal'));
    copyDatabase(kept.path, directory);
    kept.remove();
    expect(await refusal()).toContain('branch main ends at version 0, but version 3 is remembered');
  });

  test('another database of another epoch is refused, however long', async () => {
    await run(begin);
    const other = freshDirectory();
    const store = await openSqlite(other.path);
    for (const request of [seedRequest('main'), shiftRequest('main'), order(8), order(9)]) {
      await committed(store, request);
    }
    await store.close();
    copyDatabase(other.path, directory);
    other.remove();
    expect(await refusal()).toContain(
      'branch main holds another version 3 than the one remembered (the database is of another epoch); put',
    );
    const { difference } = await verifyDatabase({ file });
    expect(difference).toContain('with another hash: the database holds another history');
  });

  test('a database that is gone is refused, and none is made in its place', async () => {
    await run(begin);
    for (const name of FILES) rmSync(join(directory, name), { force: true });
    expect(await refusal()).toContain('it is gone, and branch main was at 3 in it');
    expect(existsSync(file)).toBe(false);
  });

  test('several branches: the first is named, the others counted', async () => {
    await run(async (store) => {
      for (const branch of ['main', 'other']) await committed(store, seedRequest(branch));
    });
    const database = new Database(file);
    database.exec('DROP TRIGGER sync_event_no_delete; DELETE FROM sync_event');
    database.close();
    expect(await refusal()).toMatch(/: branch \w+ .* rolled back; so for 1 more branches; put/);
  });
});

describe('S-HEAD-3 a roll-back is accepted when an operator says so', () => {
  test('in a new epoch, said loudly, and remembered: the next start needs no word', async () => {
    const kept = freshDirectory();
    let epoch = '';
    await run(async (store) => {
      ({ epoch } = store);
      await begin(store);
      copyDatabase(directory, kept.path);
      await committed(store, order(2));
    });
    copyDatabase(kept.path, directory);
    kept.remove();
    const said: unknown[] = [];
    const log = {
      ...silentLog,
      error: (fields: object, message: string) => said.push({ ...fields, message }),
    };
    const store = await openSqlite(directory, { acceptRollback: true, log });
    expect(store.epoch).not.toBe(epoch);
    expect(said).toEqual([
      {
        directory,
        rolledBack:
          'branch main ends at version 3, but version 4 is remembered: it was rolled back',
        epoch: store.epoch,
        message: expect.stringContaining('A ROLL-BACK WAS ACCEPTED') as string,
      },
    ]);
    expect(readHeads(directory)?.epoch).toBe(store.epoch);
    expect(versions()).toEqual([['main', 3]]);
    await store.close();
    await run(() => Promise.resolve());
    expect(await verifyDatabase({ file })).toMatchObject({ clean: true, remembered: 1 });
  });

  test('where nothing is missing the word changes nothing', async () => {
    await run(begin);
    const before = readHeads(directory);
    const store = await openSqlite(directory, { acceptRollback: true });
    await store.close();
    expect(readHeads(directory)).toEqual(before);
  });
});

describe('S-HEAD-4 without a file the start goes on', () => {
  test('and warns, if there are commits', async () => {
    const said: string[] = [];
    const log = { ...silentLog, warn: (_: object, message: string) => said.push(message) };
    await (await openSqlite(directory, { log })).close();
    expect(said).toEqual([]);
    await run(begin);
    rmSync(heads);
    expect(await verifyDatabase({ file })).toMatchObject({ clean: true, remembered: 0 });
    await (await openSqlite(directory, { log })).close();
    expect(said).toEqual(['heads.json is missing: a roll-back would not have been seen']);
    expect(versions()).toEqual([['main', 3]]);
  });

  test.each(['', '{"format":1,"epoch":"e","heads":[["main"', '{"format":2}', '[]'])(
    'one that was altered to %j is refused, not believed',
    async (text) => {
      await run(begin);
      writeFileSync(heads, text);
      expect(await refusal()).toMatch(
        /^StoreOpenError: read .*heads\.json: .*; put it back, or move/,
      );
      expect((await verifyDatabase({ file })).differences).toEqual({ remembered: 1 });
    },
  );
});

describe('S-HEAD-1 the heads are remembered beside the commits', () => {
  test('once a second, only when one moved, and at the close', async () => {
    const timers = new ManualTimers();
    const store = await openSqlite(directory, { timers });
    const written = () => store.stats()['heads_written'];
    await begin(store);
    expect(existsSync(heads)).toBe(false);
    timers.advance(1_000);
    while (written() === 0) await nextTurn();
    expect(readHeads(directory)?.epoch).toBe(store.epoch);
    expect(versions()).toEqual([['main', 3]]);
    expect(statSync(heads).mode & 0o777).toBe(0o600);
    const before = readFileSync(heads, 'utf8');
    timers.advance(1_000);
    await nextTurn();
    await committed(store, order(2));
    expect(readFileSync(heads, 'utf8')).toBe(before);
    await store.close();
    expect(versions()).toEqual([['main', 4]]);
    expect(written()).toBe(2);
    await run(() => Promise.resolve());
    expect(versions()).toEqual([['main', 4]]);
  });

  test('a crash between the new file and its name leaves the heads of before', async () => {
    await run(begin);
    writeFileSync(`${heads}.new`, '{"format":1,"epoch":"e","heads":[["main",9');
    await run((store) => committed(store, order(2)));
    expect(versions()).toEqual([['main', 4]]);
    expect(existsSync(`${heads}.new`)).toBe(false);
  });
});

describe('S-HEAD-5 what is remembered is never ahead of the database', () => {
  test.each(['full', 'normal'])(
    'after kill -9 at any moment, durability %s',
    async (durability) => {
      for (let kill = 1; kill <= 3; kill += 1) {
        const child = spawn(process.execPath, [CHILD, directory, durability]);
        for (let lines = 0; lines < kill; lines += 1) await once(child.stdout, 'data');
        child.kill('SIGKILL');
        await once(child, 'exit');
        expect(readHeads(directory)?.heads[0]?.[1]).toBeGreaterThan(0);
        expect(await verifyDatabase({ file })).toMatchObject({ clean: true, remembered: 1 });
      }
      await run(() => Promise.resolve());
    },
  );

  test('killed as it gives the new file its name', () => {
    const calls = 'rename,renameat,renameat2';
    const { signal, error } = spawnSync('strace', [
      ...['-f', '-qq', '-o', '/dev/null', '-e', `trace=${calls}`],
      ...['-e', `inject=${calls}:signal=SIGKILL:when=3`],
      ...[process.execPath, CHILD, directory, 'full'],
    ]);
    expect([signal, error]).toEqual(['SIGKILL', undefined]);
    expect(existsSync(`${heads}.new`)).toBe(true);
    return run(() => Promise.resolve());
  });
});
