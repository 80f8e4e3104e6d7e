/** order.send: gives lines to the kitchen, each once; naming lines or a course also fires held ones. */
import type { CommandDefinition, Decision } from '../command.js';
import { Draft } from '../draft.js';
import { isUnsent } from '../order-state.js';
import type { OrderSend } from '../payloads/line.js';
import { invalid, lineState, notFound, refusedIfFinished } from '../refused.js';
import type { OrderLine } from '../rows.js';

type Picked =
  | { readonly kind: 'lines'; readonly lines: readonly OrderLine[] }
  | { readonly kind: 'refused'; readonly decision: Decision };

export const orderSend: CommandDefinition<'order.send', OrderSend> = {
  name: 'order.send',
  roles: ['cashier', 'waiter'],
  shift: 'shared',
  needsOpenShift: true,
  records: ({ order_id }) => ({ orders: [order_id] }),
  decide(state, payload, context) {
    const order = state.order(payload.order_id);
    if (order === undefined) return notFound('order', payload.order_id);
    const finished = refusedIfFinished(order.header);
    if (finished !== undefined) return finished;
    const picked = pick(order.lines, payload);
    if (picked.kind === 'refused') return picked.decision;
    if (picked.lines.length === 0) return { kind: 'unchanged' };
    const draft = new Draft(state, context);
    for (const line of picked.lines) draft.update('order_line', line, sent(line, context.now));
    draft.settleOrder(payload.order_id);
    return draft.decision();
  },
};

/** The unsent lines that the payload means. A named line that was sent already is passed over: it is where it should be. */
function pick(lines: readonly OrderLine[], { line_ids, course }: OrderSend): Picked {
  if (line_ids === undefined) {
    const meant =
      course === undefined
        ? (line: OrderLine): boolean => line.status === 'new'
        : (line: OrderLine): boolean => line.course === course && isUnsent(line);
    return { kind: 'lines', lines: lines.filter(meant) };
  }
  if (course !== undefined) return refusal(invalid('/course', 'give line_ids or course, not both'));
  const named: OrderLine[] = [];
  for (const id of new Set(line_ids)) {
    const line = lines.find((candidate) => candidate.id === id);
    if (line === undefined) return refusal(notFound('line', id));
    if (line.status === 'voided') return refusal(lineState(line, 'the line is voided'));
    if (isUnsent(line)) named.push(line);
  }
  return { kind: 'lines', lines: named };
}

function refusal(decision: Decision): Picked {
  return { kind: 'refused', decision };
}

/** Where nobody has to prepare anything, sent is served. */
function sent(line: OrderLine, now: number): Partial<OrderLine> {
  return line.station === null
    ? { status: 'served', sent_at: now, served_at: now }
    : { status: 'queued', sent_at: now };
}
