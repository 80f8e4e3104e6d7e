/** What the open shift has come to, from memory. */
import { emptyFigures } from '../../domain/reports/tally.js';
import type { Figures } from '../../domain/reports/figures.js';
import { figuresOf } from '../../domain/reports/figures-of.js';
import type { HotBranch } from '../../store/hot/hot-branch.js';
import { shiftRecordsOf } from '../branch/state-view.js';

/** Of no shift at all where none is open. */
export function openFigures(hot: HotBranch): Figures {
  const { branch, shift, tables } = hot;
  if (shift === null) return emptyFigures();
  const item = (id: string) => tables.menu_item.get(id);
  return figuresOf(shiftRecordsOf(hot), { branch, shift, item });
}
