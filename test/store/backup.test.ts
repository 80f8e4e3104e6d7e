/** Backups: one file that holds a moment of everything, or no file. */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { backupName, backupTime } from '../../src/store/backup/backup-name.js';
import { readBackup } from '../../src/store/backup/read-backup.js';
import { backupPath, runBackup } from '../../src/store/backup/run-backup.js';
import { writeBackup } from '../../src/store/backup/write-backup.js';
import { verifyDatabase } from '../../src/store/verify/verify-database.js';
import { addSegment, backUp, unpack, writeDays } from '../support/backups.js';
import { NOON } from '../support/rows.js';
import { SmallDisk } from '../support/small-disk.js';
import { freshDirectory, openSqlite } from '../support/sqlite-store.js';
import { DAY_VERSIONS, openBook, openOrder } from '../support/store-day.js';

const WORKERS = new URL('../../dist/store/backup/', import.meta.url);
const root = mkdtempSync(join(tmpdir(), 'backup-'));
const data = join(root, 'data');

beforeAll(() => writeDays(data));
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

function place(name: string): string {
  const directory = join(root, name);
  mkdirSync(directory);
  return directory;
}

describe('a backup', () => {
  test('S-BAK-1 is one tar file of the owner alone, whose manifest and sums come with it, and no key', async () => {
    const { path, bytes, manifest } = backUp(data, join(place('one'), backupName(NOON)));
    expect(readdirSync(join(root, 'one'))).toEqual(['expeditor-20261120T120000Z.tar']);
    expect(statSync(path)).toMatchObject({ size: bytes });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(manifest).toMatchObject({ format: 1, program: '0.1.0', created_at: NOON });
    expect(manifest.heads.map(([branch, version]) => [branch, version])).toEqual([
      ['main', DAY_VERSIONS],
      ['other', DAY_VERSIONS],
    ]);
    // By the tools of any machine.
    const names = execFileSync('tar', ['tf', path], { encoding: 'utf8' }).trim().split('\n');
    expect(names).toEqual(['manifest.json', 'expeditor.db', 'heads.json', 'SHA256SUMS']);
    const there = place('by hand');
    execFileSync('tar', ['xf', path, '-C', there]);
    execFileSync('sha256sum', ['--check', '--strict', 'SHA256SUMS'], { cwd: there });
    expect(JSON.parse(readFileSync(join(there, 'manifest.json'), 'utf8'))).toEqual(manifest);
    const report = await verifyDatabase({ file: join(there, 'expeditor.db') });
    expect(report).toMatchObject({ clean: true, events: 2 * DAY_VERSIONS, remembered: 2 });
  });

  test('S-BAK-2 beside a running store under load each one is a moment of the history, and verifies clean', async () => {
    const { path, remove } = freshDirectory();
    const store = await openSqlite(path);
    await store.load();
    const book = await openBook(store, 'main');
    const writing = { on: true, orders: 0 };
    const load = (async () => {
      while (writing.on) await openOrder(book, (writing.orders += 1));
    })();
    const versions: number[] = [];
    const steps = new Set<string>();
    for (let run = 1; run <= 3; run += 1) {
      const to = join(path, '..', `${String(run)}.tar`);
      const made = await runBackup({
        ...{ data: path, to, program: '0.1.0', at: NOON, workerDirectory: WORKERS },
        onProgress: ({ step }) => steps.add(step),
      });
      const { directory, manifest } = unpack(made.path, join(path, '..'));
      const report = await verifyDatabase({ file: join(directory, 'expeditor.db') });
      const [, version = 0] = manifest.heads[0] ?? [];
      expect(report).toMatchObject({ clean: true, events: version, remembered: 1 });
      versions.push(version);
    }
    writing.on = false;
    await load;
    expect(versions).toEqual(versions.toSorted((a, b) => a - b));
    expect(new Set(versions).size).toBe(3);
    expect(writing.orders).toBeGreaterThan(versions[2] ?? 0);
    expect([...steps]).toEqual(['copy', 'write', 'check']);
    await store.close();
    remove();
  });

  test('S-BAK-3 holds the segments that its catalogue names, as it names them; one replaced meanwhile begins it again', () => {
    const { path, remove } = freshDirectory();
    execFileSync('cp', ['-r', data, path]);
    const bytes = Buffer.from('a segment of cold orders');
    const segment = addSegment(path, 'seg-1', bytes);
    const to = join(path, '..', 'backup.tar');
    const { manifest } = backUp(path, to);
    expect(manifest.members.map(({ name }) => name)).toEqual([
      'expeditor.db',
      'archive/seg-1.segment',
      'heads.json',
    ]);
    const { directory } = unpack(to, join(path, '..'));
    expect(readFileSync(join(directory, 'archive', 'seg-1.segment'))).toEqual(bytes);

    const options = { data: path, to: join(path, '..', 'again.tar'), program: '0.1.0', at: NOON };
    for (const wrong of [Buffer.from('another segment of orders'), Buffer.from('A'.repeat(24))]) {
      let copies = 0;
      writeFileSync(segment, wrong);
      writeBackup(options, ({ step }) => {
        if (step === 'copy' && (copies += 1) === 3) writeFileSync(segment, bytes);
      });
      expect(copies).toBe(3);
      rmSync(options.to);
    }
    rmSync(segment);
    expect(() => backUp(path, options.to)).toThrow(/back up .*again\.tar: ENOENT.*seg-1/);
    expect(readdirSync(join(path, '..')).filter((name) => name.includes('again'))).toEqual([]);
    remove();
  });

  test('S-BAK-4 a name that is taken and a directory without a hub are refused in one line', () => {
    const there = place('taken');
    writeFileSync(join(there, 'a.tar'), 'mine');
    expect(() => backUp(data, join(there, 'a.tar'))).toThrow(/a\.tar: it is there already; /);
    expect(readFileSync(join(there, 'a.tar'), 'utf8')).toBe('mine');
    expect(() => backUp(there, join(there, 'b.tar'))).toThrow(/back up .*taken to .*b\.tar: .*hub/);
    expect(readdirSync(there)).toEqual(['a.tar']);
    expect(backupPath(there, NOON)).toBe(join(there, 'expeditor-20261120T120000Z.tar'));
    expect(backupPath(join(there, 'c.tar'), NOON)).toBe(join(there, 'c.tar'));
    expect(backupTime(backupName(NOON))).toBe(NOON);
    expect(backupTime('expeditor-20261120T120000Z.tar.part')).toBeNull();
  });

  test('S-BAK-5 a full disk leaves nothing behind, at whatever step it comes', () => {
    const disk = SmallDisk.mount(join(root, 'disk'), 3);
    try {
      const size = statSync(join(data, 'expeditor.db')).size;
      // Room for half of the copy; for the copy alone; for the copy and half of the tar file.
      for (const room of [size / 2, size * 1.05, size * 1.6]) {
        const ballast = join(disk.path, 'room');
        writeFileSync(ballast, Buffer.alloc(Math.ceil(room)));
        disk.fill();
        rmSync(ballast);
        const to = join(disk.path, 'backup.tar');
        expect(() => backUp(data, to)).toThrow(/(SQLITE_FULL|ENOSPC).*; .*room/);
        expect(readdirSync(disk.path)).toEqual(['ballast']);
        disk.makeRoom();
      }
      expect(backUp(data, join(disk.path, 'backup.tar')).bytes).toBeGreaterThan(size / 2);
    } finally {
      disk.unmount();
    }
  });

  test('S-BAK-6 killed at any sync or rename, it leaves the name free or a whole backup under it', () => {
    const module = fileURLToPath(new URL('write-backup.js', WORKERS));
    const killedAt = (call: string, time: number): string => {
      const there = place(`killed at ${call} ${String(time)}`);
      const to = join(there, 'backup.tar');
      const options = JSON.stringify({ data, to, program: '0.1.0', at: NOON });
      const script = `import(${JSON.stringify(module)}).then((m) => m.writeBackup(${options}, () => {}))`;
      const kill = ['-e', `trace=${call}`, '-e', `inject=${call}:signal=KILL:when=${String(time)}`];
      const flags = ['-f', '-qq', '-o', '/dev/null', ...kill];
      const { signal } = spawnSync('strace', [...flags, process.execPath, '-e', script]);
      const isThere = readdirSync(there).includes('backup.tar');
      if (isThere) readBackup({ path: to, into: null, onRead: () => undefined });
      return `${signal ?? 'ended'}: ${isThere ? 'whole' : 'nothing'}`;
    };
    const outcomes: string[] = [];
    while (outcomes.at(-1) !== 'ended: whole' && outcomes.length < 12) {
      outcomes.push(killedAt('fsync', outcomes.length + 1));
    }
    expect(outcomes.slice(-2)).toEqual(['SIGKILL: whole', 'ended: whole']);
    expect(outcomes.length).toBeGreaterThan(3);
    expect(new Set(outcomes.slice(0, -2))).toEqual(new Set(['SIGKILL: nothing']));
    expect(killedAt('rename', 1)).toBe('SIGKILL: nothing');
  }, 60_000);
});

describe('reading a backup', () => {
  test('S-BAK-7 a flipped byte and a cut end are found, wherever something depends on them', () => {
    const there = place('altered');
    const { path } = backUp(data, join(there, 'backup.tar'));
    const whole = readFileSync(path);
    const sums = (directory: string) =>
      readdirSync(directory).map((name) =>
        createHash('sha256')
          .update(readFileSync(join(directory, name)))
          .digest('hex'),
      );
    const before = sums(unpack(path, there).directory);
    const altered = join(there, 'altered.tar');
    const found = { flips: 0, cuts: 0 };
    for (let turn = 0; turn < 64; turn += 1) {
      const bytes = Buffer.from(whole);
      // Each header and each text, then spread over the rest.
      const at = turn < 24 ? turn * 61 : Math.floor((turn / 64) * (whole.length - 2048));
      bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << (turn % 8)), at);
      writeFileSync(altered, bytes);
      try {
        // Zeros between two members may say what they like.
        expect(sums(unpack(altered, there).directory)).toEqual(before);
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
        found.flips += 1;
      }
    }
    for (const length of [0, 100, 512, 5_000, whole.length - 2_000, whole.length - 1_100]) {
      writeFileSync(altered, whole.subarray(0, length));
      expect(() => unpack(altered, there)).toThrow();
      found.cuts += 1;
    }
    expect(found.flips).toBeGreaterThan(45);
    expect(found.cuts).toBe(6);
  });

  test('S-BAK-8 only what a backup holds is written out, whatever names a tar file has', () => {
    const there = place('strange');
    mkdirSync(join(there, 'from'));
    writeFileSync(join(there, 'from', 'evil'), 'evil');
    writeFileSync(join(there, 'from', 'manifest.json'), '{"format":1}');
    const tar = (name: string, ...args: string[]) => {
      const path = join(there, name);
      execFileSync('tar', ['cf', path, '-C', join(there, 'from'), ...args]);
      return path;
    };
    expect(() => unpack(tar('a.tar', 'evil'), there)).toThrow(/begins with evil: it is no backup/);
    const outside = tar('b.tar', '--transform=s,evil,../../evil,', '-P', 'evil');
    expect(() => unpack(outside, there)).toThrow();
    expect(() => unpack(tar('c.tar', 'manifest.json'), there)).toThrow(/lacks a field/);
    const { path } = backUp(data, join(there, 'backup.tar'));
    const more = join(there, 'from', 'evil');
    execFileSync('tar', ['rf', path, '--transform=s,.*,expeditor.db-wal,', '-P', more]);
    expect(() => unpack(path, there)).toThrow(/expeditor\.db-wal does not belong in it/);
    execFileSync('ln', ['-s', '/etc/passwd', join(there, 'from', 'heads.json')]);
    const { path: linked } = backUp(data, join(there, 'linked.tar'));
    execFileSync('tar', ['rf', linked, '-C', join(there, 'from'), 'heads.json']);
    expect(() => unpack(linked, there)).toThrow(/heads\.json is no plain file/);
  });
});
