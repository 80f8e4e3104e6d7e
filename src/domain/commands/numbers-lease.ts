/** `numbers.lease`: order numbers of the open shift that one device may give while it is offline. */
import { Type } from 'typebox';
import { defineCommand } from '../command.js';
import { Draft } from '../draft.js';
import { strict } from '../fields.js';
import { noOpenShift } from '../open-shift.js';

/** Order numbers in one range. */
const LEASE_NUMBERS_MAX = 200;

export const numbersLease = defineCommand({
  name: 'numbers.lease',
  payload: strict({ count: Type.Integer({ minimum: 1, maximum: LEASE_NUMBERS_MAX }) }),
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
});
