/** order.reopen: a manager takes a closed order up again, as long as its shift is open. */
import type { CommandDefinition } from '../command.js';
import { Draft } from '../draft.js';
import { EXPECTS } from '../expects.js';
import type { OrderReopen } from '../payloads/order.js';
import { notFound, orderState } from '../refused.js';

export const orderReopen: CommandDefinition<'order.reopen', OrderReopen> = {
  name: 'order.reopen',
  roles: [],
  shift: 'shared',
  needsOpenShift: true,
  records: ({ order_id }) => ({ orders: [order_id] }),
  expects: EXPECTS['order.reopen'],
  decide(state, { order_id, reason }, context) {
    const order = state.order(order_id);
    if (order === undefined) return notFound('order', order_id);
    const { header } = order;
    if (header.status !== 'closed') return orderState(header, `the order is ${header.status}`);
    if (header.shift_id !== state.shift?.id) {
      return orderState(header, 'the shift in which the order was closed is over');
    }
    const draft = new Draft(state, context);
    draft.update('order_header', header, {
      status: 'open',
      closed_at: null,
      reopen_reason: reason,
    });
    draft.settleOrder(order_id);
    return draft.decision();
  },
};
