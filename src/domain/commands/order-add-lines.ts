/** order.add_lines: rings up lines on an order. It needs no version: two people may add at the same moment. */
import { Type } from 'typebox';
import { defineCommand } from '../command.js';
import { Draft } from '../draft.js';
import { Id, LINES_PER_COMMAND_MAX, strict } from '../fields.js';
import { notFound, refusedIfFinished } from '../refused.js';
import { LineRequest, ringUp } from '../ring-up.js';

export const orderAddLines = defineCommand({
  name: 'order.add_lines',
  payload: strict({
    order_id: Id,
    lines: Type.Array(LineRequest, { minItems: 1, maxItems: LINES_PER_COMMAND_MAX }),
  }),
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
});
