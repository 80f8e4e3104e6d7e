/** kitchen.clear: a cook has seen the marks. */
import type { CommandDefinition } from '../command.js';
import { Draft } from '../draft.js';
import { EXPECTS } from '../expects.js';
import type { KitchenClear } from '../payloads/kitchen.js';
import { notFound } from '../refused.js';

export const kitchenClear: CommandDefinition<'kitchen.clear', KitchenClear> = {
  name: 'kitchen.clear',
  roles: ['kitchen'],
  shift: 'shared',
  needsOpenShift: false,
  records: ({ order_id }) => ({ orders: [order_id] }),
  expects: EXPECTS['kitchen.clear'],
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
};
