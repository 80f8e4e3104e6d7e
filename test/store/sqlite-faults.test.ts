/** Faults of the disk below a real store: strace makes single system calls of a child process fail. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { CommitOutcome } from '../../src/store/port.js';
import { orderRequest, seedRequest, shiftRequest } from '../support/store.js';
import { freshDirectory, openSqlite } from '../support/sqlite-store.js';

const CHILD = fileURLToPath(new URL('../support/store-child.mjs', import.meta.url));
const ORDERS = 20;

type Line =
  | { readonly status: string }
  | { readonly index: number; tries: number; outcome: CommitOutcome; state: string }
  | { readonly stats: Readonly<Record<string, number>> };

function straceWorks(): boolean {
  try {
    execFileSync('strace', ['-f', '-o', '/dev/null', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    process.stderr.write('strace is not usable here: the tests of disk faults are skipped\n');
    return false;
  }
}

/** Runs the child with `fault` injected into its calls on the write-ahead log; gives its lines. */
async function runWithFault(directory: string, fault: string): Promise<Line[]> {
  mkdirSync(directory, { mode: 0o700 });
  const requestsFile = join(directory, 'requests.json');
  const requests = [seedRequest('main'), shiftRequest('main')];
  for (let number = 1; number <= ORDERS; number += 1) {
    requests.push(orderRequest('main', { orderId: `order-${String(number)}`, number }));
  }
  writeFileSync(requestsFile, JSON.stringify(requests));
  const calls = fault.slice(0, fault.indexOf(':'));
  const { stdout } = await promisify(execFile)('strace', [
    ...['-f', '-qq', '-o', '/dev/null', '-P', join(directory, 'expeditor.db-wal')],
    ...['-e', `trace=${calls}`, '-e', `inject=${fault}`],
    ...[process.execPath, CHILD, directory, requestsFile],
  ]);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

const statuses = (lines: readonly Line[]) =>
  lines.flatMap((line) => ('status' in line ? [line.status] : []));

const settled = (lines: readonly Line[]) =>
  lines.flatMap((line) => ('index' in line ? [line] : []));

/** Every order is there once, with gapless versions, whatever happened on the way. */
async function expectAllThere(directory: string, lines: readonly Line[]): Promise<void> {
  const last = new Map(settled(lines).map(({ index, outcome }) => [index, outcome]));
  expect(
    [...last.values()].map((outcome) => ('version' in outcome ? outcome.version : outcome)),
  ).toEqual(Array.from({ length: ORDERS + 2 }, (_, index) => index + 1));
  const store = await openSqlite(directory);
  try {
    const [branch] = await store.load();
    expect(branch?.version).toBe(ORDERS + 2);
    expect(branch?.rows.filter(({ table }) => table === 'order_header')).toHaveLength(ORDERS);
    expect(branch?.rows.filter(({ table }) => table === 'order_line')).toHaveLength(ORDERS);
  } finally {
    await store.close();
  }
}

describe.skipIf(!straceWorks())('SQLite on a disk that fails', () => {
  test.each([
    ['a sync of the log', 'fsync,fdatasync:error=EIO:when=15'],
    ['a write of the log', 'pwrite64:error=EIO:when=150'],
  ])('S-FAIL-1 after EIO of %s nothing is settled until it was reopened', async (_, fault) => {
    const { path, remove } = freshDirectory();
    try {
      const lines = await runWithFault(path, fault);
      // strace counts the calls of each thread anew, so a second writer may meet the fault too.
      expect(statuses(lines).join(' ')).toMatch(/^ready( recovering ready)+$/);
      const recoveries = statuses(lines).filter((status) => status === 'recovering').length;
      const failed = settled(lines).filter(({ outcome }) => outcome.kind !== 'committed');
      expect(failed.map(({ outcome, state }) => `${outcome.kind} ${state}`)).toEqual(
        Array.from({ length: recoveries }, () => 'unavailable recovering'),
      );
      expect(lines.at(-1)).toMatchObject({ stats: { recoveries, queue_length: 0 } });
      await expectAllThere(path, lines);
    } finally {
      remove();
    }
  });

  test('S-FULL-1 a full disk refuses cleanly, and the next commit that fits is taken', async () => {
    const { path, remove } = freshDirectory();
    try {
      const lines = await runWithFault(path, 'pwrite64:error=ENOSPC:when=40..43');
      expect(statuses(lines)[0]).toBe('ready');
      expect(statuses(lines)).toContain('full');
      expect(statuses(lines)).not.toContain('recovering');
      expect(statuses(lines).at(-1)).toBe('ready');
      await expectAllThere(path, lines);
    } finally {
      remove();
    }
  });
});
