/** order.split: some of the lines, whole or in part, become an order of their own. Nothing is sent again. */
import { adjust, serviceCharge } from '../adjust.js';
import { carryShare } from '../carry-adjustments.js';
import type { CommandContext, CommandDefinition, Decision } from '../command.js';
import { Draft } from '../draft.js';
import { EXPECTS } from '../expects.js';
import { newHeader } from '../new-header.js';
import { inKitchen } from '../order-state.js';
import type { OrderSplit } from '../payloads/order.js';
import { invalid, lineState, notFound, refused, refusedIfFinished } from '../refused.js';
import type { OrderAggregate, OrderLine } from '../rows.js';

/** A line and how much of it goes. */
interface Share {
  readonly line: OrderLine;
  readonly qty: number;
}

type Shares =
  | { readonly kind: 'shares'; readonly shares: readonly Share[] }
  | { readonly kind: 'refused'; readonly decision: Decision };

export const orderSplit: CommandDefinition<'order.split', OrderSplit> = {
  name: 'order.split',
  roles: ['cashier', 'waiter'],
  shift: 'shared',
  needsOpenShift: true,
  records: ({ order_id, new_order_id }) => ({
    orders: [order_id],
    newOrders: new_order_id === undefined ? [] : [new_order_id],
  }),
  expects: EXPECTS['order.split'],
  decide(state, payload, context) {
    const source = state.order(payload.order_id);
    if (source === undefined) return notFound('order', payload.order_id);
    const finished = refusedIfFinished(source.header);
    if (finished !== undefined) return finished;
    const id = payload.new_order_id ?? context.newId();
    if (state.order(id) !== undefined) {
      return refused('already_exists', `order ${id} exists already`, {
        details: { table: 'order_header', id },
      });
    }
    const taken = sharesOf(source, payload);
    if (taken.kind === 'refused') return taken.decision;
    const { order_type, table_no, priority } = source.header;
    const header = newHeader(state, context, {
      id,
      number: context.takeNumbers(1),
      order_type,
      table_no,
      priority,
      split_from: source.header.id,
    });
    const draft = new Draft(state, context);
    draft.insert('order_header', header);
    const moved = moveShares(draft, taken.shares, { targetId: id, context });
    carryShare(draft, { state, context, source, targetId: id, moved });
    adjust(draft, serviceCharge(state, context, header), { state, context });
    draft.settleOrder(source.header.id);
    draft.settleOrder(id);
    return refusedIfOverpaid(draft, source) ?? draft.decision();
  },
};

function sharesOf(source: OrderAggregate, payload: OrderSplit): Shares {
  const shares = new Map<string, Share>();
  for (const [index, { line_id, qty }] of payload.lines.entries()) {
    const path = `/lines/${index.toString()}`;
    const line = source.lines.find(({ id }) => id === line_id);
    if (line === undefined) return refusal(notFound('line', line_id));
    if (line.status === 'voided') return refusal(lineState(line, 'the line is voided'));
    if (shares.has(line_id)) return refusal(invalid(`${path}/line_id`, 'is named twice'));
    if (qty !== undefined && qty > line.qty) {
      return refusal(invalid(`${path}/qty`, `the line has ${line.qty.toString()}`));
    }
    shares.set(line_id, { line, qty: qty ?? line.qty });
  }
  return { kind: 'shares', shares: [...shares.values()] };
}

function refusal(decision: Decision): Shares {
  return { kind: 'refused', decision };
}

/** Gives the ids that the lines have in the new order. */
function moveShares(
  draft: Draft,
  shares: readonly Share[],
  { targetId, context }: { targetId: string; context: CommandContext },
): ReadonlyMap<string, string> {
  const moved = new Map<string, string>();
  for (const [index, { line, qty }] of shares.entries()) {
    const there = { order_id: targetId, seq: index + 1 };
    const mark = inKitchen(line) ? 'moved' : line.mark;
    if (qty === line.qty) {
      draft.update('order_line', line, { ...there, mark });
      moved.set(line.id, line.id);
      continue;
    }
    const id = context.newId();
    const times = { updated_at: context.now, version: 1 };
    draft.update('order_line', line, { qty: line.qty - qty, mark });
    draft.insert('order_line', {
      ...line,
      ...there,
      ...times,
      id,
      qty,
      mark,
      origin_line_id: line.id,
      recalls: null,
    });
    moved.set(line.id, id);
  }
  return moved;
}

/** What was paid stays with the order that it was paid for, which must still be worth it. */
function refusedIfOverpaid(draft: Draft, source: OrderAggregate): Decision | undefined {
  const { paid, total } = draft.current('order_header', source.header);
  if (paid === 0 || paid <= total) return undefined;
  return refused('overpayment', 'more was paid than would be left of the order', {
    details: { paid, total },
  });
}
