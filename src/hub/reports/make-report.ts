/** Each report by its name, made of one branch's figures: the same answer for a WebSocket, HTTP and the command line. */
import { assertNever } from '../../base/assert.js';
import type { Refusal } from '../../base/refusal.js';
import type { Figures } from '../../domain/reports/figures.js';
import { discountsOf, voidsOf } from '../../domain/reports/given-away.js';
import type { ReportHead } from '../../domain/reports/head.js';
import { kitchenOf } from '../../domain/reports/kitchen.js';
import { isDated, salesBy, salesByDate, type Sales } from '../../domain/reports/sales.js';
import { shiftsOf, type ShiftSales } from '../../domain/reports/shifts.js';
import { summaryOf } from '../../domain/reports/summary.js';
import { REPORT_SHIFTS_DAYS_MAX, type ReportName } from '../../protocol/report-queries.js';
import type { QueryParams } from '../../protocol/queries.js';
import type { QueryResults } from '../../protocol/results.js';
import type { DateRange } from '../../store/reports.js';
import type { BranchReports, OfRange } from './branch-reports.js';
import { rangeOf } from './range.js';

/** Items of a summary or of sales by item, and rows of what was given away, unless `top` says otherwise. */
const TOP_ITEMS = 20;
const TOP_REASONS = 100;

/** An answer with the name of its report. */
export type MadeReport = {
  readonly [Name in ReportName]: { readonly name: Name; readonly answer: QueryResults[Name] };
}[ReportName];

/** A report that is asked for, with parameters that have passed the query's schema. */
export type AskedReport = {
  readonly [Name in ReportName]: { readonly name: Name; readonly params: QueryParams[Name] };
}[ReportName];

/** `today`: the business date that is meant where none is named. Refuses a range that will not do. */
export async function makeReport(
  reports: BranchReports,
  asked: AskedReport,
  today: string,
): Promise<MadeReport | Refusal> {
  const daysMax = asked.name === 'report.shifts' ? { daysMax: REPORT_SHIFTS_DAYS_MAX } : {};
  const range = rangeOf(asked.params, { today, ...daysMax });
  if ('code' in range) return range;
  const { name } = asked;
  const { names, branch } = reports;
  const headed = <Value, Shown>(
    { value, open }: OfRange<Value>,
    show: (value: Value) => Shown,
  ) => ({
    ...headOf(reports, range, open),
    ...show(value),
  });
  switch (name) {
    case 'report.summary': {
      const topItems = asked.params.top ?? TOP_ITEMS;
      const show = (figures: Figures) =>
        summaryOf(figures, { names, cutoffHour: branch.cutoff_hour, topItems });
      return { name, answer: headed(await reports.figures(range), show) };
    }
    case 'report.sales': {
      const sales = await salesOf(reports, asked.params, range);
      return { name, answer: headed(sales, (value) => value) };
    }
    case 'report.discounts': {
      const top = asked.params.top ?? TOP_REASONS;
      const show = (figures: Figures) => discountsOf(figures, { names, top });
      return { name, answer: headed(await reports.figures(range), show) };
    }
    case 'report.voids': {
      const top = asked.params.top ?? TOP_REASONS;
      const show = (figures: Figures) => voidsOf(figures, { names, top });
      return { name, answer: headed(await reports.figures(range), show) };
    }
    case 'report.kitchen': {
      const show = (figures: Figures) => kitchenOf(figures, names);
      return { name, answer: headed(await reports.figures(range), show) };
    }
    case 'report.shifts': {
      const show = (shifts: readonly ShiftSales[]) => shiftsOf(shifts, names);
      return { name, answer: headed(await reports.shifts(range), show) };
    }
    default:
      return assertNever(name);
  }
}

async function salesOf(
  reports: BranchReports,
  { group_by: group, top: asked }: QueryParams['report.sales'],
  range: DateRange,
): Promise<OfRange<Sales>> {
  if (isDated(group)) {
    const { value, open } = await reports.days(range);
    return { value: salesByDate(value, group, asked ?? null), open };
  }
  const { names, branch } = reports;
  const top = asked ?? (group === 'item' ? TOP_ITEMS : null);
  const { value, open } = await reports.figures(range);
  return { value: salesBy(value, group, { names, cutoffHour: branch.cutoff_hour, top }), open };
}

function headOf({ branch }: BranchReports, { from, to }: DateRange, open: boolean): ReportHead {
  const { id, name, currency, zone } = branch;
  return { branch: { id, name, currency, zone }, from, to, open };
}
