/** The range of business dates that a report is asked for. */
import { refuse, type Refusal } from '../../base/refusal.js';
import { businessDate } from '../../domain/business-date.js';
import { REPORT_DAYS_MAX } from '../../protocol/report-queries.js';
import type { HotBranch } from '../../store/hot/hot-branch.js';
import type { DateRange } from '../../store/reports.js';

const DAY_MS = 86_400_000;

export interface AskedRange {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export interface RangeOptions {
  /** The date that is meant where none is named. */
  readonly today: string;
  /** Dates that the range may hold. */
  readonly daysMax?: number;
}

/** The business date of the open shift; where none is open, that of the moment. */
export function reportDate({ branch, shift }: Pick<HotBranch, 'branch' | 'shift'>, now: number) {
  return shift?.business_date ?? businessDate(now, branch.zone, branch.cutoff_hour);
}

/** Without `to`: up to today, or `from` alone where that is later. Without `from`: `to` alone. */
export function rangeOf(asked: AskedRange, options: RangeOptions): DateRange | Refusal {
  const { today, daysMax = REPORT_DAYS_MAX } = options;
  const { to = later(asked.from ?? today, today) } = asked;
  const { from = to } = asked;
  for (const [name, date] of Object.entries({ from, to })) {
    if (!isDate(date)) return wrong(name, 'is no date of the calendar');
  }
  if (to < from) return wrong('to', 'is before from');
  const days = (Date.parse(to) - Date.parse(from)) / DAY_MS + 1;
  if (days > daysMax) return wrong('from', `lies more than ${String(daysMax)} days before to`);
  return { from, to };
}

function later(a: string, b: string): string {
  return a > b ? a : b;
}

/** `2026-02-30` has the form of one. */
function isDate(text: string): boolean {
  const at = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

function wrong(name: string, reason: string): Refusal {
  const details = [{ path: `/${name}`, reason }];
  return refuse('validation_failed', `${name} ${reason}`, { details });
}
