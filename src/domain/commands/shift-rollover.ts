/**
 * `shift.rollover`: the business date of the open shift is over, so it ends and the next begins, in one commit. Nobody counted: what
 * should lie in the drawer is the next float, and open orders go along. The hub gives it to itself; no door takes it.
 */
import type { CommandDefinition } from '../command.js';
import { Draft } from '../draft.js';
import { onOpenShift } from '../open-shift.js';
import { cashDrawer } from '../shift-figures.js';
import { beginShift, endShift, isOverdue, warningsOf } from '../shift-turn.js';

export interface ShiftRollover {
  readonly shift_id: string;
}

export const shiftRollover: CommandDefinition<'shift.rollover', ShiftRollover> = {
  name: 'shift.rollover',
  roles: [],
  shift: 'exclusive',
  needsOpenShift: true,
  records: ({ shift_id }) => ({ shifts: [shift_id] }),
  decide: (state, { shift_id }, context) =>
    onOpenShift(state, shift_id, (shift) => {
      if (!isOverdue(shift, state.branch, context.now)) return { kind: 'unchanged' };
      const { expected } = cashDrawer(shift, state.shiftRecords());
      const draft = new Draft(state, context);
      const summary = endShift(draft, state, { shift, countedCash: null, context });
      beginShift(draft, state, {
        openedBy: shift.opened_by,
        registerId: shift.register_id,
        // More may have been paid out than the hub knows to have come in.
        openingFloat: Math.max(0, expected),
        context,
      });
      return draft.decision({ zNumberOf: shift.id, summary, ...warningsOf(state.unsentSales()) });
    }),
};
