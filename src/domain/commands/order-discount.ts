/** order.discount: off a line or off the whole order; all of it (100 %) is a comp. */
import { adjust } from '../adjust.js';
import { PERCENT_MAX } from '../bounds.js';
import type { CommandDefinition } from '../command.js';
import { Draft } from '../draft.js';
import { EXPECTS } from '../expects.js';
import type { OrderDiscount } from '../payloads/order.js';
import { invalid, lineState, notFound, refusedIfFinished } from '../refused.js';

export const orderDiscount: CommandDefinition<'order.discount', OrderDiscount> = {
  name: 'order.discount',
  roles: ['cashier'],
  shift: 'shared',
  needsOpenShift: true,
  records: ({ order_id }) => ({ orders: [order_id] }),
  expects: EXPECTS['order.discount'],
  decide(state, { order_id, line_id, kind, value, reason }, context) {
    if (kind === 'percent' && value > PERCENT_MAX) {
      return invalid('/value', `at most ${PERCENT_MAX.toString()} basis points`);
    }
    const order = state.order(order_id);
    if (order === undefined) return notFound('order', order_id);
    const finished = refusedIfFinished(order.header);
    if (finished !== undefined) return finished;
    if (line_id !== undefined) {
      const line = order.lines.find(({ id }) => id === line_id);
      if (line === undefined) return notFound('line', line_id);
      if (line.status === 'voided') return lineState(line, 'the line is voided');
    }
    const draft = new Draft(state, context);
    const given = {
      order_id,
      line_id: line_id ?? null,
      kind: kind === 'percent' && value === PERCENT_MAX ? 'comp' : 'discount',
      value_kind: kind,
      value,
      reason,
      by_staff: context.actor.staffId,
    } as const;
    adjust(draft, [given], { state, context });
    draft.settleOrder(order_id);
    return draft.decision();
  },
};
