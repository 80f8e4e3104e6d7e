/** The X report of the open shift, made of memory, and the Z reports of closed ones, as they were frozen. */
import { refuse, type Refusal } from '../../base/refusal.js';
import {
  openOrders,
  shiftReport,
  type StoredShiftReport,
} from '../../domain/reports/shift-report.js';
import type { QueryParams } from '../../protocol/queries.js';
import type { ShiftReportResult } from '../../protocol/results.js';
import type { HotBranch } from '../../store/hot/hot-branch.js';
import type { Store } from '../../store/port.js';
import { shiftRecordsOf } from '../branch/state-view.js';
import { openFigures } from './open-figures.js';

export interface ShiftAsker {
  readonly hot: HotBranch;
  readonly store: Pick<Store, 'shift'>;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Staff id of who asks. */
  readonly by: string;
}

/** Refuses a Z report of the open shift, and a shift that is not there. */
export async function shiftReportOf(
  { hot, store, now, by }: ShiftAsker,
  { shift_id: shiftId, kind }: QueryParams['shift.report'],
): Promise<ShiftReportResult | Refusal> {
  const { branch, shift } = hot;
  const asksOpen =
    shift !== null && (shiftId === shift.id || (shiftId === undefined && kind === 'x'));
  if (asksOpen) {
    if (kind === 'z') {
      return refuse('invalid_state', 'the shift is open; its Z report comes with the close');
    }
    const report = shiftReport({
      ...{ branch, shift, kind, by },
      figures: openFigures(hot),
      openOrders: openOrders(shiftRecordsOf(hot).orders),
      at: now,
    });
    return { report, z_number: null };
  }
  const stored = await store.shift(branch.id, shiftId ?? null);
  if (stored === null) return refuse('not_found', 'there is no such shift');
  const { z_report: report, z_number } = stored.shift;
  return { report: report as StoredShiftReport, z_number };
}
