/** order.update_line: everything about a line before it is sent; after, what the kitchen can still follow, and is told. */
import type { BranchState, CommandDefinition, Decision } from '../command.js';
import { Draft } from '../draft.js';
import { EXPECTS } from '../expects.js';
import { chooseModifiers } from '../modifiers.js';
import { isUnsent } from '../order-state.js';
import type { OrderUpdateLine } from '../payloads/line.js';
import { returnPortions, takePortions } from '../portions.js';
import { lineState, notFound, refusedIfFinished } from '../refused.js';
import { refusedIfTooLarge } from '../ring-up.js';
import type { OrderLine } from '../rows.js';

const CHANGEABLE_ONCE_SENT = ['note', 'seat', 'course'];

export const orderUpdateLine: CommandDefinition<'order.update_line', OrderUpdateLine> = {
  name: 'order.update_line',
  roles: ['cashier', 'waiter'],
  shift: 'shared',
  needsOpenShift: true,
  records: ({ order_id }) => ({ orders: [order_id] }),
  expects: EXPECTS['order.update_line'],
  decide(state, payload, context) {
    const order = state.order(payload.order_id);
    if (order === undefined) return notFound('order', payload.order_id);
    const line = order.lines.find(({ id }) => id === payload.line_id);
    if (line === undefined) return notFound('line', payload.line_id);
    const finished = refusedIfFinished(order.header);
    if (finished !== undefined) return finished;
    if (line.status === 'voided') return lineState(line, 'the line is voided');
    const draft = new Draft(state, context);
    const refusal = isUnsent(line)
      ? changeUnsent(draft, line, { state, payload })
      : changeSent(draft, line, payload);
    if (refusal !== undefined) return refusal;
    draft.settleOrder(order.header.id);
    return refusedIfTooLarge(draft.order(order.header.id)) ?? draft.decision();
  },
};

function changeUnsent(
  draft: Draft,
  line: OrderLine,
  { state, payload }: { state: BranchState; payload: OrderUpdateLine },
): Decision | undefined {
  const { order_id: _order, line_id: _line, modifiers, ...columns } = payload;
  const item = state.item(line.item_id);
  if (modifiers !== undefined && !sameModifiers(line, modifiers)) {
    if (item === undefined) return notFound('item', line.item_id);
    const chosen = chooseModifiers(item, modifiers, '/modifiers');
    if (chosen.kind === 'refused') return chosen.decision;
    draft.update('order_line', line, { modifiers: chosen.modifiers });
  }
  const more = (columns.qty ?? line.qty) - line.qty;
  if (more > 0) {
    if (item === undefined) return notFound('item', line.item_id);
    const short = takePortions(draft, item, { qty: more, path: '/qty' });
    if (short !== undefined) return short;
  }
  if (more < 0) returnPortions(draft, item, -more);
  draft.update('order_line', line, columns);
  return undefined;
}

function changeSent(draft: Draft, line: OrderLine, payload: OrderUpdateLine): Decision | undefined {
  const { order_id: _order, line_id: _line, qty, modifiers, ...columns } = payload;
  const otherQty = qty !== undefined && qty !== line.qty;
  if (otherQty || (modifiers !== undefined && !sameModifiers(line, modifiers))) {
    return lineState(line, 'the line was sent: void it and add another', {
      columns: CHANGEABLE_ONCE_SENT,
    });
  }
  const changed = draft.update('order_line', line, columns);
  if (changed !== line && line.station !== null) {
    draft.update('order_line', line, { mark: 'changed' });
  }
  return undefined;
}

function sameModifiers(line: OrderLine, ids: readonly string[]): boolean {
  return (
    ids.length === line.modifiers.length && ids.every((id, at) => id === line.modifiers[at]?.id)
  );
}
