/** order.void_line: takes one line back, with a reason. */
import type { CommandDefinition } from '../command.js';
import { Draft } from '../draft.js';
import { EXPECTS } from '../expects.js';
import type { OrderVoidLine } from '../payloads/line.js';
import { lineState, notFound, refusedIfFinished } from '../refused.js';
import { voidLine } from '../void-line.js';

export const orderVoidLine: CommandDefinition<'order.void_line', OrderVoidLine> = {
  name: 'order.void_line',
  roles: ['cashier', 'waiter'],
  shift: 'shared',
  needsOpenShift: true,
  records: ({ order_id }) => ({ orders: [order_id] }),
  expects: EXPECTS['order.void_line'],
  decide(state, { order_id, line_id, reason }, context) {
    const order = state.order(order_id);
    if (order === undefined) return notFound('order', order_id);
    const line = order.lines.find(({ id }) => id === line_id);
    if (line === undefined) return notFound('line', line_id);
    const finished = refusedIfFinished(order.header);
    if (finished !== undefined) return finished;
    if (line.status === 'voided') return lineState(line, 'the line is voided already');
    const draft = new Draft(state, context);
    voidLine(draft, line, { state, context, reason });
    draft.settleOrder(order_id);
    return draft.decision();
  },
};
