/** Restores: the directory of before or the restored one, whole, whatever happens. */
import Database from 'better-sqlite3';
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { restore, type RestoreOptions } from '../../src/store/backup/restore.js';
import { verifyDatabase } from '../../src/store/verify/verify-database.js';
import { archiveDay } from '../support/archived.js';
import { backUp, writeDays } from '../support/backups.js';
import { MAIN } from '../support/hub-process.js';
import { NOON } from '../support/rows.js';
import { openSqlite } from '../support/sqlite-store.js';
import { DAY_VERSIONS } from '../support/store-day.js';

const root = mkdtempSync(join(tmpdir(), 'restore-'));
const data = join(root, 'data');
const backup = join(root, 'backup.tar');
let epochBefore = '';

beforeAll(async () => {
  await writeDays(data);
  backUp(data, backup);
  epochBefore = epochOf(data);
});
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

function epochOf(directory: string): string {
  const database = new Database(join(directory, 'expeditor.db'), { readonly: true });
  const epoch = database.prepare(`SELECT value FROM meta WHERE name = 'epoch'`).pluck().get();
  database.close();
  return String(epoch);
}

function place(name: string): string {
  const directory = join(root, name);
  mkdirSync(directory);
  return directory;
}

const run = (to: string, more: Partial<RestoreOptions> = {}) =>
  restore({
    ...{ from: backup, data: to, replace: false, verifyOnly: false, newEpoch: 'new-epoch' },
    ...{ at: NOON, onProgress: () => undefined, ...more },
  });

function filesOf(directory: string): ReadonlyMap<string, Buffer> {
  return new Map(readdirSync(directory).map((name) => [name, readFileSync(join(directory, name))]));
}

/** A hub could start here, and on which history. */
async function opened(directory: string): Promise<string> {
  const store = await openSqlite(directory);
  await store.load();
  const { epoch } = store;
  await store.close();
  return epoch;
}

describe('a restore', () => {
  test('S-BAK-20 makes a directory that verifies, in a new epoch that heads.json knows, for its owner alone', async () => {
    const to = join(place('fresh'), 'deeper', 'data');
    const steps = new Set<string>();
    const restored = await run(to, { onProgress: (step) => steps.add(step) });
    expect(restored).toMatchObject({ keptAside: null, createdAt: NOON });
    expect(restored.report).toMatchObject({ clean: true, events: 2 * DAY_VERSIONS, expected: 2 });
    expect([...steps]).toEqual(['unpacking', 'file', 'events', 'rows', 'money', 'reports']);
    expect(epochBefore).not.toBe('new-epoch');
    expect(JSON.parse(readFileSync(join(to, 'heads.json'), 'utf8'))).toMatchObject({
      epoch: 'new-epoch',
    });
    expect(statSync(to).mode & 0o777).toBe(0o700);
    expect(statSync(join(to, 'expeditor.db')).mode & 0o777).toBe(0o600);
    expect(await opened(to)).toBe('new-epoch');
    expect(readdirSync(join(to, '..'))).toEqual(['data']);
  });

  test('S-BAK-21 refuses a directory that is not empty; with --replace keeps it aside and takes over its keys alone', async () => {
    const to = join(place('replaced'), 'data');
    cpSync(data, to, { recursive: true });
    writeFileSync(join(to, 'mine.txt'), 'mine');
    await expect(run(to)).rejects.toThrow(/restore to .*data: it is not empty; .*--replace/);
    const { keptAside } = await run(to, { replace: true });
    expect(keptAside).toBe(`${to}.before-restore-20261120T120000Z`);
    expect(readFileSync(join(to, 'token.key'), 'utf8')).toBe('the key of the tokens\n');
    expect(statSync(join(to, 'token.key')).mode & 0o777).toBe(0o600);
    expect(existsSync(join(to, 'mine.txt'))).toBe(false);
    expect(await opened(to)).toBe('new-epoch');
    expect(readFileSync(join(String(keptAside), 'mine.txt'), 'utf8')).toBe('mine');
    expect(epochOf(String(keptAside))).toBe(epochBefore);
  });

  test('S-BAK-22 refuses while a hub runs on the directory, and leaves it alone', async () => {
    const to = join(place('owned'), 'data');
    const store = await openSqlite(to);
    await expect(run(to, { replace: true })).rejects.toThrow(/another hub is running on it; stop/);
    expect(store.epoch).toBe(epochOf(to));
    await store.close();
    expect(readdirSync(join(to, '..'))).toEqual(['data']);
  });

  test('S-BAK-23 --verify-only checks everything and changes nothing, also beside a running hub', async () => {
    const to = join(place('verified'), 'data');
    const store = await openSqlite(to);
    const { report, keptAside } = await run(to, { verifyOnly: true });
    expect(report.clean).toBe(true);
    expect(keptAside).toBeNull();
    await store.close();
    expect(readdirSync(join(to, '..'))).toEqual(['data']);
  });

  test('S-BAK-24 refuses what does not verify although its sums are right, and a file that is no backup', async () => {
    const wrong = join(place('wrong'), 'from');
    cpSync(data, wrong, { recursive: true });
    const database = new Database(join(wrong, 'expeditor.db'));
    database.exec(`UPDATE order_header SET total = total + 1 WHERE id = 'main-order-2'`);
    database.close();
    const from = join(wrong, '..', 'wrong.tar');
    backUp(wrong, from);
    const to = join(wrong, '..', 'data');
    const said = /restore .*data from .*wrong\.tar: it does not verify: .*order-2.*; nothing was/;
    await expect(run(to, { from })).rejects.toThrow(said);
    writeFileSync(from, 'a text');
    await expect(run(to, { from })).rejects.toThrow(/restore .* from .*wrong\.tar: /);
    expect(readdirSync(join(wrong, '..')).toSorted()).toEqual(['from', 'wrong.tar']);
  });

  test('S-BAK-25 a bare copy of a database is restored too, with the segments that it names from the old directory', async () => {
    const to = join(place('bare'), 'data');
    cpSync(data, to, { recursive: true });
    archiveDay(to);
    const archived = filesOf(join(to, 'archive'));
    expect(archived.size).toBe(3);
    const from = join(to, 'backups', 'before-version-9.db');
    mkdirSync(join(to, 'backups'));
    cpSync(join(to, 'expeditor.db'), from);
    await run(to, { from, replace: true });
    expect(filesOf(join(to, 'archive'))).toEqual(archived);
    expect(epochOf(to)).toBe('new-epoch');
  });
});

describe('S-BAK-26 a restore that is killed', () => {
  /** Kills the command at that system call of it; gives how it ended. */
  function killedAt(to: string, call: string, time: number): string {
    const kill = ['-e', `trace=${call}`, '-e', `inject=${call}:signal=KILL:when=${String(time)}`];
    const flags = ['-f', '-qq', '-o', '/dev/null', ...kill, process.execPath, MAIN, 'restore'];
    const args = ['--from', backup, '--data', to, '--replace'];
    return spawnSync('strace', [...flags, ...args]).signal ?? 'ended';
  }

  // strace counts by thread: heads.json has one of its own. Then the old one aside; the new one in its place; then no more.
  test.each([
    ['rename', 1, 'old'],
    ['rename', 2, 'old'],
    ['rename', 3, 'cut'],
    ['rename', 4, 'new'],
  ])(
    'at %s %i leaves the old directory or the new one whole, or says how to finish: %s',
    async (call, time, left) => {
      const to = join(place(`killed at ${call} ${String(time)}`), 'data');
      cpSync(data, to, { recursive: true });
      expect(killedAt(to, call, time)).toBe(left === 'new' ? 'ended' : 'SIGKILL');
      if (left === 'cut') {
        const refused = /a restore was cut before its last step; finish it: mv .*data\.restored/;
        await expect(openSqlite(to)).rejects.toThrow(refused);
        await expect(run(to)).rejects.toThrow(refused);
        renameSync(`${to}.restored`, to);
      }
      const epoch = await opened(to);
      expect(epoch === epochBefore).toBe(left === 'old');
      const report = await verifyDatabase({ file: join(to, 'expeditor.db') });
      expect(report).toMatchObject({ clean: true, remembered: 2 });
      expect(existsSync(join(to, 'token.key'))).toBe(true);
      // The next one is not in the way of what that one left.
      await run(to, { replace: true });
      expect(await opened(to)).toBe('new-epoch');
      const remains = readdirSync(join(to, '..'));
      expect(remains.filter((name) => /restoring|restored/.test(name))).toEqual([]);
    },
    60_000,
  );
});
