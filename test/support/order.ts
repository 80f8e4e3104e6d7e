/** Orders whose figures are right: their totals made as the hub makes them. */
import type {
  OrderAdjustment,
  OrderAggregate,
  OrderHeader,
  OrderLine,
  TaxRules,
} from '../../src/domain/rows.js';
import { orderTotals } from '../../src/domain/totals.js';
import { makeAdjustment, makeBranch, makeHeader, makeLine, NOON } from './rows.js';

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
    lines: rows.lines.map((line, index) => ({ ...line, ...totals.lines[index] })),
    payments: [],
    adjustments: rows.adjustments,
  };
}
