/** Makers of the rows of money, with everything filled in, beside those of support/domain.ts. */
import type {
  CashMovement,
  OrderAdjustment,
  OrderAggregate,
  OrderHeader,
  OrderLine,
  OrderPayment,
  TaxRules,
} from '../../src/domain/rows.js';
import { orderTotals } from '../../src/domain/totals.js';
import { makeBranch, makeHeader, makeLine, NOON } from './domain.js';

export { makeHeader, makeShift } from './domain.js';

export function makePayment(columns: Partial<OrderPayment> = {}): OrderPayment {
  return {
    id: 'payment-1',
    order_id: 'order-1',
    branch_id: 'main',
    shift_id: 'shift-1',
    kind: 'payment',
    refund_of: null,
    method: 'card',
    amount: 1_000,
    tip: 0,
    tendered: null,
    change_due: null,
    reference: null,
    by_staff: 'cashier-1',
    device_id: 'till-1',
    at: NOON,
    client_at: null,
    version: 1,
    ...columns,
  };
}

export function makeMovement(columns: Partial<CashMovement> = {}): CashMovement {
  return {
    id: 'movement-1',
    shift_id: 'shift-1',
    branch_id: 'main',
    kind: 'paid_in',
    amount: 1_000,
    reason: 'float',
    by_staff: 'cashier-1',
    at: NOON,
    version: 1,
    ...columns,
  };
}

export function makeAdjustment(columns: Partial<OrderAdjustment> = {}): OrderAdjustment {
  return {
    id: 'adjustment-1',
    order_id: 'order-1',
    line_id: null,
    branch_id: 'main',
    shift_id: 'shift-1',
    kind: 'discount',
    value_kind: 'percent',
    value: 1_000,
    amount: 0,
    reason: 'regular',
    by_staff: 'cashier-1',
    at: NOON,
    version: 1,
    ...columns,
  };
}

export interface OrderParts {
  readonly header?: Partial<OrderHeader>;
  readonly lines?: readonly Partial<OrderLine>[];
  readonly adjustments?: readonly Partial<OrderAdjustment>[];
  readonly rules?: TaxRules;
}

/** An order whose totals are what the hub would have made of its lines and adjustments; closed unless told otherwise. */
export function makeOrder({
  header,
  lines = [{}],
  adjustments = [],
  rules,
}: OrderParts): OrderAggregate {
  const id = header?.id ?? 'order-1';
  const rows = {
    lines: lines.map((columns, index) =>
      makeLine({
        id: `${id}-line-${String(index + 1)}`,
        order_id: id,
        seq: index + 1,
        status: 'served',
        sent_at: NOON,
        ...columns,
      }),
    ),
    adjustments: adjustments.map((columns, index) =>
      makeAdjustment({ id: `${id}-adjustment-${String(index + 1)}`, order_id: id, ...columns }),
    ),
  };
  const totals = orderTotals(rows, rules ?? makeBranch().tax_rules);
  return {
    header: makeHeader({ id, status: 'closed', closed_at: NOON, ...header, ...totals.header }),
    lines: rows.lines.map((line) => ({ ...line, ...totals.lines.get(line.id) })),
    payments: [],
    adjustments: rows.adjustments,
  };
}
