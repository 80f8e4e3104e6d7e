/** Summaries of shifts say what their sales, payments and drawers came to; those of days and months are their sums. */
import type { Database } from 'better-sqlite3';
import type { Check, Findings } from '../findings.js';
import { isFrozenBeforeSummaries, parsed } from './check-z-reports.js';
import { differenceOf } from './difference.js';
import { sumOf, type Entry, type Figures } from './figures-shape.js';

/** Columns that day_summary repeats from its figures, for lists of days. */
const DAY_COLUMNS = ['shifts', 'orders', 'guests', 'gross', 'discount', 'tax', 'total'] as const;
interface ReckonedShift {
  readonly branch_id: string;
  readonly shift_id: string;
  readonly business_date: string;
  readonly closed_version: number;
  readonly figures: string;
}

/** After all events: needs what `ClosedShifts` reckoned. */
export function checkSummaries(database: Database, findings: Findings): void {
  checkShiftSummaries(database, findings);
  checkSums(database, findings, {
    table: 'day_summary',
    key: 'business_date',
    period: 'business_date',
  });
  checkSums(database, findings, {
    table: 'month_summary',
    key: 'month',
    period: 'substr(business_date, 1, 7)',
  });
}

function checkShiftSummaries(database: Database, findings: Findings): void {
  const rows = database
    .prepare(
      `SELECT r.*, s.z_report AS frozen, m.shift_id IS NOT NULL AS there, m.business_date AS business_date_found,
         m.closed_version AS closed_version_found, m.orders AS orders_found, m.total AS total_found, m.figures AS figures_found
       FROM temp.reckoned_shift r
       LEFT JOIN main.pos_shift s ON s.branch_id = r.branch_id AND s.id = r.shift_id
       LEFT JOIN main.shift_summary m ON m.branch_id = r.branch_id AND m.shift_id = r.shift_id
       ORDER BY r.branch_id, r.closed_version`,
    )
    .iterate() as Iterable<ReckonedShift & Entry>;
  for (const row of rows) {
    const place = `shift_summary ${row.branch_id} ${row.shift_id}`;
    if (row['there'] === 0) {
      if (isFrozenBeforeSummaries(parsed(row['frozen'] as string | null))) continue;
      findings.add(
        'summary',
        `${place} is missing: version ${String(row.closed_version)} wrote it`,
      );
      continue;
    }
    const figures = JSON.parse(row.figures) as Figures;
    const { business_date, closed_version } = row;
    const { orders, total } = figures;
    const names = ['business_date', 'closed_version', 'orders', 'total'];
    const found = Object.fromEntries(names.map((name) => [name, row[`${name}_found`]]));
    differ(findings, place, {
      found: { ...found, figures: parsed(row['figures_found'] as string) },
      expected: { business_date, closed_version, orders, total, figures },
    });
  }
  addStrays(database, findings, {
    table: 'shift_summary',
    key: 'shift_id',
    known: `SELECT 1 FROM temp.reckoned_shift r WHERE r.branch_id = m.branch_id AND r.shift_id = m.shift_id`,
  });
}

interface Period {
  readonly table: 'day_summary' | 'month_summary';
  /** The column that names it. */
  readonly key: string;
  /** The period of a shift, in SQL. */
  readonly period: string;
}

/** The shifts of a period that have summaries add up to it. */
function checkSums(database: Database, findings: Findings, { table, key, period }: Period): void {
  const stored = database.prepare<[string, string]>(
    `SELECT * FROM main.${table} WHERE branch_id = ? AND ${key} = ?`,
  );
  const ofPeriod = database
    .prepare<[string, string]>(
      `SELECT r.figures FROM temp.reckoned_shift r
       JOIN main.shift_summary m ON m.branch_id = r.branch_id AND m.shift_id = r.shift_id
       WHERE r.branch_id = ? AND ${period.replace('business_date', 'r.business_date')} = ?`,
    )
    .pluck();
  const periods = database
    .prepare(
      `SELECT DISTINCT r.branch_id, ${period.replace('business_date', 'r.business_date')} AS period
       FROM temp.reckoned_shift r
       JOIN main.shift_summary m ON m.branch_id = r.branch_id AND m.shift_id = r.shift_id ORDER BY 1, 2`,
    )
    .all() as { branch_id: string; period: string }[];
  for (const { branch_id, period: name } of periods) {
    const place = `${table} ${branch_id} ${name}`;
    const row = stored.get(branch_id, name) as Entry | undefined;
    if (row === undefined) {
      findings.add('summary', `${place} is missing`);
      continue;
    }
    const texts = ofPeriod.all(branch_id, name) as string[];
    const figures = sumOf(texts.map((text) => JSON.parse(text) as Figures));
    const columns = table === 'day_summary' ? DAY_COLUMNS : [];
    const of = (source: Entry) =>
      Object.fromEntries(columns.map((column) => [column, source[column]]));
    differ(findings, place, {
      found: { ...of(row), figures: parsed(row['figures'] as string) },
      expected: { ...of(figures), figures },
    });
  }
  addStrays(database, findings, {
    table,
    key,
    known: `SELECT 1 FROM temp.reckoned_shift r
      WHERE r.branch_id = m.branch_id AND ${period.replace('business_date', 'r.business_date')} = m.${key}`,
  });
}

interface Strays {
  readonly table: string;
  readonly key: string;
  /** Finds what `m` is about. */
  readonly known: string;
}

function addStrays(database: Database, findings: Findings, { table, key, known }: Strays): void {
  const strays = database
    .prepare(
      `SELECT m.branch_id, m.${key} AS name FROM main.${table} m WHERE NOT EXISTS (${known})`,
    )
    .all() as { branch_id: string; name: string }[];
  const [first] = strays;
  if (first === undefined) return;
  const place = `${table} ${first.branch_id} ${first.name}`;
  findings.add('summary', `${place} is there, but no shift of it was closed`, strays.length);
}

function differ(
  findings: Findings,
  place: string,
  { found, expected }: { readonly found: unknown; readonly expected: unknown },
  check: Check = 'summary',
): void {
  const difference = differenceOf(found, expected);
  if (difference !== null) findings.add(check, `${place}: ${difference}`);
}
