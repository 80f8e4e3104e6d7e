/** Ringing up: from what the guest asked for to lines that hold what the menu says at that moment. */
import { AMOUNT_MAX, LINES_PER_ORDER_MAX } from './bounds.js';
import type { BranchState, CommandContext, Decision } from './command.js';
import type { Draft } from './draft.js';
import { chooseModifiers } from './modifiers.js';
import type { LineRequest } from './payloads/line.js';
import { takePortions } from './portions.js';
import { invalid, notFound, refused } from './refused.js';
import type { LineModifier, MenuItem, OrderAggregate, OrderLine } from './rows.js';

/** Where the lines go: an order that is in the state or in the draft. */
export interface RingUp {
  readonly state: BranchState;
  readonly context: CommandContext;
  readonly orderId: string;
}

/** Drafts the lines and settles the order; undefined: done. */
export function ringUp(
  draft: Draft,
  requests: readonly LineRequest[],
  { state, context, orderId }: RingUp,
): Decision | undefined {
  const lines = draft.order(orderId)?.lines ?? [];
  const ids = new Set(lines.map(({ id }) => id));
  let seq = lastSeq(lines);
  for (const [index, request] of requests.entries()) {
    const path = `/lines/${index.toString()}`;
    const id = request.line_id ?? context.newId();
    if (ids.has(id)) {
      return refused('already_exists', `line ${id} exists already`, {
        details: { table: 'order_line', id },
      });
    }
    ids.add(id);
    const item = state.item(request.item_id);
    if (item === undefined) return notFound('item', request.item_id);
    const chosen = chooseModifiers(item, request.modifiers ?? [], `${path}/modifiers`);
    if (chosen.kind === 'refused') return chosen.decision;
    const short = takePortions(draft, item, { qty: request.qty, path: `${path}/item_id` });
    if (short !== undefined) return short;
    seq += 1;
    const { modifiers } = chosen;
    draft.insert(
      'order_line',
      lineOf(request, { id, orderId, seq, item, modifiers, now: context.now }),
    );
  }
  draft.settleOrder(orderId);
  return refusedIfTooLarge(draft.order(orderId));
}

/** The highest `seq` of the lines; 0: there are none. */
export function lastSeq(lines: readonly OrderLine[]): number {
  return lines.reduce((last, { seq }) => Math.max(last, seq), 0);
}

/** Refuses an order that has grown beyond its bounds; beyond them sums would no longer be exact. */
export function refusedIfTooLarge(order: OrderAggregate | undefined): Decision | undefined {
  if (order === undefined) return undefined;
  if (order.lines.length > LINES_PER_ORDER_MAX) {
    return invalid('/lines', `an order holds at most ${LINES_PER_ORDER_MAX.toString()} lines`);
  }
  if (order.header.subtotal > AMOUNT_MAX) {
    return invalid('/lines', `an order comes to at most ${AMOUNT_MAX.toString()}`);
  }
  return undefined;
}

interface RungUp {
  readonly id: string;
  readonly orderId: string;
  readonly seq: number;
  readonly item: MenuItem;
  readonly modifiers: readonly LineModifier[];
  readonly now: number;
}

function lineOf(
  request: LineRequest,
  { id, orderId, seq, item, modifiers, now }: RungUp,
): OrderLine {
  return {
    id,
    order_id: orderId,
    branch_id: item.branch_id,
    seq,
    item_id: item.id,
    name: item.name,
    unit_price: item.price,
    qty: request.qty,
    modifiers,
    note: request.note ?? null,
    allergens: item.allergens,
    seat: request.seat ?? null,
    course: request.course ?? null,
    station: item.station,
    status: request.hold === true ? 'held' : 'new',
    mark: null,
    discount: 0,
    tax_rate: item.tax_rate,
    tax: 0,
    total: 0,
    void_reason: null,
    origin_line_id: null,
    created_at: now,
    sent_at: null,
    started_at: null,
    ready_at: null,
    served_at: null,
    updated_at: now,
    version: 1,
    tax_included: item.tax_included,
    voided_by: null,
    recalls: null,
  };
}
