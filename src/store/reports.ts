/** What the Store port keeps and tells of closed shifts: their figures, by shift, business date and month. */
import type { Figures } from '../domain/reports/figures.js';
import type { PosShift } from '../domain/rows.js';

export type { ShiftSummary } from '../domain/reports/figures.js';

/** Business dates, both ends included: `2026-05-18`. */
export interface DateRange {
  readonly from: string;
  readonly to: string;
}

/** One business date's closed shifts. */
export interface DayTotals {
  readonly business_date: string;
  readonly shifts: number;
  readonly orders: number;
  readonly guests: number;
  readonly gross: number;
  readonly discount: number;
  readonly tax: number;
  readonly total: number;
}

/** A closed shift without its frozen report, and what its sales came to. */
export interface ClosedShift {
  readonly shift: Omit<PosShift, 'z_report'>;
  readonly orders: number;
  readonly total: number;
}

/** Read beside the commits and beside all other reads: however long a report takes, nobody waits for it. */
export interface ReportReads {
  /** The figures of all shifts closed in the range, added up. */
  figures(branchId: string, range: DateRange): Promise<Figures>;
  /** The dates of the range that have closed shifts, rising. */
  days(branchId: string, range: DateRange): Promise<readonly DayTotals[]>;
  /** In the order in which they were closed. */
  shifts(branchId: string, range: DateRange): Promise<readonly ClosedShift[]>;
}
