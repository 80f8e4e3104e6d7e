/** The shifts of a range, one a row: who, when, what the drawer said. */
import type { PosShift } from '../rows.js';
import type { ReportHead, ReportNames, Sums } from './head.js';
import { sumOf } from './ranking.js';

export interface ShiftSales {
  readonly shift: Omit<PosShift, 'z_report'>;
  readonly orders: number;
  readonly total: number;
}

/** Of the open shift `closed_*`, `z_number`, `counted_cash` and `over_short` are null, and the others as they stand now. */
export type ShiftRow = Omit<ShiftSales['shift'], 'branch_id' | 'version'> & {
  readonly opened_by_name: string | null;
  readonly closed_by_name: string | null;
  readonly orders: number;
  readonly total: number;
};

export interface Shifts {
  /** In the order in which they were closed; the open one last. */
  readonly rows: readonly ShiftRow[];
  /** `counted_cash` and `over_short` of the shifts that were counted. */
  readonly totals: Sums;
}
export type ShiftsAnswer = ReportHead & Shifts;

const SUMS = ['orders', 'total', 'expected_cash', 'counted_cash', 'over_short'] as const;

export function shiftsOf(shifts: readonly ShiftSales[], names: ReportNames): Shifts {
  const rows = shifts.map(({ shift, orders, total }): ShiftRow => {
    const { branch_id: _branch, version: _version, ...columns } = shift;
    return {
      ...columns,
      opened_by_name: names.staff(shift.opened_by),
      closed_by_name: shift.closed_by === null ? null : names.staff(shift.closed_by),
      orders,
      total,
    };
  });
  return { rows, totals: sumOf(rows, SUMS) };
}
