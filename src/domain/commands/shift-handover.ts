/** `shift.handover`: one shift ends and the next begins in one commit; the count is its float, open orders go along. */
import type { CommandDefinition } from '../command.js';
import { Draft } from '../draft.js';
import { EXPECTS } from '../expects.js';
import { onOpenShift } from '../open-shift.js';
import type { ShiftHandover } from '../payloads/shift.js';
import { invalid, notFound } from '../refused.js';
import { beginShift, endShift, warningsOf } from '../shift-turn.js';

export const shiftHandover: CommandDefinition<'shift.handover', ShiftHandover> = {
  name: 'shift.handover',
  roles: ['cashier'],
  shift: 'exclusive',
  needsOpenShift: true,
  records: ({ shift_id }) => ({ shifts: [shift_id] }),
  expects: EXPECTS['shift.handover'],
  decide: (state, { shift_id, to_staff_id, counted_cash }, context) =>
    onOpenShift(state, shift_id, (shift) => {
      const successor = state.staff(to_staff_id);
      if (successor === undefined) return notFound('staff', to_staff_id);
      if (!successor.active) return invalid('/to_staff_id', 'does not work here any more');
      const draft = new Draft(state, context);
      const summary = endShift(draft, state, { shift, countedCash: counted_cash, context });
      beginShift(draft, state, {
        openedBy: to_staff_id,
        registerId: shift.register_id,
        openingFloat: counted_cash,
        context,
      });
      return draft.decision({ zNumberOf: shift.id, summary, ...warningsOf(state.unsentSales()) });
    }),
};
