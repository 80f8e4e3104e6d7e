/** How one shift ends and the next begins: what close, open and handover have in common. */
import { businessDate } from './business-date.js';
import type { BranchState, CommandContext } from './command.js';
import type { Draft } from './draft.js';
import type { ShiftSummary } from './reports/figures.js';
import { figuresOf } from './reports/figures-of.js';
import { openOrders, shiftReport } from './reports/shift-report.js';
import type { Branch, PosShift } from './rows.js';
import { cashDrawer } from './shift-figures.js';
import { salesWarnings, type DeviceStanding } from './unsent-sales.js';

export interface ShiftEnd {
  readonly shift: PosShift;
  /** null: nobody counted. */
  readonly countedCash: number | null;
  readonly context: CommandContext;
}

/**
 * Drafts the end of a shift and freezes its Z report, which names the devices that may hold sales of it; `z_number` is left to the commit. The decision has to
 * carry the summary, which the store keeps in the same transaction.
 */
export function endShift(
  draft: Draft,
  state: BranchState,
  { shift, ...end }: ShiftEnd,
): ShiftSummary {
  const { branch } = state;
  const { now, actor } = end.context;
  const shiftRecords = state.shiftRecords();
  const records = {
    orders: [...shiftRecords.orders],
    payments: [...shiftRecords.payments],
    movements: [...shiftRecords.movements],
  };
  const expected = cashDrawer(shift, records).expected;
  const closed: PosShift = {
    ...shift,
    status: 'closed',
    closed_by: actor.staffId,
    closed_at: now,
    counted_cash: end.countedCash,
    expected_cash: expected,
    over_short: end.countedCash === null ? null : end.countedCash - expected,
  };
  const figures = figuresOf(records, {
    branch,
    shift: closed,
    item: (itemId) => state.item(itemId),
  });
  const z_report = shiftReport({
    ...{ branch, shift: closed, figures, kind: 'z', at: now, by: actor.staffId },
    openOrders: openOrders(records.orders),
  });
  const warnings = salesWarnings(state.unsentSales());
  const frozen = warnings.length === 0 ? z_report : { ...z_report, warnings };
  draft.update('pos_shift', shift, { ...closed, z_report: frozen });
  return { shiftId: shift.id, businessDate: shift.business_date, figures };
}

/** What the acknowledgement of a shift's end says beside its records: nothing where all devices have sent all. */
export function warningsOf(unsent: Iterable<DeviceStanding>): { result?: Record<string, unknown> } {
  const warnings = salesWarnings(unsent);
  return warnings.length === 0 ? {} : { result: { warnings } };
}

/** Whether the business date of an open shift is over. */
export function isOverdue(shift: PosShift, branch: Branch, now: number): boolean {
  return businessDate(now, branch.zone, branch.cutoff_hour) > shift.business_date;
}

export interface ShiftStart {
  readonly openedBy: string;
  readonly registerId: string;
  readonly openingFloat: number;
  readonly context: CommandContext;
}

/** Drafts a new shift and moves every unfinished order into it. */
export function beginShift(draft: Draft, state: BranchState, start: ShiftStart): void {
  const { branch } = state;
  const { now, newId } = start.context;
  const shift: PosShift = {
    id: newId(),
    branch_id: branch.id,
    register_id: start.registerId,
    business_date: businessDate(now, branch.zone, branch.cutoff_hour),
    status: 'open',
    opened_by: start.openedBy,
    opened_at: now,
    opening_float: start.openingFloat,
    closed_by: null,
    closed_at: null,
    counted_cash: null,
    expected_cash: null,
    over_short: null,
    z_number: null,
    version: 1,
    z_report: null,
  };
  draft.insert('pos_shift', shift);
  for (const header of state.unfinishedOrders()) {
    draft.update('order_header', header, { shift_id: shift.id });
  }
}
