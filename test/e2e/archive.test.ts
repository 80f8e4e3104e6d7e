/** `expeditor archive` as an operator uses it, on a directory that no hub runs on. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeDays } from '../support/backups.js';
import { runCommand } from '../support/hub-process.js';

const AT_ONCE = ['--archive-after-hours', '0'];
const data = mkdtempSync(join(tmpdir(), 'archive-command-'));

beforeAll(async () => {
  await writeDays(data);
});

afterAll(() => {
  rmSync(data, { recursive: true });
});

function run(...args: readonly string[]): string {
  const { code, output } = runCommand([...args, '--data', data]);
  expect(output).not.toContain('    at ');
  return `${String(code)} ${output}`;
}

/** The figures of everything that was ever closed, as the reports have them. */
function figures(): string {
  const range = ['--from', '2026-11-01', '--to', '2026-11-30', '--branch', 'main'];
  return run('report', 'summary', ...range, '--format', 'json');
}

test('S-ARC-12 archive moves what is old, lists it, and brings it back; verify stays clean and reports the same', () => {
  const before = figures();
  expect(run('archive', '--list')).toMatch(/^0 the archive is empty/);
  expect(run('archive', ...AT_ONCE)).toMatch(/^0 archived: \d+ orders, \d+ events, \d segments, /);
  expect(run('archive', ...AT_ONCE)).toMatch(/^0 nothing is old enough/);
  const list = run('archive', '--list');
  const [, shift = ''] = /main \S+ done: \d+ of \d+ orders, shift (\S+) of /.exec(list) ?? [];
  expect(shift).not.toBe('');
  expect(run('verify')).toMatch(/^0 clean/);
  expect(figures()).toBe(before);
  expect(run('archive', '--restore', 'nobody')).toMatch(
    /^1 .*nobody has no archived orders.*--list/,
  );
  expect(run('archive', '--restore', shift)).toMatch(/^0 brought back: [1-9]\d* orders/);
  expect(run('verify')).toMatch(/^0 clean/);
  expect(figures()).toBe(before);
});

test('S-ARC-12 a directory without a database is refused in one line, and none is made there', () => {
  const nowhere = join(data, 'nowhere');
  for (const command of [['archive'], ['erase', '--order', 'O1']]) {
    const { code, output } = runCommand([...command, '--data', nowhere]);
    expect([code, output]).toEqual([1, expect.stringMatching(/nowhere: it holds no database; /)]);
  }
  expect(existsSync(nowhere)).toBe(false);
});
