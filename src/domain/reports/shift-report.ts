/**
 * X and Z reports: one shift in figures, as plain JSON. An X report may be made at any time and changes nothing; a Z report is
 * made when the shift ends and kept with it. The same records give the same report, in whatever order they come.
 */
import { isFinished } from '../order-state.js';
import type { Branch, OrderAggregate, PosShift } from '../rows.js';
import { expectedCash, type CashDrawer } from '../shift-figures.js';
import type { SalesWarning } from '../unsent-sales.js';
import type { Figures } from './figures.js';
import { kitchenReport, type KitchenReport } from './kitchen-report.js';
import { salesReport, type SalesReport } from './sales-report.js';

/** Counts and minor units. A sale counts in the shift in which its order closed, money in the shift that took it. */
export interface ShiftReport {
  readonly kind: 'x' | 'z';
  readonly branch: Pick<Branch, 'id' | 'name' | 'currency' | 'zone'>;
  /** Without `z_number`, which the commit gives after the report is made: take it from the shift's row. */
  readonly shift: Pick<
    PosShift,
    | 'id'
    | 'register_id'
    | 'business_date'
    | 'status'
    | 'opened_by'
    | 'opened_at'
    | 'closed_by'
    | 'closed_at'
  >;
  /** UTC epoch milliseconds; an open shift's period ends with the report. */
  readonly period: { readonly from: number; readonly to: number };
  readonly printed_at: number;
  readonly printed_by: string;
  readonly sales: SalesReport;
  /** Orders of the shift that are not finished, with what they come to so far. */
  readonly open_orders: OpenOrders;
  readonly payments: Figures['payments'];
  readonly tips: Figures['tips'];
  /** Payments that tills took before the shift was opened and brought in late, by device. */
  readonly late: Figures['late'];
  readonly kitchen: readonly KitchenReport[];
  readonly no_sales: number;
  /** `counted` and `over_short` are null until the drawer is counted. */
  readonly drawer: Omit<CashDrawer, 'no_sales'> & {
    readonly counted: number | null;
    readonly over_short: number | null;
  };
  /** Of a Z report: devices that held sales of the shift, or may have, when it ended; absent: none. */
  readonly warnings?: readonly SalesWarning[];
}

/** As Z reports are kept: those that hubs before schema version 3 have frozen say nothing of the kitchen and of late payments. */
export type StoredShiftReport = Omit<ShiftReport, 'kitchen' | 'late'> &
  Partial<Pick<ShiftReport, 'kitchen' | 'late'>>;

export interface OpenOrders {
  readonly count: number;
  readonly total: number;
}

export interface ReportOptions {
  readonly branch: Branch;
  readonly shift: PosShift;
  /** `figuresOf` the shift's records. */
  readonly figures: Figures;
  readonly openOrders: OpenOrders;
  readonly kind: 'x' | 'z';
  readonly at: number;
  /** Staff id of who asks. */
  readonly by: string;
  /** Length of `sales.by_item`. */
  readonly topItems?: number;
}

export function shiftReport(options: ReportOptions): ShiftReport {
  const { branch, shift, figures, openOrders, kind, at, by, topItems } = options;
  return {
    kind,
    branch: { id: branch.id, name: branch.name, currency: branch.currency, zone: branch.zone },
    shift: {
      id: shift.id,
      register_id: shift.register_id,
      business_date: shift.business_date,
      status: shift.status,
      opened_by: shift.opened_by,
      opened_at: shift.opened_at,
      closed_by: shift.closed_by,
      closed_at: shift.closed_at,
    },
    period: { from: shift.opened_at, to: shift.closed_at ?? at },
    printed_at: at,
    printed_by: by,
    sales: salesReport(figures, topItems),
    open_orders: openOrders,
    payments: figures.payments,
    tips: figures.tips,
    late: figures.late,
    kitchen: kitchenReport(figures.kitchen),
    no_sales: figures.no_sales,
    drawer: drawer(figures, shift),
  };
}

function drawer(
  { drawer: { opening_float, payments, tips, refunds, paid_in, paid_out, drops } }: Figures,
  { counted_cash: counted }: PosShift,
): ShiftReport['drawer'] {
  const cash = { opening_float, payments, tips, refunds, paid_in, paid_out, drops };
  const expected = expectedCash(cash);
  const over_short = counted === null ? null : counted - expected;
  return { ...cash, expected, counted, over_short };
}

/** The orders that a report tells as left open. */
export function openOrders(orders: Iterable<OrderAggregate>): OpenOrders {
  let count = 0;
  let total = 0;
  for (const { header } of orders) {
    if (isFinished(header)) continue;
    count += 1;
    total += header.total;
  }
  return { count, total };
}
