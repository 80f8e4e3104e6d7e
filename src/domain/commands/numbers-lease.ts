/** `numbers.lease`: order numbers of the open shift that one device may give while it is offline. */
import type { CommandDefinition } from '../command.js';
import { Draft } from '../draft.js';
import { noOpenShift } from '../open-shift.js';
import type { NumbersLease } from '../payloads/numbers.js';

export const numbersLease: CommandDefinition<'numbers.lease', NumbersLease> = {
  name: 'numbers.lease',
  roles: ['cashier', 'waiter'],
  shift: 'shared',
  needsOpenShift: true,
  records: () => ({}),
  decide(state, { count }, context) {
    if (state.shift === null) return noOpenShift();
    const first = context.takeNumbers(count);
    const last = first + count - 1;
    const draft = new Draft(state, context);
    draft.insert('number_lease', {
      id: context.newId(),
      branch_id: state.branch.id,
      shift_id: state.shift.id,
      business_date: state.shift.business_date,
      device_id: context.actor.deviceId,
      first_number: first,
      last_number: last,
      at: context.now,
      version: 1,
    });
    return draft.decision({ result: { numbers: { first, last } } });
  },
};
