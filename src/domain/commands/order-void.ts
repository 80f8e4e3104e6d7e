/** order.void: takes the whole order back; the kitchen sees what it had of it struck through. */
import type { CommandDefinition } from '../command.js';
import { Draft } from '../draft.js';
import { EXPECTS } from '../expects.js';
import type { OrderVoid } from '../payloads/order.js';
import { notFound, orderState, refusedIfFinished } from '../refused.js';
import { voidLine } from '../void-line.js';

export const orderVoid: CommandDefinition<'order.void', OrderVoid> = {
  name: 'order.void',
  roles: [],
  shift: 'shared',
  needsOpenShift: true,
  records: ({ order_id }) => ({ orders: [order_id] }),
  expects: EXPECTS['order.void'],
  decide(state, { order_id, reason }, context) {
    const order = state.order(order_id);
    if (order === undefined) return notFound('order', order_id);
    const { header, lines } = order;
    const finished = refusedIfFinished(header);
    if (finished !== undefined) return finished;
    if (header.paid !== 0) return orderState(header, 'give back what was paid first');
    const draft = new Draft(state, context);
    draft.update('order_header', header, { status: 'voided', void_reason: reason });
    for (const line of lines) {
      if (line.status !== 'voided') voidLine(draft, line, { state, context, reason });
    }
    draft.settleOrder(order_id);
    return draft.decision();
  },
};
