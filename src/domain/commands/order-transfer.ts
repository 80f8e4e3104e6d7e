/** order.transfer: the guests sit elsewhere now, and the kitchen is told for what it still has in hand. */
import type { CommandDefinition } from '../command.js';
import { Draft } from '../draft.js';
import { EXPECTS } from '../expects.js';
import { inKitchen } from '../order-state.js';
import type { OrderTransfer } from '../payloads/order.js';
import { notFound, refusedIfFinished } from '../refused.js';

export const orderTransfer: CommandDefinition<'order.transfer', OrderTransfer> = {
  name: 'order.transfer',
  roles: ['cashier', 'waiter'],
  shift: 'shared',
  needsOpenShift: true,
  records: ({ order_id }) => ({ orders: [order_id] }),
  expects: EXPECTS['order.transfer'],
  decide(state, { order_id, table_no }, context) {
    const order = state.order(order_id);
    if (order === undefined) return notFound('order', order_id);
    const finished = refusedIfFinished(order.header);
    if (finished !== undefined) return finished;
    if (order.header.table_no === table_no) return { kind: 'unchanged' };
    const draft = new Draft(state, context);
    draft.update('order_header', order.header, { table_no });
    for (const line of order.lines) {
      if (inKitchen(line)) draft.update('order_line', line, { mark: 'moved' });
    }
    draft.settleOrder(order_id);
    return draft.decision();
  },
};
