/** What the view `shift` shows: the open shift, its cash movements, and its totals, derived. */
import { shiftTotals } from '../../domain/shift-figures.js';
import type { ShiftTotals } from '../../domain/rows.js';
import type { ViewRow } from '../../protocol/messages.js';
import type { HotBranch } from '../../store/hot/hot-branch.js';
import { shiftRecordsOf } from '../branch/state-view.js';
import type { ImageSource } from './image-channel.js';
import { TABLES } from '../../domain/tables.js';

const SHIFT_COLUMNS = Object.keys(TABLES.pos_shift.columns).filter(
  (column) => column !== 'z_report',
);

function sameFigures(left: ShiftTotals, right: ShiftTotals): boolean {
  return Object.entries(left).every(
    ([column, value]) => column === 'version' || right[column as keyof ShiftTotals] === value,
  );
}

/** The totals' version is the branch version at which they were found changed. */
export function shiftSource(hot: HotBranch): ImageSource {
  let last: ShiftTotals | null = null;
  return () => {
    const { shift } = hot;
    if (shift === null) return { pos_shift: [], cash_movement: [], shift_totals: [] };
    const records = shiftRecordsOf(hot);
    const totals = shiftTotals(shift, records, hot.version);
    if (last === null || !sameFigures(totals, last)) last = totals;
    const source = shift as unknown as Readonly<Record<string, unknown>>;
    return {
      pos_shift: [
        Object.fromEntries(SHIFT_COLUMNS.map((column) => [column, source[column]])) as ViewRow,
      ],
      cash_movement: [...records.movements] as unknown as ViewRow[],
      shift_totals: [last as unknown as ViewRow],
    };
  };
}
