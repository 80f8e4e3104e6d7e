/** The reports over a range of dates as documents: of one branch, or of several side by side. */
import { assert, assertNever } from '../../base/assert.js';
import type { Sums } from '../../domain/reports/head.js';
import { sumOf } from '../../domain/reports/ranking.js';
import type { ShiftRow } from '../../domain/reports/shifts.js';
import type { SummaryAnswer } from '../../domain/reports/summary.js';
import { currencyTotals } from '../../hub/reports/currency-totals.js';
import type { MadeReport } from '../../hub/reports/make-report.js';
import { COUNTED, field, STAFF } from './columns.js';
import {
  fact,
  factsOf,
  gridOf,
  type ColumnOf,
  type Fact,
  type Part,
  type ReportDocument,
  type Table,
} from './document.js';
import { salesGrid } from './sales-grids.js';
import {
  drawerFacts,
  groupTables,
  headlineOf,
  kitchenGrid,
  moneyTables,
  salesTables,
} from './shift-tables.js';
import { isWord, type Word } from './words.js';

/** Sums that are no money. */
const COUNTS: ReadonlySet<string> = new Set([
  ...['shifts', 'orders', 'guests', 'qty', 'count', 'lines', 'recalls', 'payments', 'refunds'],
]);

/** `by` null: nobody said who they are. */
export interface Printed {
  readonly at: number;
  readonly by: string | null;
}

/** `made`: the same report of each branch, of one at least. */
export function rangeDocument(made: readonly MadeReport[], printed: Printed): ReportDocument {
  const [first] = made;
  assert(first, 'a document is of one branch at least');
  return {
    name: first.name.replace('report.', ''),
    title: titleOf(first),
    number: null,
    parts: made.map((each) => partOf(each, printed)),
    totals: made.length === 1 ? [] : totalsOf(made),
  };
}

function titleOf({ name, answer }: MadeReport): Word {
  if (name === 'report.sales') return `sales_by_${answer.group_by}`;
  const title = name.slice('report.'.length);
  assert(isWord(title), `${name} has a title`);
  return title;
}

function partOf(made: MadeReport, printed: Printed): Part {
  const { name, answer } = made;
  const { branch, open, from, to } = answer;
  const head = [
    ...(name === 'report.voids' ? [fact('corrections', 'count', answer.corrections)] : []),
    fact('printed_at', 'moment', printed.at),
    ...(printed.by === null ? [] : [fact('printed_by', 'text', printed.by)]),
  ];
  return { branch, open, from, to, head, tables: tablesOf(made) };
}

function tablesOf({ name, answer }: MadeReport): readonly Table[] {
  switch (name) {
    case 'report.summary':
      return summaryTables(answer);
    case 'report.sales':
      return [salesGrid(answer.group_by, answer)];
    case 'report.discounts':
      return [gridOf('discounts', [field('kind', 'word'), ...BECAUSE], answer)];
    case 'report.voids':
      return [gridOf('voids', BECAUSE, answer)];
    case 'report.kitchen':
      return [kitchenGrid(answer.rows, answer.totals)];
    case 'report.shifts':
      return [gridOf('shifts', SHIFT_COLUMNS, answer)];
    default:
      return assertNever(name);
  }
}

const BECAUSE = [field('reason', 'text'), ...STAFF, ...COUNTED] as const;

const SHIFT_COLUMNS: readonly ColumnOf<ShiftRow>[] = [
  { key: 'shift_id', kind: 'text', on: 'data', of: ({ id }) => id },
  field('business_date', 'date'),
  field('z_number', 'count'),
  field('status', 'word', 'data'),
  field('register_id', 'text', 'wide'),
  field('opened_at', 'time', 'wide'),
  field('closed_at', 'time', 'wide'),
  {
    key: 'closed_by_name',
    kind: 'text',
    on: 'wide',
    of: (row) => row.closed_by_name ?? row.closed_by,
  },
  field('orders', 'count', 'wide'),
  field('total', 'money'),
  field('expected_cash', 'money', 'wide'),
  field('counted_cash', 'money', 'wide'),
  field('over_short', 'money'),
];

function summaryTables(answer: SummaryAnswer): readonly Table[] {
  const { sales, drawer, kitchen } = answer;
  const sums = sumOf(kitchen, ['lines', 'recalls']);
  return [
    headlineOf(sales, [
      fact('shifts_closed', 'count', answer.shifts),
      fact('corrections', 'count', sales.corrections),
      fact('no_sales', 'count', answer.no_sales),
    ]),
    ...salesTables(sales),
    ...moneyTables(answer),
    factsOf('drawer', [...drawerFacts(drawer), fact('uncounted', 'count', drawer.uncounted)]),
    ...groupTables(sales),
    kitchenGrid(kitchen, sums),
  ];
}

function totalsOf(made: readonly MadeReport[]): ReportDocument['totals'] {
  return currencyTotals(made.map(({ answer }) => answer)).map(({ currency, totals }) => ({
    currency,
    facts: totalFacts(totals),
  }));
}

function totalFacts(totals: Sums): Fact[] {
  return Object.entries(totals).map(([name, sum]) => {
    assert(isWord(name), `${name} is a word`);
    return fact(name, COUNTS.has(name) ? 'count' : 'money', sum);
  });
}
