/** order.merge: two orders become one. Lines move as they are; nothing is sent again, and the kitchen is told. */
import { carryAll } from '../carry-adjustments.js';
import type { CommandDefinition } from '../command.js';
import { Draft } from '../draft.js';
import { EXPECTS } from '../expects.js';
import { inKitchen } from '../order-state.js';
import type { OrderMerge } from '../payloads/order.js';
import { invalid, notFound, orderState, refusedIfFinished } from '../refused.js';
import { lastSeq, refusedIfTooLarge } from '../ring-up.js';
import type { OrderAggregate } from '../rows.js';

export const orderMerge: CommandDefinition<'order.merge', OrderMerge> = {
  name: 'order.merge',
  roles: ['cashier', 'waiter'],
  shift: 'shared',
  needsOpenShift: true,
  records: ({ order_id, into_order_id }) => ({ orders: [order_id, into_order_id] }),
  expects: EXPECTS['order.merge'],
  decide(state, { order_id, into_order_id }, context) {
    if (order_id === into_order_id) return invalid('/into_order_id', 'is the order itself');
    const source = state.order(order_id);
    if (source === undefined) return notFound('order', order_id);
    const target = state.order(into_order_id);
    if (target === undefined) return notFound('order', into_order_id);
    const finished = refusedIfFinished(source.header) ?? refusedIfFinished(target.header);
    if (finished !== undefined) return finished;
    if (source.payments.length > 0) return orderState(source.header, 'the order has payments');
    const draft = new Draft(state, context);
    draft.update('order_header', source.header, { status: 'voided', merged_into: into_order_id });
    const moved = moveLines(draft, source, target);
    carryAll(draft, { state, context, source, targetId: into_order_id, moved });
    draft.settleOrder(order_id);
    draft.settleOrder(into_order_id);
    return refusedIfTooLarge(draft.order(into_order_id)) ?? draft.decision();
  },
};

/** Voided lines go along: a cook may still have to clear them. The result names those that count. */
function moveLines(
  draft: Draft,
  source: OrderAggregate,
  target: OrderAggregate,
): ReadonlyMap<string, string> {
  const moved = new Map<string, string>();
  let seq = lastSeq(target.lines);
  for (const line of source.lines) {
    seq += 1;
    draft.update('order_line', line, { order_id: target.header.id, seq });
    if (inKitchen(line)) draft.update('order_line', line, { mark: 'moved' });
    if (line.status !== 'voided') moved.set(line.id, line.id);
  }
  return moved;
}
