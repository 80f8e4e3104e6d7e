import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OperatorError } from '../../../src/server/operator-error.js';
import { makeAsked } from '../../../src/server/cli/report/make.js';
import type { ReportOptions } from '../../../src/server/cli/report/options.js';
import { StoreOpenError } from '../../../src/store/sqlite/errors.js';
import { openForReports } from '../../../src/store/sqlite/report-directory.js';
import { readPage } from './html.js';
import { DATE, LUCY, NOON, ORDERS, ReportDay } from './report-day.js';

const DEFAULTS: ReportOptions = {
  ...{ groupBy: 'day', kind: 'x', format: 'text', paper: 'a4', lang: 'en' },
};

const [FIRST] = ORDERS;
let day: ReportDay;

beforeAll(async () => {
  day = await ReportDay.start();
  await day.give(LUCY, 'shift.open', { opening_float: 10_000 });
  if (FIRST !== undefined) await day.serve(FIRST);
}, 60_000);
afterAll(() => day.stop());

/** What the database says that it holds, but for what a reader may leave beside it. */
function versions(): unknown {
  const database = new Database(join(day.directory, 'expeditor.db'), { readonly: true });
  const found = database
    .prepare('SELECT branch_id, version FROM branch_head ORDER BY branch_id')
    .all();
  database.close();
  return found;
}

describe('expeditor report', () => {
  it('R-REP-30 R-REP-32 prints the X report of a shift that the hub has open, and changes nothing', async () => {
    const before = [readFileSync(join(day.directory, 'expeditor.db')), versions()];
    const { code, output } = await day.report('shift', '--branch', 'main');
    expect(code).toBe(0);
    expect(output).toMatch(/^X report\n\nThe Copper Ladle, Mon, 18 May 2026, GBP\n/);
    expect(output).toContain('Opened by: Lucy Marlow');
    const total = ((await day.order('o1')).header.total / 100).toFixed(2);
    expect(output).toMatch(new RegExp(`\\nTotal +${total}\\n`));
    expect([readFileSync(join(day.directory, 'expeditor.db')), versions()]).toEqual(before);
  }, 30_000);

  it('R-REP-32 writes columns, CSV and a page, of one branch or all, to a file too', async () => {
    const out = join(day.directory, 'report.html');
    const [text, csv, page] = await Promise.all([
      day.report('sales', '--branch', 'main', '--group-by', 'item', '--top', '1'),
      day.report('summary', '--all-branches', '--format', 'csv', '--to', DATE),
      day.report(
        ...['discounts', '--branches', 'other,main', '--format', 'html', '--paper', '80mm'],
        ...['--lang', 'ar', '--out', out],
      ),
    ]);
    expect([text.code, csv.code, page]).toEqual([0, 0, { code: 0, output: '' }]);
    const lines = text.output.trim().split('\n').slice(-4);
    expect(lines[0]).toMatch(/^Item +Category +Quantity +Total$/);
    expect(lines[2]).toMatch(/^Others \(2\) /);
    // Amounts end under each other.
    expect(new Set(lines.map(({ length }) => length)).size).toBe(1);
    const rows: Record<string, string>[] = parse(csv.output, { bom: true, columns: true });
    expect(new Set(rows.map(({ branch }) => branch))).toEqual(new Set(['main', 'other']));
    const html = readFileSync(out, 'utf8');
    expect(readPage(html).faults).toEqual([]);
    expect(html).toContain('dir="rtl"');
  }, 30_000);

  it('R-REP-31 says in one line what it cannot do', async () => {
    const older = join(day.directory, 'older');
    mkdirSync(older);
    copyFileSync(join(day.directory, 'expeditor.db'), join(older, 'expeditor.db'));
    const database = new Database(join(older, 'expeditor.db'));
    database.pragma('user_version = 2');
    database.close();
    const toldOf = async (name: string, options: object, directory = day.directory) => {
      const given = { ...DEFAULTS, ...options };
      const told = await Promise.resolve()
        .then(() => openForReports(directory))
        .then((opened) =>
          makeAsked(opened, { name, options: given, now: NOON }).finally(() => {
            opened.close();
          }),
        )
        .catch((error: unknown) => error);
      if (told instanceof OperatorError || told instanceof StoreOpenError) return told.message;
      throw new Error('it was done');
    };
    const main = { branch: 'main' };
    expect(await toldOf('profits', main)).toBe(
      'report: there is no "profits"; there are summary, sales, discounts, voids, kitchen, shifts, shift',
    );
    expect(await toldOf('summary', {})).toBe(
      'report: which branch?; give --branch or --all-branches; there are main, other',
    );
    expect(await toldOf('summary', { branch: 'nowhere' })).toBe(
      'report: there is no branch "nowhere"; there are main, other',
    );
    expect(await toldOf('summary', { ...main, from: '2026-05-19', to: DATE })).toBe(
      'report: to is before from; see expeditor report --help',
    );
    expect(await toldOf('summary', { ...main, from: 'yesterday' })).toContain('/from');
    expect(await toldOf('shift', { ...main, kind: 'z', shift: 'none' })).toBe(
      'report: there is no such shift; see expeditor report --help',
    );
    expect(await toldOf('shift', { allBranches: true })).toBe(
      'report: a shift is of one branch; name it with --branch',
    );
    expect(await toldOf('summary', main, older)).toMatch(
      /its version is 2, reports need version \d.*start the hub on it once/,
    );
    expect(await toldOf('summary', main, join(older, 'nothing'))).toContain('nothing');
    const { code, output } = await day.report('profits');
    expect([code, output.split('\n').length, output.slice(0, 18)]).toEqual([
      1,
      2,
      'expeditor: report:',
    ]);
  }, 30_000);
});
