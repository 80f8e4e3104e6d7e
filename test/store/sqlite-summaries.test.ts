/** What a close costs the writer, and that nobody else pays for it. */
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { emptyFigures } from '../../src/domain/reports/tally.js';
import type { CommitRequest } from '../../src/store/port.js';
import { migrate } from '../../src/store/migrations/migrate.js';
import { encodeRequest } from '../../src/store/sqlite/encode.js';
import { GroupWriter } from '../../src/store/sqlite/group-writer.js';
import { REPORT_SQL, ReportReader } from '../../src/store/sqlite/report-reader.js';
import { summaryPeriods } from '../../src/store/summary-periods.js';
import { NOON } from '../support/rows.js';
import { shiftRow } from '../support/store-rows.js';
import {
  changed,
  inserted,
  orderChanges,
  request,
  seedRequest,
  shiftRequest,
} from '../support/store.js';

let statements: string[] = [];
let database: Database.Database;
let writer: GroupWriter;

beforeEach(() => {
  database = new Database(':memory:', {
    verbose: (sql) => {
      statements.push(String(sql));
    },
  });
  migrate(database);
  writer = new GroupWriter(database, 'full');
  write(seedRequest('main'));
  write(shiftRequest('main'));
});
afterEach(() => {
  database.close();
});

/** Gives what SQLite was asked to do for it. */
function write(...requests: CommitRequest[]): readonly string[] {
  statements = [];
  const result = writer.write(requests.map(encodeRequest));
  if (result.kind === 'failed' || result.full !== null) throw new Error('not written');
  return statements;
}

function closing(more: Partial<CommitRequest> = {}): CommitRequest {
  const open = shiftRow({ id: 'main-shift-1', branch_id: 'main' });
  const close = changed('pos_shift', open, { status: 'closed', closed_at: NOON + 9, z_report: {} });
  return request('main', [close], { key: 'close', zNumberOf: open.id, ...more });
}

const SUMMARY = { shiftId: 'main-shift-1', businessDate: '2026-11-20', figures: emptyFigures() };

describe('R-FIG-9 a shift’s summaries are written with its close and cost nobody else anything', () => {
  test('R-FIG-9 all three within the one transaction that closes the shift', () => {
    const asked = write(closing({ summary: SUMMARY }));
    expect(asked.filter((sql) => /^(BEGIN|COMMIT|ROLLBACK|SAVEPOINT)/.test(sql))).toEqual([
      'BEGIN IMMEDIATE',
      'COMMIT',
    ]);
    expect([asked[0], asked.at(-1)]).toEqual(['BEGIN IMMEDIATE', 'COMMIT']);
    const written = asked.flatMap((sql) => /INTO (\w+_summary)/.exec(sql)?.[1] ?? []);
    expect(written).toEqual(['shift_summary', 'day_summary', 'month_summary']);
  });

  test('R-FIG-9 a commit that closes no shift runs not one statement more than before there were summaries', () => {
    const open = orderChanges('main', { orderId: 'o1', number: 1 });
    const asked = write(request('main', open, { key: 'k', requiresShift: 'main-shift-1' }));
    expect(
      asked.map((sql) =>
        sql
          .trim()
          .split(/[\s(]+/)
          .slice(0, 3)
          .join(' '),
      ),
    ).toEqual([
      'BEGIN IMMEDIATE',
      'SELECT id FROM',
      'INSERT INTO idempotency_request',
      'INSERT INTO order_header',
      'INSERT INTO order_status_log',
      'INSERT INTO order_line',
      'INSERT INTO order_line_status_log',
      'INSERT INTO sync_event',
      'INSERT INTO branch_head',
      'COMMIT',
    ]);
  });

  test('R-FIG-9 a close whose change is refused leaves none of them, beside one that goes through', () => {
    const secondOpen = request(
      'main',
      [inserted('pos_shift', shiftRow({ id: 'x', branch_id: 'main' }))],
      { key: 'k' },
    );
    write(
      secondOpen,
      closing({ summary: SUMMARY }),
      closing({ key: 'again', summary: { ...SUMMARY, shiftId: 'y' } }),
    );
    const kept = database.prepare('SELECT shift_id FROM shift_summary').pluck().all();
    expect(kept).toEqual(['main-shift-1']);
  });
});

test('R-FIG-10 reports find their rows by index', () => {
  for (const [name, sql] of Object.entries(REPORT_SQL)) {
    const plan = database
      .prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .all('main', '2026-01', '2026-12') as { detail: string }[];
    expect(plan[0]?.detail, name).toMatch(
      /^SEARCH .* USING (COVERING )?INDEX .*\(branch_id=\? AND (month|business_date)>\? AND/,
    );
    // Whoever looks a shift up by its id reads its Z report.
    if (name === 'shifts') expect(plan[0]?.detail).toContain('COVERING');
  }
});

test('R-FIG-14 the figures of a range are read once until a shift is closed', () => {
  const reader = new ReportReader(database);
  const range = { from: '2026-11-01', to: '2026-11-30' };
  expect(reader.figures('main', range).shifts).toBe(0);
  write(closing({ summary: { ...SUMMARY, figures: { ...emptyFigures(), shifts: 1 } } }));
  expect(reader.figures('main', range).shifts).toBe(1);
  statements = [];
  expect(reader.figures('main', range).shifts).toBe(1);
  expect(statements.filter((sql) => sql.includes('figures'))).toEqual([]);
  expect(reader.figures('main', { ...range, to: '2026-11-19' }).shifts).toBe(0);
  expect(reader.figures('other', range).shifts).toBe(0);
});

test('R-FIG-8 a range is its whole months and the days at its edges', () => {
  const of = (from: string, to: string) => summaryPeriods({ from, to });
  expect(of('2026-03-15', '2026-06-30')).toEqual({
    months: { from: '2026-04', to: '2026-06' },
    days: [{ from: '2026-03-15', to: '2026-03-31' }],
  });
  expect(of('2023-11-21', '2026-11-20')).toEqual({
    months: { from: '2023-12', to: '2026-10' },
    days: [
      { from: '2023-11-21', to: '2023-11-31' },
      { from: '2026-11-01', to: '2026-11-20' },
    ],
  });
  expect(of('2024-02-01', '2024-02-28').months).toBeNull();
  expect(of('2024-02-01', '2024-02-29')).toEqual({
    months: { from: '2024-02', to: '2024-02' },
    days: [],
  });
  expect(of('2026-05-18', '2026-05-18')).toEqual({
    months: null,
    days: [{ from: '2026-05-18', to: '2026-05-18' }],
  });
});
