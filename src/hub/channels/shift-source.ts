/** What the view `shift` shows: the open shift, its cash movements, and its totals, derived. */
import type { ChangeSet, RowChange } from '../../domain/change-set.js';
import { shiftTotals } from '../../domain/shift-figures.js';
import type { OrderHeader, ShiftTotals, TableName } from '../../domain/rows.js';
import { TABLES } from '../../domain/tables.js';
import type { ViewRow } from '../../protocol/messages.js';
import { isUnfinished, type HotBranch } from '../../store/hot/hot-branch.js';
import { shiftRecordsOf } from '../branch/state-view.js';
import type { ImageSource } from './image-channel.js';

const SHIFT_COLUMNS = Object.keys(TABLES.pos_shift.columns).filter(
  (column) => column !== 'z_report',
);

/** The columns of an order that the totals are made of. */
const FIGURES: readonly (keyof OrderHeader)[] = [
  'shift_id',
  'guests',
  'subtotal',
  'discount',
  'tax',
  'total',
];

function sameFigures(left: ShiftTotals, right: ShiftTotals): boolean {
  return Object.entries(left).every(
    ([column, value]) => column === 'version' || right[column as keyof ShiftTotals] === value,
  );
}

const FIGURE_TABLES: readonly TableName[] = ['order_payment', 'cash_movement', 'pos_shift'];

/** Whether the row's change can change the totals. */
function movesFigures(change: RowChange): boolean {
  if (change.table !== 'order_header') return FIGURE_TABLES.includes(change.table);
  const { before, after, changes } = change;
  if (before === null || changes === null) return true;
  const finished = isUnfinished(before) !== isUnfinished(after);
  return finished || FIGURES.some((column) => changes[column] !== undefined);
}

export class ShiftSource {
  readonly #hot: HotBranch;
  /** The newest commit that can have changed the totals. */
  #movedAt: number;
  #last: ShiftTotals | null = null;

  constructor(hot: HotBranch) {
    this.#hot = hot;
    this.#movedAt = hot.version;
  }

  /** Takes in a commit that memory has applied. */
  note(changeSet: ChangeSet, version: number): void {
    if (changeSet.some(movesFigures)) this.#movedAt = version;
  }

  /** The totals may have been reckoned from wrong rows until this version. */
  restart(version: number): void {
    this.#movedAt = version;
    this.#last = null;
  }

  readonly read: ImageSource = () => {
    const { shift } = this.#hot;
    if (shift === null) return { pos_shift: [], cash_movement: [], shift_totals: [] };
    const records = shiftRecordsOf(this.#hot);
    const totals = shiftTotals(shift, records, this.#movedAt);
    if (this.#last === null || !sameFigures(totals, this.#last)) this.#last = totals;
    const source = shift as unknown as Readonly<Record<string, unknown>>;
    return {
      pos_shift: [
        Object.fromEntries(SHIFT_COLUMNS.map((column) => [column, source[column]])) as ViewRow,
      ],
      cash_movement: [...records.movements] as unknown as ViewRow[],
      shift_totals: [this.#last as unknown as ViewRow],
    };
  };
}
