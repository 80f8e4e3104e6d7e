/** order.transfer: the guests sit elsewhere now, and the kitchen is told for what it still has in hand. */
import { defineCommand } from '../command.js';
import { Draft } from '../draft.js';
import { Id, Name, strict } from '../fields.js';
import { inKitchen } from '../order-state.js';
import { notFound, refusedIfFinished } from '../refused.js';

export const orderTransfer = defineCommand({
  name: 'order.transfer',
  payload: strict({ order_id: Id, table_no: Name }),
  roles: ['cashier', 'waiter'],
  shift: 'shared',
  needsOpenShift: true,
  records: ({ order_id }) => ({ orders: [order_id] }),
  expects: ({ order_id }) => ({ order_header: [order_id] }),
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
});
