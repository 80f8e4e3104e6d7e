/**
 * `shift.close`: the drawer is counted and the Z report frozen. Open orders and sales that tills hold unsent stop it, or are
 * carried to the next shift.
 */
import type { CommandDefinition, Decision } from '../command.js';
import { Draft } from '../draft.js';
import { EXPECTS } from '../expects.js';
import { onOpenShift } from '../open-shift.js';
import type { ShiftClose } from '../payloads/shift.js';
import { refused } from '../refused.js';
import { endShift, warningsOf } from '../shift-turn.js';
import { holdersOfSales, holdsSales, type DeviceStanding } from '../unsent-sales.js';

export const shiftClose: CommandDefinition<'shift.close', ShiftClose> = {
  name: 'shift.close',
  roles: ['cashier'],
  shift: 'exclusive',
  needsOpenShift: true,
  records: ({ shift_id }) => ({ shifts: [shift_id] }),
  expects: EXPECTS['shift.close'],
  decide: (state, { shift_id, counted_cash, carry_over = false }, context) =>
    onOpenShift(state, shift_id, (shift) => {
      const unsent = [...state.unsentSales()];
      if (!carry_over) {
        const refusal = refusedIfLeftOver([...state.unfinishedOrders()].length, unsent);
        if (refusal !== undefined) return refusal;
      }
      const draft = new Draft(state, context);
      const summary = endShift(draft, state, { shift, countedCash: counted_cash, context });
      return draft.decision({ zNumberOf: shift.id, summary, ...warningsOf(unsent) });
    }),
};

/** Orders that are open, and sales that tills said they hold: both would end in no shift, or in another. */
function refusedIfLeftOver(count: number, unsent: readonly DeviceStanding[]): Decision | undefined {
  const devices = holdersOfSales(unsent);
  const orders =
    count === 0 ? [] : [`${String(count)} ${count === 1 ? 'order is' : 'orders are'} open`];
  const faults = [...orders, ...devices.map(holdsSales)];
  if (faults.length === 0) return undefined;
  return refused('shift_has_open_orders', faults.join('; '), {
    details: { ...(count > 0 && { count }), ...(devices.length > 0 && { devices }) },
  });
}
