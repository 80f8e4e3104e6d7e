/** kitchen.clear: a cook has seen the marks. */
import { Type } from 'typebox';
import { defineCommand } from '../command.js';
import { Draft } from '../draft.js';
import { Id, LINES_PER_COMMAND_MAX, strict } from '../fields.js';
import { notFound } from '../refused.js';

export const kitchenClear = defineCommand({
  name: 'kitchen.clear',
  payload: strict({
    order_id: Id,
    line_ids: Type.Array(Id, { minItems: 1, maxItems: LINES_PER_COMMAND_MAX }),
  }),
  roles: ['kitchen'],
  shift: 'shared',
  needsOpenShift: false,
  records: ({ order_id }) => ({ orders: [order_id] }),
  expects: ({ line_ids }) => ({ order_line: line_ids }),
  decide(state, { order_id, line_ids }, context) {
    const order = state.order(order_id);
    if (order === undefined) return notFound('order', order_id);
    const draft = new Draft(state, context);
    for (const id of line_ids) {
      const line = order.lines.find((candidate) => candidate.id === id);
      if (line === undefined) return notFound('line', id);
      draft.update('order_line', line, { mark: null });
    }
    draft.settleOrder(order_id);
    return draft.decision();
  },
});
