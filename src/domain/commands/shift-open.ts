/** `shift.open`: the drawer's float is in, and orders may be taken. */
import type { CommandDefinition } from '../command.js';
import { Draft } from '../draft.js';
import type { ShiftOpen } from '../payloads/shift.js';
import { refused } from '../refused.js';
import { beginShift } from '../shift-turn.js';

/** The drawer of a restaurant that has one. */
const REGISTER_DEFAULT = 'main';

export const shiftOpen: CommandDefinition<'shift.open', ShiftOpen> = {
  name: 'shift.open',
  roles: ['cashier'],
  shift: 'exclusive',
  needsOpenShift: false,
  records: () => ({}),
  decide(state, { opening_float, register_id = REGISTER_DEFAULT }, context) {
    if (state.shift !== null) {
      return refused('already_exists', 'a shift is open already', {
        details: { shift_id: state.shift.id },
      });
    }
    const draft = new Draft(state, context);
    beginShift(draft, state, {
      openedBy: context.actor.staffId,
      registerId: register_id,
      openingFloat: opening_float,
      context,
    });
    return draft.decision();
  },
};
