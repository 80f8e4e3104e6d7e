/** Random weeks written by the writer and told again by a naive fold: where the two differ, in words. */
import Database from 'better-sqlite3';
import type { Figures } from '../../src/domain/reports/figures.js';
import { figuresOf } from '../../src/domain/reports/figures-of.js';
import type { ShiftReport } from '../../src/domain/reports/shift-report.js';
import { migrate } from '../../src/store/migrations/migrate.js';
import type { DateRange } from '../../src/store/reports.js';
import { encodeRequest } from '../../src/store/sqlite/encode.js';
import { GroupWriter } from '../../src/store/sqlite/group-writer.js';
import { ReportReader } from '../../src/store/sqlite/report-reader.js';
import {
  factDifferences,
  factsIn,
  NaiveFold,
  type EndedShift,
  sumOf,
  type Facts,
} from './checkers/naive-figures.js';
import { RandomShifts, type Happened } from './random-shifts.js';
import { Random } from './random-traffic/random.js';

const STEPS = 1_000;
const RANGES = 12;
const EVER = { from: '2000-01-01', to: '2999-12-31' };

export interface Weeks {
  readonly naive: NaiveFold;
  readonly database: Database.Database;
  /** Of X and Z reports and summaries as they were made. */
  readonly findings: readonly string[];
  /** How often each command went through. */
  readonly commands: ReadonlyMap<string, number>;
}

export function weeks(seed: number, options: { readonly menuMoves?: boolean } = {}): Weeks {
  const house = new RandomShifts(seed, options);
  const naive = new NaiveFold();
  const database = new Database(':memory:');
  migrate(database);
  const writer = new GroupWriter(database, 'full');
  const findings: string[] = [];
  const commands = new Map<string, number>();
  const take = (happened: Happened) => {
    const { request, event } = happened;
    const written = writer.write([encodeRequest(request)]);
    if (written.kind === 'failed' || written.bugs.length > 0) {
      throw new Error(JSON.stringify(written));
    }
    commands.set(request.command, (commands.get(request.command) ?? 0) + 1);
    naive.fold(event);
    findings.push(...ended(happened, naive));
  };
  take(house.seeding());
  for (let step = 1; step <= STEPS; step += 1) {
    const happened = house.step();
    if (happened !== null) take(happened);
    if (step % 50 === 0) findings.push(...xFindings(house, naive));
  }
  return { naive, database, findings, commands };
}

/** The summary and the frozen report of a shift that has just ended. */
function ended({ summary, zReport }: Happened, naive: NaiveFold): string[] {
  if (summary === undefined) return [];
  const shift = naive.ended.at(-1);
  if (shift?.id !== summary.shiftId) return [`${summary.shiftId} ended for one of two`];
  const report = zReport as ShiftReport;
  return [
    ...factDifferences(`summary of ${shift.id}`, factsIn(summary.figures), shift.facts),
    ...zFindings(`Z report of ${shift.id}`, report, shift.facts),
  ];
}

const HEADLINES = [
  'orders',
  'guests',
  'gross',
  'discount',
  'service_charge',
  'tax',
  'rounding',
  'total',
  'corrections',
] as const;
const LISTS = [
  'taxes',
  'discounts',
  'comps',
  'voids',
  'by_hour',
  'by_order_type',
  'by_staff',
  'by_station',
] as const;

/** What a report shows as it stands in the figures; the rest is made of these by rules that have tests of their own. */
function zFindings(what: string, report: ShiftReport, right: Facts): string[] {
  const { sales, payments, tips, late, no_sales, drawer } = report;
  const shown = Object.fromEntries([...HEADLINES, ...LISTS].map((name) => [name, sales[name]]));
  const { expected: _e, counted: _c, over_short: _o, ...cash } = drawer;
  const found = factsIn({ ...shown, payments, tips, late, no_sales, drawer: cash });
  const names = new Set<string>([...LISTS, 'payments', 'tips', 'late', 'drawer']);
  const unshown = new Set([
    'expected',
    'counted',
    'over_short',
    'uncounted',
    'shifts',
    'cooked',
    'ready_ms',
    'guests_total',
  ]);
  const wanted = [...right].filter(([path]) => {
    const [list, name] = [path.slice(0, path.indexOf(' ')), path.slice(path.lastIndexOf(' ') + 1)];
    return (list === '' || names.has(list)) && !unshown.has(name);
  });
  const net =
    (right.get(' {} total') ?? 0) - (right.get(' {} tax') ?? 0) - (right.get(' {} rounding') ?? 0);
  const cents = {
    net: [sales.net, net],
    items: [sumTotals(sales.by_item) + sales.by_item_rest.total, listTotal(right, 'by_item')],
    categories: [sumTotals(sales.by_category), listTotal(right, 'by_item')],
    counted: [drawer.counted ?? 0, right.get('drawer {} counted') ?? 0],
    expected: [drawer.expected, right.get('drawer {} expected') ?? 0],
  };
  return [
    ...factDifferences(what, found, new Map(wanted)),
    ...Object.entries(cents).flatMap(([name, [one, other]]) =>
      one === other ? [] : [`${what}: ${name} is ${String(one)}`],
    ),
  ];
}

function sumTotals(rows: readonly { readonly total: number }[]): number {
  return rows.reduce((sum, { total }) => sum + total, 0);
}

function listTotal(facts: Facts, list: string): number {
  return [...facts].reduce(
    (sum, [path, value]) =>
      path.startsWith(`${list} `) && path.endsWith(' total') ? sum + value : sum,
    0,
  );
}

/** The open shift from memory. */
function xFindings({ branch }: RandomShifts, naive: NaiveFold): string[] {
  const { shift } = branch;
  if (shift === null) return [];
  const figures = figuresOf(branch.shiftRecords(), {
    branch: branch.branch,
    shift,
    item: (id) => branch.item(id),
  });
  return factDifferences('X', factsIn(figures), naive.open() ?? new Map());
}

/** Every summary in the database, and random ranges over them. */
export function storedFindings(
  database: Database.Database,
  ended: readonly EndedShift[],
  seed: number,
): string[] {
  const random = new Random(seed);
  const reader = new ReportReader(database);
  const summaries = database
    .prepare('SELECT shift_id, business_date, figures FROM shift_summary ORDER BY closed_version')
    .all() as { shift_id: string; business_date: string; figures: string }[];
  const findings = summaries.flatMap(({ shift_id: id, business_date: date, figures }, index) => {
    const shift = ended[index];
    if (shift?.id !== id) return [`${id} is summed up out of turn`];
    if (shift.businessDate !== date) return [`${id} is summed up under ${date}`];
    return factDifferences(
      `stored summary of ${id}`,
      factsIn(JSON.parse(figures) as Figures),
      shift.facts,
    );
  });
  if (summaries.length !== ended.length) findings.push('a shift has no summary');
  const dates = [...new Set(ended.map(({ businessDate }) => businessDate))];
  const edges = [
    ...dates,
    ...dates.map((date) => `${date.slice(0, 7)}-01`),
    ...dates.map((date) => `${date.slice(0, 7)}-30`),
  ];
  const ranges: DateRange[] = [EVER, ...dates.map((date) => ({ from: date, to: date }))];
  for (let run = 0; run < RANGES; run += 1) {
    ranges.push({ from: random.pick(edges) ?? EVER.from, to: random.pick(edges) ?? EVER.to });
  }
  for (const range of ranges) {
    const inside = ended.filter(
      ({ businessDate }) => range.from <= businessDate && businessDate <= range.to,
    );
    const right = sumOf(inside.map(({ facts }) => facts));
    const what = `${range.from} to ${range.to}`;
    const nonZero = new Map([...right].filter(([, value]) => value !== 0));
    findings.push(...factDifferences(what, factsIn(reader.figures('main', range)), nonZero));
    const days = sumTotals(reader.days('main', range));
    if (days !== (right.get(' {} total') ?? 0)) {
      findings.push(`${what}: its days come to ${String(days)}`);
    }
    const shifts = reader
      .shifts('main', range)
      .map(({ shift, total }) => `${shift.id} ${String(total)}`);
    const wanted = inside.map(({ id, facts }) => `${id} ${String(facts.get(' {} total') ?? 0)}`);
    if (shifts.join() !== wanted.join()) findings.push(`${what}: its shifts are ${shifts.join()}`);
  }
  return findings;
}
