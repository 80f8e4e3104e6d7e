/**
 * Whether a change set may be written to a branch's rows as they stand: the comparisons that SQL makes by its keys
 * and by `WHERE version = ?`, made here by hand and in the same order.
 */
import type { ChangeSet, RowChange } from '../../domain/change-set.js';
import { differingColumns } from '../../domain/row-difference.js';
import type { Adoption, CommitOutcome, CommitRequest } from '../port.js';
import { placeOf, type BranchRows } from './rows.js';

export type Rejection = Extract<CommitOutcome, { kind: 'conflict' | 'exists' | 'shift_closed' }>;

/** null: all of it may be written. */
export function rejection(
  rows: BranchRows,
  { changeSet, requiresShift, adopts }: CommitRequest,
): Rejection | null {
  if (requiresShift !== null && rows.openShift !== requiresShift) return { kind: 'shift_closed' };
  const outdated = adopts === undefined ? null : adoptionRejection(rows, adopts);
  if (outdated !== null) return outdated;
  for (const [index, change] of changeSet.entries()) {
    const { table, before, after } = change;
    const stands = rows.get(table, after.id);
    if (before !== null) {
      if (stands?.row.version !== before.version) return { kind: 'conflict', table, id: after.id };
    } else if (stands !== undefined || placeTaken(rows, change, changeSet.slice(0, index))) {
      return { kind: 'exists', table, id: after.id };
    }
  }
  return null;
}

/** Nothing gets in from outside here, so no row stands otherwise than it was written, and none is gone. */
function adoptionRejection(rows: BranchRows, { found, restored }: Adoption): Rejection | null {
  for (const { table, row } of found) {
    const stands = rows.get(table, row.id)?.row;
    if (stands === undefined || differingColumns(table, stands, row).length > 0) {
      return { kind: 'conflict', table, id: row.id };
    }
  }
  const there = restored.find(({ table, row }) => rows.get(table, row.id) !== undefined);
  return there === undefined ? null : { kind: 'exists', table: there.table, id: there.row.id };
}

/** Whether a new row collides with another by something else than its id: an order's number, the one open shift. */
function placeTaken(rows: BranchRows, change: RowChange, earlier: ChangeSet): boolean {
  if (change.table === 'order_header' || change.table === 'number_lease') {
    const place = placeOf(change.after);
    return rows.placeTaken(change.after) || earlier.some((other) => placeIn(other) === place);
  }
  if (change.table === 'pos_shift' && change.after.status === 'open') {
    const open = rows.openShift;
    const closedJustNow = earlier.some(
      ({ table, after }) => table === 'pos_shift' && after.id === open && after.status === 'closed',
    );
    return open !== null && !closedJustNow;
  }
  return false;
}

function placeIn(change: RowChange): string | null {
  const numbered = change.table === 'order_header' || change.table === 'number_lease';
  return numbered && change.before === null ? placeOf(change.after) : null;
}
