/** order.open: a new order, with its first lines where they are given. */
import { adjust, serviceCharge } from '../adjust.js';
import type { CommandDefinition } from '../command.js';
import { Draft } from '../draft.js';
import { newHeader } from '../new-header.js';
import type { OrderOpen } from '../payloads/order.js';
import { invalid, refused } from '../refused.js';
import { ringUp } from '../ring-up.js';

export const orderOpen: CommandDefinition<'order.open', OrderOpen> = {
  name: 'order.open',
  roles: ['cashier', 'waiter'],
  shift: 'shared',
  needsOpenShift: true,
  records: ({ order_id, lines = [] }) => ({
    newOrders: order_id === undefined ? [] : [order_id],
    portionsOf: lines.map(({ item_id }) => item_id),
  }),
  decide(state, payload, context) {
    const id = payload.order_id ?? context.newId();
    if (state.order(id) !== undefined) {
      return refused('already_exists', `order ${id} exists already`, {
        details: { table: 'order_header', id },
      });
    }
    if (payload.number !== undefined && !state.leaseHolds(context.actor.deviceId, payload.number)) {
      return invalid('/number', 'not in a range leased to this device in the open shift');
    }
    const header = newHeader(state, context, {
      id,
      order_type: payload.order_type,
      number: payload.number ?? context.takeNumbers(1),
      table_no: payload.table_no ?? null,
      guests: payload.guests ?? null,
      customer_name: payload.customer_name ?? null,
      note: payload.note ?? null,
    });
    const draft = new Draft(state, context);
    draft.insert('order_header', header);
    const refusal = ringUp(draft, payload.lines ?? [], { state, context, orderId: id });
    if (refusal !== undefined) return refusal;
    const charge = serviceCharge(state, context, header);
    if (charge.length > 0) {
      adjust(draft, charge, { state, context });
      draft.settleOrder(id);
    }
    return draft.decision();
  },
};
