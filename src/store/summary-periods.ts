/** Which summaries make up a range of business dates: those of its whole months, and of the days at its edges. */
import type { DateRange } from './reports.js';

export interface SummaryPeriods {
  /** As 2026-05, both ends included; null: no month lies wholly inside. */
  readonly months: DateRange | null;
  /** Business dates, both ends included; the dates themselves need not be of the calendar. */
  readonly days: readonly DateRange[];
}

export function summaryPeriods(range: DateRange): SummaryPeriods {
  const { from, to } = range;
  const first = from.endsWith('-01') ? monthOf(from) : monthAfter(monthOf(from), 1);
  const last = isLastDay(to) ? monthOf(to) : monthAfter(monthOf(to), -1);
  if (first > last) return { months: null, days: [range] };
  const days: DateRange[] = [];
  if (monthOf(from) < first) days.push({ from, to: `${monthOf(from)}-31` });
  if (monthOf(to) > last) days.push({ from: `${monthOf(to)}-01`, to });
  return { months: { from: first, to: last }, days };
}

/** The month of a business date, as summaries are kept: `2026-05`. */
export function monthOf(businessDate: string): string {
  return businessDate.slice(0, 7);
}

function monthAfter(month: string, months: number): string {
  const date = new Date(`${month}-01T00:00:00Z`);
  date.setUTCMonth(date.getUTCMonth() + months);
  return monthOf(date.toISOString());
}

function isLastDay(businessDate: string): boolean {
  const date = new Date(`${monthAfter(monthOf(businessDate), 1)}-01T00:00:00Z`);
  date.setUTCDate(0);
  return businessDate >= date.toISOString().slice(0, 10);
}
