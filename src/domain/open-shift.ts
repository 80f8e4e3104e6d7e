/** The shift that a cash or shift command names must be the one that is open. */
import type { BranchState, Decision } from './command.js';
import { notFound, refused } from './refused.js';
import type { PosShift } from './rows.js';

/** Decides on the open shift; `shift_closed` when `shiftId` names one that is over, `not_found` when it names none. */
export function onOpenShift(
  state: BranchState,
  shiftId: string,
  decide: (shift: PosShift) => Decision,
): Decision {
  const { shift } = state;
  if (shift?.id === shiftId) return decide(shift);
  const named = state.shiftById(shiftId);
  return named === undefined ? notFound('shift', shiftId) : shiftClosed(shiftId);
}

function shiftClosed(shiftId: string): Decision {
  return refused('shift_closed', `shift ${shiftId} is closed`, { details: { shift_id: shiftId } });
}

/** For commands that need a shift but name none. */
export function noOpenShift(): Decision {
  return refused('shift_closed', 'no shift is open');
}
