/** order.update: what the order as a whole says. Nothing of it is marked for the kitchen: its ticket shows the new words. */
import type { CommandDefinition } from '../command.js';
import { Draft } from '../draft.js';
import { EXPECTS } from '../expects.js';
import type { OrderUpdate } from '../payloads/order.js';
import { notFound, refusedIfFinished } from '../refused.js';

export const orderUpdate: CommandDefinition<'order.update', OrderUpdate> = {
  name: 'order.update',
  roles: ['cashier', 'waiter'],
  shift: 'shared',
  needsOpenShift: true,
  records: ({ order_id }) => ({ orders: [order_id] }),
  expects: EXPECTS['order.update'],
  decide(state, { order_id, ...columns }, context) {
    const order = state.order(order_id);
    if (order === undefined) return notFound('order', order_id);
    const finished = refusedIfFinished(order.header);
    if (finished !== undefined) return finished;
    const draft = new Draft(state, context);
    draft.update('order_header', order.header, columns);
    return draft.decision();
  },
};
