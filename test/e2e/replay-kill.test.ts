/** A replay with its hub inside is killed again and again: nothing acknowledged is missing, and it goes on to the penny. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MAIN, runCommand } from '../support/hub-process.js';

/** Acknowledgements more than at the start of the run, before it is killed. */
const KILL_AFTER = [20, 45, 70, 35, 90];
const POLL_MS = 2;
const DEMO = fileURLToPath(new URL('../../data/demo/', import.meta.url));

let root: string;
let journal: string;
let flags: string[];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'expeditor-kill-'));
  journal = join(root, 'journal');
  const files = ['--orders', `${DEMO}sample-orders.csv`, '--menu', `${DEMO}sample-menu.csv`];
  flags = [
    'replay',
    ...files,
    '--speed',
    'max',
    '--data',
    join(root, 'data'),
    '--journal',
    journal,
  ];
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

/** Whole lines only: the last one may have been cut by the kill. */
function acknowledged(): [key: string, version: number][] {
  if (!existsSync(journal)) return [];
  const lines = readFileSync(journal, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => {
    const [key = '', version] = line.split(' ');
    return [key, Number(version)];
  });
}

/** Resolves with the signal that ended it; null: it came to its end before. */
function replayUntilKilled(after: number): Promise<NodeJS.Signals | null> {
  const child = spawn(process.execPath, [MAIN, ...flags], { stdio: 'ignore' });
  const target = acknowledged().length + after;
  const poll = setInterval(() => {
    if (acknowledged().length >= target) child.kill('SIGKILL');
  }, POLL_MS);
  return new Promise((resolve) => {
    child.once('exit', (_code, signal) => {
      clearInterval(poll);
      resolve(signal);
    });
  });
}

/** Keys of the journal that the database has not, or has with another version. */
function missing(): string[] {
  const database = new Database(join(root, 'data', 'expeditor.db'), { readonly: true });
  try {
    const event = database.prepare<[string], { version: number }>(
      'SELECT version FROM sync_event WHERE key = ?',
    );
    return acknowledged().flatMap(([key, version]) =>
      event.get(key)?.version === version ? [] : [key],
    );
  } finally {
    database.close();
  }
}

describe('a replay that is killed', () => {
  it('I1 I2 kill -9 in the middle loses nothing acknowledged, and what is resumed reconciles', async () => {
    const signals: (NodeJS.Signals | null)[] = [];
    for (const after of KILL_AFTER) {
      signals.push(await replayUntilKilled(after));
      expect(missing()).toEqual([]);
    }
    expect(signals).toContain('SIGKILL');
    const finished = runCommand(flags);
    expect(finished.output).toContain('All of it is right.');
    expect(finished.code).toBe(0);
    expect(missing()).toEqual([]);
    const verified = runCommand(['verify', '--data', join(root, 'data')]);
    expect(verified.output).toContain('clean');
    expect(verified.code).toBe(0);
  });
});
