/** `shift.close`: the drawer is counted and the Z report frozen. Open orders stop it, or are carried to the next shift. */
import { Type } from 'typebox';
import { defineCommand } from '../command.js';
import { Draft } from '../draft.js';
import { Id, MoneyOrZero, strict } from '../fields.js';
import { onOpenShift } from '../open-shift.js';
import { refused } from '../refused.js';
import { endShift } from '../shift-turn.js';

export const shiftClose = defineCommand({
  name: 'shift.close',
  payload: strict({
    shift_id: Id,
    counted_cash: MoneyOrZero,
    carry_over: Type.Optional(Type.Boolean()),
  }),
  roles: ['cashier'],
  shift: 'exclusive',
  needsOpenShift: true,
  records: ({ shift_id }) => ({ shifts: [shift_id] }),
  expects: ({ shift_id }) => ({ pos_shift: [shift_id] }),
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
});
