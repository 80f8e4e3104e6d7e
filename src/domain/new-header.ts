/** The header of an order that begins now: nothing sent, nothing owed, nothing paid. */
import { assert } from '../base/assert.js';
import type { BranchState, CommandContext } from './command.js';
import type { OrderHeader } from './rows.js';

/** The columns that differ from one new order to the next. */
type Chosen = Pick<OrderHeader, 'id' | 'number' | 'order_type'> &
  Partial<
    Pick<OrderHeader, 'table_no' | 'guests' | 'customer_name' | 'note' | 'priority' | 'split_from'>
  >;

/** Belongs to the open shift and its business date, from which its number is, too. */
export function newHeader(
  state: BranchState,
  { actor, now }: CommandContext,
  chosen: Chosen,
): OrderHeader {
  const { shift } = state;
  assert(shift, 'an order is opened in an open shift');
  return {
    id: chosen.id,
    branch_id: state.branch.id,
    shift_id: shift.id,
    business_date: shift.business_date,
    number: chosen.number,
    order_type: chosen.order_type,
    table_no: chosen.table_no ?? null,
    guests: chosen.guests ?? null,
    customer_name: chosen.customer_name ?? null,
    note: chosen.note ?? null,
    priority: chosen.priority ?? 0,
    status: 'open',
    payment_status: 'unpaid',
    stations: [],
    subtotal: 0,
    discount: 0,
    service_charge: 0,
    tax: 0,
    rounding: 0,
    total: 0,
    paid: 0,
    tip: 0,
    opened_by: actor.staffId,
    device_id: actor.deviceId,
    merged_into: null,
    split_from: chosen.split_from ?? null,
    void_reason: null,
    opened_at: now,
    sent_at: null,
    ready_at: null,
    closed_at: null,
    updated_at: now,
    version: 1,
    reopen_reason: null,
  };
}
