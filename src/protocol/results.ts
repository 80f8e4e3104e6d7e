/** What `ack.result` and `result.result` hold: the shapes that clients read. */
import type { RecordVersions } from '../domain/change-set.js';
import type { ShiftHead } from '../domain/public-row.js';
import type { DiscountsAnswer, VoidsAnswer } from '../domain/reports/given-away.js';
import type { KitchenAnswer } from '../domain/reports/kitchen.js';
import type { SalesAnswer } from '../domain/reports/sales.js';
import type { StoredShiftReport } from '../domain/reports/shift-report.js';
import type { ShiftsAnswer } from '../domain/reports/shifts.js';
import type { SummaryAnswer } from '../domain/reports/summary.js';
import type {
  Branch,
  LineModifier,
  OrderAdjustment,
  OrderHeader,
  OrderLine,
  OrderPayment,
  StatusLogRow,
} from '../domain/rows.js';
import type { SalesWarning } from '../domain/unsent-sales.js';
import type { QueryName } from './messages.js';

export type { StatusLogRow } from '../domain/rows.js';

/** `result` of a command's `ack`. What a command adds beside `records` stands at the command in docs/protocol.md. */
export interface CommandResult {
  readonly records: RecordVersions;
  /** `numbers.lease`: the range, both ends included. */
  readonly numbers?: { readonly first: number; readonly last: number };
  /** `order.lock`: the lease. */
  readonly lock?: { readonly order_id: string; readonly expires_at: number };
  /** `shift.close` and `shift.handover`: devices that hold sales unsent, or may; absent: none. */
  readonly warnings?: readonly SalesWarning[];
}

/** `tax_rules` are absent for the kitchen, `settings` for all but managers and administrators. */
export interface BranchGetResult {
  readonly branch: Omit<Branch, 'tax_rules' | 'settings'> &
    Partial<Pick<Branch, 'tax_rules' | 'settings'>>;
  /** The open shift; null: none is open. */
  readonly shift: ShiftHead | null;
}

/** An order's header as clients see it: without the store's own columns. */
export type PublicHeader = Omit<OrderHeader, 'reopen_reason'>;

/** A line as clients see it: without the store's own columns. */
export type PublicLine = Omit<OrderLine, 'tax_included' | 'voided_by' | 'recalls'>;

/** A line as the kitchen sees it: without money. */
export type KitchenLine = Omit<
  PublicLine,
  'unit_price' | 'discount' | 'tax_rate' | 'tax' | 'total' | 'updated_at' | 'modifiers'
> & { readonly modifiers: readonly Omit<LineModifier, 'price'>[] };

export interface OrderGetResult {
  readonly header: PublicHeader;
  readonly lines: readonly PublicLine[];
  readonly payments: readonly OrderPayment[];
  readonly adjustments: readonly OrderAdjustment[];
  /** In the order in which it happened. */
  readonly logs: readonly StatusLogRow[];
}

export interface OrderListResult {
  /** Newest first. */
  readonly orders: readonly PublicHeader[];
  /** For the next page; null: there is no more. */
  readonly cursor: string | null;
}

export interface KitchenRecentResult {
  /** Served last first. */
  readonly lines: readonly KitchenLine[];
}

/** The report and, of a closed shift, the number of its Z report. */
export interface ShiftReportResult {
  readonly report: StoredShiftReport;
  readonly z_number: number | null;
}

export interface QueryResults {
  readonly 'branch.get': BranchGetResult;
  readonly 'order.get': OrderGetResult;
  readonly 'order.list': OrderListResult;
  readonly 'kitchen.recent': KitchenRecentResult;
  readonly 'shift.report': ShiftReportResult;
  readonly 'report.summary': SummaryAnswer;
  readonly 'report.sales': SalesAnswer;
  readonly 'report.discounts': DiscountsAnswer;
  readonly 'report.voids': VoidsAnswer;
  readonly 'report.kitchen': KitchenAnswer;
  readonly 'report.shifts': ShiftsAnswer;
}

export type QueryResult<Name extends QueryName> = QueryResults[Name];
