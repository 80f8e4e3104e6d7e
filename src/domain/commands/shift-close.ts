/** `shift.close`: the drawer is counted and the Z report frozen. Open orders stop it, or are carried to the next shift. */
import type { CommandDefinition } from '../command.js';
import { Draft } from '../draft.js';
import { EXPECTS } from '../expects.js';
import { onOpenShift } from '../open-shift.js';
import type { ShiftClose } from '../payloads/shift.js';
import { refused } from '../refused.js';
import { endShift } from '../shift-turn.js';

export const shiftClose: CommandDefinition<'shift.close', ShiftClose> = {
  name: 'shift.close',
  roles: ['cashier'],
  shift: 'exclusive',
  needsOpenShift: true,
  records: ({ shift_id }) => ({ shifts: [shift_id] }),
  expects: EXPECTS['shift.close'],
  decide: (state, { shift_id, counted_cash, carry_over = false }, context) =>
    onOpenShift(state, shift_id, (shift) => {
      const count = [...state.unfinishedOrders()].length;
      if (count > 0 && !carry_over) {
        return refused('shift_has_open_orders', `${String(count)} orders are open`, {
          details: { count },
        });
      }
      const draft = new Draft(state, context);
      endShift(draft, state, { shift, countedCash: counted_cash, context });
      return draft.decision({ zNumberOf: shift.id });
    }),
};
