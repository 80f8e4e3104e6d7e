/** order.close: paid to the cent and done. What the kitchen still has in hand goes on. */
import type { CommandDefinition } from '../command.js';
import { Draft } from '../draft.js';
import { EXPECTS } from '../expects.js';
import type { OrderClose } from '../payloads/order.js';
import { notFound, refused, refusedIfFinished } from '../refused.js';

export const orderClose: CommandDefinition<'order.close', OrderClose> = {
  name: 'order.close',
  roles: ['cashier'],
  shift: 'shared',
  needsOpenShift: true,
  records: ({ order_id }) => ({ orders: [order_id] }),
  expects: EXPECTS['order.close'],
  decide(state, { order_id }, context) {
    const order = state.order(order_id);
    if (order === undefined) return notFound('order', order_id);
    const finished = refusedIfFinished(order.header);
    if (finished !== undefined) return finished;
    const draft = new Draft(state, context);
    draft.settleOrder(order_id);
    const { total, paid } = draft.current('order_header', order.header);
    const balance = total - paid;
    if (balance !== 0) {
      const message =
        balance > 0 ? `${balance.toString()} to pay` : `${(-balance).toString()} to give back`;
      return refused('balance_due', message, { details: { balance } });
    }
    draft.update('order_header', order.header, { status: 'closed', closed_at: context.now });
    return draft.decision();
  },
};
