/** order.void: takes the whole order back; the kitchen sees what it had of it struck through. */
import { defineCommand } from '../command.js';
import { Draft } from '../draft.js';
import { Id, Reason, strict } from '../fields.js';
import { notFound, orderState, refusedIfFinished } from '../refused.js';
import { voidLine } from '../void-line.js';

export const orderVoid = defineCommand({
  name: 'order.void',
  payload: strict({ order_id: Id, reason: Reason }),
  roles: [],
  shift: 'shared',
  needsOpenShift: true,
  records: ({ order_id }) => ({ orders: [order_id] }),
  expects: ({ order_id }) => ({ order_header: [order_id] }),
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
});
