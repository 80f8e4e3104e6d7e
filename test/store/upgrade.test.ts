/** Databases of older programs at a start: copied, upgraded step by step, and found again by the older program. */
import Database from 'better-sqlite3';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Log } from '../../src/base/log.js';
import { restore } from '../../src/store/backup/restore.js';
import { backUpBefore } from '../../src/store/migrations/backup-before.js';
import { MIGRATIONS, migrate } from '../../src/store/migrations/migrate.js';
import { verifyDatabase } from '../../src/store/verify/verify-database.js';
import { NOON } from '../support/rows.js';
import { openSqlite } from '../support/sqlite-store.js';

let root = '';
let data = '';
let file = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'upgrade-'));
  data = join(root, 'data');
  file = join(data, 'expeditor.db');
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

/** A day of the sample restaurant as the program of that version wrote it. */
function putOld(version: number): void {
  const name = `schemas/version-${String(version)}.db.br`;
  mkdirSync(data);
  writeFileSync(file, brotliDecompressSync(readFileSync(new URL(name, import.meta.url))));
}

function versionOf(path: string): unknown {
  const database = new Database(path, { readonly: true });
  const version = database.pragma('user_version', { simple: true });
  database.close();
  return version;
}

const copies = () => readdirSync(join(data, 'backups'));
const NAME = `before-version-${String(MIGRATIONS.length)}-20261120T120000Z.db`;

describe.each([1, 2])('a database of version %i', (version) => {
  test('S-BAK-60 S-BAK-61 is copied first, told step by step, verifies clean and is served', async () => {
    putOld(version);
    const lines: string[] = [];
    const silent = { debug() {}, warn() {}, error() {} };
    const log: Log = { ...silent, info: (_, line) => void lines.push(line) };
    const store = await openSqlite(data, { log });
    const loaded = await store.load();
    expect(loaded.map(({ branch }) => branch.id)).toContain('main');
    await store.close();
    const steps = Array.from(
      { length: MIGRATIONS.length - version },
      (_, step) =>
        expect.stringContaining(`is at version ${String(version + step + 1)} (`) as string,
    );
    expect(lines.slice(0, 1 + steps.length)).toEqual([expect.stringContaining(NAME), ...steps]);
    expect(copies()).toEqual([NAME]);
    expect(versionOf(join(data, 'backups', NAME))).toBe(version);
    expect(statSync(join(data, 'backups', NAME)).mode & 0o777).toBe(0o600);
    expect(versionOf(file)).toBe(MIGRATIONS.length);
    const report = await verifyDatabase({ file });
    expect(report).toMatchObject({ clean: true, difference: null });
    expect(report.events).toBeGreaterThan(100);
  });

  test('S-BAK-62 cut in any step it is of the version before, and goes on at the next start with the one copy and nothing half-made', async () => {
    putOld(version);
    for (let cut = version; cut < MIGRATIONS.length; cut += 1) {
      const broken = MIGRATIONS.map((migration, step) => ({
        name: migration.name,
        up(database: Database.Database) {
          migration.up(database);
          if (step === cut) throw new Error('cut');
        },
      }));
      const database = new Database(file);
      const before = (of: Database.Database) =>
        void backUpBefore(of, MIGRATIONS.length, NOON + cut);
      expect(() => {
        migrate(database, broken, { before, done() {} });
      }).toThrow('cut');
      database.close();
      expect(versionOf(file)).toBe(cut);
    }
    const halfMade = NAME.replace('20261120', '20261119');
    for (const ending of ['.part', '.part-journal']) {
      writeFileSync(join(data, 'backups', halfMade + ending), 'of a copy that was cut');
    }
    await (await openSqlite(data)).close();
    expect(versionOf(file)).toBe(MIGRATIONS.length);
    expect(versionOf(join(data, 'backups', NAME))).toBe(version);
    expect(copies()).toEqual([NAME]);
  });
});

test('S-BAK-63 without a copy nothing is upgraded: the start is refused in one line', async () => {
  putOld(2);
  writeFileSync(join(data, 'backups'), 'a file in the way');
  await expect(openSqlite(data)).rejects.toThrow(
    /back up before an upgrade to .*nothing was changed/,
  );
  expect(versionOf(file)).toBe(2);
});

test('S-BAK-64 an older program refuses the newer file and names the copy, which a restore puts back', async () => {
  putOld(2);
  await (await openSqlite(data)).close();
  const database = new Database(file);
  const copy = join(data, 'backups', NAME);
  expect(() => {
    migrate(database, MIGRATIONS.slice(0, 2));
  }).toThrow(
    `versions up to 2; use the newer program that wrote it, or give up what came after its upgrade: expeditor restore --replace --data ${data} --from ${copy}`,
  );
  database.pragma('user_version = 99');
  database.close();
  await expect(openSqlite(data)).rejects.toThrow(/its version is 99, .*--from .*before-version-/);
  const restored = await restore({
    ...{ from: copy, data, replace: true, verifyOnly: false, newEpoch: 'new' },
    ...{ at: NOON, onProgress: () => undefined },
  });
  expect(restored.report.clean).toBe(true);
  expect(existsSync(join(dirname(data), 'data.before-restore-20261120T120000Z'))).toBe(true);
  await (await openSqlite(data)).close();
}, 60_000);
