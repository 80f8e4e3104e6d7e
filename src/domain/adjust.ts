/** Writing adjustments: discounts, comps and the service charge, each with what it came to when it was given. */
import { assert } from '../base/assert.js';
import type { BranchState, CommandContext } from './command.js';
import type { Draft } from './draft.js';
import type { OrderAdjustment, OrderType } from './rows.js';
import { orderTotals } from './totals.js';

/** What is the giver's to say; the rest of the row follows. */
export type Given = Pick<
  OrderAdjustment,
  'order_id' | 'line_id' | 'kind' | 'value_kind' | 'value' | 'reason' | 'by_staff'
>;

/** Drafts the adjustments in the order given, and gives their rows as drafted; settling the order is the caller's. */
export function adjust(
  draft: Draft,
  given: readonly Given[],
  { state, context }: { readonly state: BranchState; readonly context: CommandContext },
): readonly OrderAdjustment[] {
  const { shift } = state;
  assert(shift, 'an adjustment is given in an open shift');
  const rows = given.map((columns): OrderAdjustment => ({
    id: context.newId(),
    branch_id: state.branch.id,
    shift_id: shift.id,
    amount: 0,
    at: context.now,
    version: 1,
    ...columns,
  }));
  for (const row of rows) draft.insert('order_adjustment', row);
  const amounts = new Map<string, number>();
  for (const orderId of new Set(given.map(({ order_id }) => order_id))) {
    const order = draft.order(orderId);
    if (order === undefined) continue;
    const totals = orderTotals(order, state.branch.tax_rules);
    for (const [id, amount] of totals.adjustments) amounts.set(id, amount);
  }
  return rows.map((row) =>
    draft.update('order_adjustment', row, { amount: amounts.get(row.id) ?? 0 }),
  );
}

/** The service charge that the branch takes on orders of this type; empty: none. */
export function serviceCharge(
  state: BranchState,
  context: CommandContext,
  order: { readonly id: string; readonly order_type: OrderType },
): readonly Given[] {
  const { service_charge_rate: rate, service_charge_order_types: types } = state.branch.tax_rules;
  if (rate === 0 || !types.includes(order.order_type)) return [];
  return [
    {
      order_id: order.id,
      line_id: null,
      kind: 'service_charge',
      value_kind: 'percent',
      value: rate,
      reason: null,
      by_staff: context.actor.staffId,
    },
  ];
}
