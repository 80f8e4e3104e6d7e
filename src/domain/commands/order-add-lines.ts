/** order.add_lines: rings up lines on an order. It needs no version: two people may add at the same moment. */
import type { CommandDefinition } from '../command.js';
import { Draft } from '../draft.js';
import type { OrderAddLines } from '../payloads/line.js';
import { notFound, refusedIfFinished } from '../refused.js';
import { ringUp } from '../ring-up.js';

export const orderAddLines: CommandDefinition<'order.add_lines', OrderAddLines> = {
  name: 'order.add_lines',
  roles: ['cashier', 'waiter'],
  shift: 'shared',
  needsOpenShift: true,
  records: ({ order_id, lines }) => ({
    orders: [order_id],
    portionsOf: lines.map(({ item_id }) => item_id),
  }),
  decide(state, { order_id, lines }, context) {
    const order = state.order(order_id);
    if (order === undefined) return notFound('order', order_id);
    const finished = refusedIfFinished(order.header);
    if (finished !== undefined) return finished;
    const draft = new Draft(state, context);
    return ringUp(draft, lines, { state, context, orderId: order_id }) ?? draft.decision();
  },
};
