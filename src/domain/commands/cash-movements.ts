/** `cash.*`: money into and out of the drawer that is no payment, and openings of the drawer without a sale. */
import type { BranchState, CommandContext, CommandDefinition, Decision } from '../command.js';
import { Draft } from '../draft.js';
import { onOpenShift } from '../open-shift.js';
import type { CashMoved, CashNoSale } from '../payloads/cash.js';
import type { CashMovement } from '../rows.js';

type Movement = Pick<CashMovement, 'shift_id' | 'kind' | 'amount' | 'reason'>;

function move(state: BranchState, context: CommandContext, movement: Movement): Decision {
  return onOpenShift(state, movement.shift_id, () => {
    const draft = new Draft(state, context);
    draft.insert('cash_movement', {
      id: context.newId(),
      branch_id: state.branch.id,
      ...movement,
      by_staff: context.actor.staffId,
      at: context.now,
      version: 1,
    });
    return draft.decision();
  });
}

function cashCommand<const Name extends string>(
  name: Name,
  kind: 'paid_in' | 'paid_out' | 'drop',
): CommandDefinition<Name, CashMoved> {
  return {
    name,
    roles: ['cashier'],
    shift: 'shared',
    needsOpenShift: true,
    records: ({ shift_id }) => ({ shifts: [shift_id] }),
    decide: (state, payload, context) => move(state, context, { ...payload, kind }),
  };
}

export const cashPaidIn = cashCommand('cash.paid_in', 'paid_in');
export const cashPaidOut = cashCommand('cash.paid_out', 'paid_out');
/** Cash taken out of the drawer into the safe. */
export const cashDrop = cashCommand('cash.drop', 'drop');

export const cashNoSale: CommandDefinition<'cash.no_sale', CashNoSale> = {
  name: 'cash.no_sale',
  roles: ['cashier'],
  shift: 'shared',
  needsOpenShift: true,
  records: ({ shift_id }) => ({ shifts: [shift_id] }),
  decide: (state, payload, context) =>
    move(state, context, { ...payload, kind: 'no_sale', amount: 0 }),
};
