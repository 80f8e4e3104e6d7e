/** Replays and hubs that are killed with kill -9: nothing acknowledged is missing, and everything goes on. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommand } from '../support/hub-process.js';
import { checkDatabase } from './crash/checker.js';
import { readJournal } from './crash/journal.js';
import { crashSeries } from './crash/series.js';

const DEMO = fileURLToPath(new URL('../../data/demo/', import.meta.url));

/** `npm run crash` sets these. */
const { CRASH_KILLS = '3', CRASH_ORDERS, CRASH_MENU, SEED } = process.env;
const kills = Number(CRASH_KILLS);
const orders = CRASH_ORDERS ?? `${DEMO}sample-orders.csv`;
const menu = CRASH_MENU ?? `${DEMO}sample-menu.csv`;
const seed = SEED === undefined ? Date.now() % 1_000_000 : Number(SEED);
/** The short form takes under 30 s; each further kill a few seconds more. */
const WAIT_MS = 120_000 + kills * 60_000;

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'expeditor-crash-'));
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

describe('a replay that is killed at random moments', () => {
  it(
    'E-CRASH-1 I1 I2 I3 loses nothing acknowledged, and resumed reconciles to the penny',
    async () => {
      const told: string[] = [];
      const tell = (line: string): void => {
        told.push(line);
        console.log(line);
      };
      const report = await crashSeries({ orders, menu, kills, seed, directory: root, tell });
      console.log(JSON.stringify(report));
      expect(report.findings, told.join('\n')).toEqual([]);
      expect(report.kills).toBe(kills);
      expect(report.acknowledged).toBeGreaterThan(0);
    },
    WAIT_MS,
  );

  it('E-CRASH-1 I1 I3 the checker finds a planted acknowledgement, a lost row, a lost commit, a changed version, a gap in the Z numbers', () => {
    const [data, journal] = [join(root, 'data'), join(root, 'journal')];
    const files = ['--orders', `${DEMO}sample-orders.csv`, '--menu', `${DEMO}sample-menu.csv`];
    const replayed = runCommand(['replay', ...files, '--data', data, '--journal', journal]);
    expect(replayed.code).toBe(0);
    const acknowledged = readJournal(journal);
    const path = join(data, 'expeditor.db');
    expect(checkDatabase(path, 'main', acknowledged).findings).toEqual([]);
    const planted = [...acknowledged, { key: 'planted', version: 7 }];
    expect(checkDatabase(path, 'main', planted).findings).toEqual([
      'planted was acknowledged as 7, its stored answer is gone',
      'planted was acknowledged as 7, its commits are []',
    ]);
    const { key, version } = acknowledged[100]!;
    const twice = [...acknowledged, { key, version: version + 1 }];
    expect(checkDatabase(path, 'main', twice).findings[0]).toContain('was acknowledged as');

    /** What the checker says of a copy that this was done to. */
    const afterwards = (name: string, sql: string): readonly string[] => {
      const copy = join(root, name);
      cpSync(data, copy, { recursive: true });
      const database = new Database(join(copy, 'expeditor.db'));
      database.exec(sql);
      database.close();
      return checkDatabase(join(copy, 'expeditor.db'), 'main', acknowledged).findings;
    };
    expect(afterwards('answer', `DELETE FROM idempotency_request WHERE key = '${key}'`)).toEqual([
      `${key} was acknowledged as ${version}, its stored answer is gone`,
    ]);
    const append = 'DROP TRIGGER IF EXISTS sync_event_no_delete; PRAGMA foreign_keys = OFF;';
    const lost = afterwards('commit', `${append} DELETE FROM sync_event WHERE key = '${key}'`);
    expect(lost).toHaveLength(2);
    expect(lost[1]).toMatch(/^main: .*a gap$/);
    expect(afterwards('shift', 'UPDATE pos_shift SET z_number = z_number + 1')).toEqual([
      'main main: 1 Z numbers of 1 closed shifts up to 2, 0 open',
    ]);
  });
});
