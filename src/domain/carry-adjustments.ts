/**
 * Discounts of lines that go to another order. They are copied as new rows, so that the guests pay what they would have paid:
 * percentages follow the lines, amounts give what they gave before the move, not a penny less and none twice.
 */
import { adjust, type Given } from './adjust.js';
import type { BranchState, CommandContext } from './command.js';
import type { Draft } from './draft.js';
import type { OrderAdjustment, OrderAggregate } from './rows.js';
import { orderTotals } from './totals.js';

/** What lines come from, as it stood before the move, and where they go. */
export interface Carriage {
  readonly state: BranchState;
  readonly context: CommandContext;
  readonly source: OrderAggregate;
  readonly targetId: string;
  /** Lines that are not voided and go, whole or in part: source line id to the id in the target. */
  readonly moved: ReadonlyMap<string, string>;
}

/** To be called when the lines were moved in the draft. Every discount of the source goes to the target. */
export function carryAll(draft: Draft, carriage: Carriage): void {
  const { source, targetId, moved } = carriage;
  const before = amounts(carriage, source);
  const held = heldBy(draft, targetId);
  const copies: Given[] = [];
  for (const discount of discountsOf(source)) {
    const given = copyOf(discount, { targetId, amount: before.get(discount.id) ?? 0 });
    if (discount.line_id !== null) {
      if (moved.has(discount.line_id) && !takeEqual(held, given)) copies.push(given);
    } else if (discount.value_kind === 'amount') {
      copies.push(given);
    } else if (!takeEqual(held, given)) {
      for (const line_id of moved.values()) copies.push({ ...given, line_id });
    }
  }
  giveWhole(draft, carriage, copies);
}

/** To be called when the lines were moved in the draft. Amounts off the whole order stay, as far as it still holds them. */
export function carryShare(draft: Draft, carriage: Carriage): void {
  const { source, targetId, moved } = carriage;
  const before = amounts(carriage, source);
  const left = draft.order(source.header.id);
  const after = left === undefined ? before : amounts(carriage, left);
  const copies: Given[] = [];
  const excesses: Given[] = [];
  for (const discount of discountsOf(source)) {
    const amount = before.get(discount.id) ?? 0;
    const given = copyOf(discount, { targetId, amount });
    const line_id = discount.line_id === null ? null : (moved.get(discount.line_id) ?? null);
    const follows = discount.line_id === null || line_id !== null;
    const whole = line_id !== null && line_id === discount.line_id;
    if (whole || (follows && discount.value_kind === 'percent')) {
      copies.push({ ...given, line_id });
    } else if (discount.value_kind === 'amount') {
      const excess = amount - (after.get(discount.id) ?? 0);
      excesses.push({ ...given, line_id, value: Math.max(0, excess) });
    }
  }
  giveWhole(draft, carriage, [...copies, ...excesses]);
}

/** Drafts the copies; what an amount cannot take off its line any more is taken off the whole order. */
function giveWhole(draft: Draft, carriage: Carriage, copies: readonly Given[]): void {
  const rows = adjust(
    draft,
    copies.filter(({ value }) => value > 0),
    carriage,
  );
  const short = rows
    .filter(({ value_kind, value, amount }) => value_kind === 'amount' && amount < value)
    .map((row): Given => ({
      ...copyOf(row, { targetId: row.order_id, amount: row.value - row.amount }),
      line_id: null,
    }));
  adjust(draft, short, carriage);
}

function discountsOf({ adjustments }: OrderAggregate): readonly OrderAdjustment[] {
  return adjustments.filter(({ kind }) => kind !== 'service_charge');
}

function amounts({ state }: Carriage, order: OrderAggregate): ReadonlyMap<string, number> {
  return orderTotals(order, state.branch.tax_rules).adjustments;
}

/** `amount` is what the discount came to; it is the value of the copy where the discount is one of an amount. */
function copyOf(
  { line_id, kind, value_kind, value, reason, by_staff }: OrderAdjustment,
  { targetId, amount }: { targetId: string; amount: number },
): Given {
  return {
    order_id: targetId,
    line_id,
    kind,
    value_kind,
    value: value_kind === 'amount' ? amount : value,
    reason,
    by_staff,
  };
}

/** Discounts that the target has already and that apply to the lines that come: to all lines, or from an earlier stay. */
function heldBy(draft: Draft, targetId: string): Map<string, number> {
  const held = new Map<string, number>();
  const order = draft.order(targetId);
  for (const discount of order === undefined ? [] : discountsOf(order)) {
    const key = kindOf(discount);
    held.set(key, (held.get(key) ?? 0) + 1);
  }
  return held;
}

function takeEqual(held: Map<string, number>, given: Given): boolean {
  const key = kindOf(given);
  const count = held.get(key) ?? 0;
  if (count === 0) return false;
  held.set(key, count - 1);
  return true;
}

/** Tells discounts apart. The value of an amount is left out: a copy may hold less of it. */
function kindOf({ line_id, value_kind, value, reason, by_staff }: Given): string {
  const percent = value_kind === 'percent' ? value : null;
  return JSON.stringify([line_id, value_kind, percent, reason, by_staff]);
}
