/** Backups by the clock: when, how many are kept, and what a failure does. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SettableClock } from '../../src/base/clock.js';
import type { Log } from '../../src/base/log.js';
import { readConfig } from '../../src/server/config.js';
import { ScheduledBackups } from '../../src/server/scheduled-backups.js';
import { backupName } from '../../src/store/backup/backup-name.js';
import { unpack, writeDays } from '../support/backups.js';
import { ManualTimers } from '../support/manual-timers.js';
import { NOON } from '../support/rows.js';

const HOUR = 3_600_000;
const WORKERS = new URL('../../dist/store/backup/', import.meta.url);

const source = mkdtempSync(join(tmpdir(), 'scheduled-'));
const data = join(source, 'data');
let root = '';
let to = '';
let clock: SettableClock;
let timers: ManualTimers;
let backups: ScheduledBackups;
/** What the log was told, and whoever waits for the next line. */
let lines: string[];
let heard: (line: string) => void;

const log: Log = {
  debug() {},
  warn() {},
  info: (_, line) => {
    tell(line);
  },
  error: (_, line) => {
    tell(line);
  },
};

function tell(line: string): void {
  lines.push(line);
  heard(line);
}

beforeAll(async () => {
  await writeDays(data);
  return () => {
    rmSync(source, { recursive: true });
  };
});

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'scheduled-'));
  to = join(root, 'to');
  clock = new SettableClock(NOON);
  timers = new ManualTimers();
  lines = [];
  heard = () => undefined;
});

afterEach(async () => {
  await backups.close();
  rmSync(root, { recursive: true });
});

function start(keep = 3): void {
  backups = new ScheduledBackups({
    ...{ data, to, everyMs: 24 * HOUR, keep, program: '0.1.0', clock, timers, log },
    workerDirectory: WORKERS,
  });
  backups.start();
}

/** Time passes, and a backup ends well or ill in it. */
function until(words: string, milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    heard = (line) => {
      // When the run that said so has ended too.
      if (line.includes(words)) setImmediate(resolve);
    };
    pass(milliseconds);
  });
}

function pass(milliseconds: number): void {
  clock.advance(milliseconds);
  timers.advance(milliseconds);
}

describe('scheduled backups', () => {
  it('S-BAK-40 come a minute after the start and then by the age of the newest; so many are kept', async () => {
    mkdirSync(to);
    for (const name of ['mine.tar', 'expeditor-20250101T000000Z.tar.part']) {
      writeFileSync(join(to, name), '');
    }
    start(2);
    expect(backups.stats()).toMatchObject({ interval_seconds: 86_400, failures_total: 0 });
    await until('was made', 60_000);
    const first = backupName(NOON + 60_000);
    expect(readdirSync(to)).toEqual([first, 'mine.tar']);
    expect(unpack(join(to, first), root).manifest.created_at).toBe(NOON + 60_000);
    expect(backups.stats()['last_success_timestamp_seconds']).toBe((NOON + 60_000) / 1_000);
    expect(backups.stats()['last_bytes']).toBeGreaterThan(100_000);
    await backups.close();

    // Started again ten hours later, it knows of the one that is there.
    clock.advance(10 * HOUR);
    start(2);
    expect(backups.stats()).toMatchObject({ last_success_timestamp_seconds: NOON / 1_000 + 60 });
    pass(13 * HOUR);
    expect(lines).toHaveLength(1);
    await until('was made', HOUR);
    const second = backupName(clock.now());
    await until('was removed', 25 * HOUR);
    const kept = readdirSync(to);
    expect(kept).toHaveLength(3);
    expect(kept).toEqual(expect.arrayContaining([second, 'mine.tar']));
    expect(kept).not.toContain(first);
  });

  it('S-BAK-41 a failure is told and counted, and tried again when there may be room', async () => {
    writeFileSync(to, 'a file in the place of the directory');
    start();
    await until('failed', 60_000);
    expect(backups.stats()).toMatchObject({ failures_total: 1, last_success_timestamp_seconds: 0 });
    rmSync(to);
    pass(14 * 60_000);
    expect(lines).toHaveLength(1);
    await until('was made', 60_000);
    expect(readdirSync(to)).toHaveLength(1);
  });

  it('S-BAK-42 closing gives up the one that is being made, and leaves nothing of it', async () => {
    start();
    pass(60_000);
    await backups.close();
    expect(readdirSync(to)).toEqual([]);
    expect(lines).toEqual([]);
  });

  it.each([
    [{ backupEveryHours: '12' }, /--backup-every-hours: no backups are made; give --backup-dir/],
    [{ backupKeep: '12' }, /--backup-keep: no backups are made; give --backup-dir/],
    [{ backupDir: 'b', store: 'memory' }, /--backup-dir: the memory store keeps nothing; /],
    [{ backupDir: 'b', backupKeep: '0' }, /--backup-keep: "0" will not do; .*from 1 to/],
  ])('S-BAK-43 settings that contradict each other are refused: %o', (flags, said) => {
    backups = new ScheduledBackups({
      ...{ data, to, everyMs: HOUR, keep: 1, program: '0.1.0', clock, timers, log },
    });
    expect(() => readConfig({ flags, environment: {}, envFile: {} })).toThrow(said);
  });
});
