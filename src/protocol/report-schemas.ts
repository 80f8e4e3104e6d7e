/** What the reports answer, as schemas for the documents; domain/reports has the same as types. */
import { Type, type TProperties } from 'typebox';
import { nullable, strict } from '../domain/fields.js';
import { ROW_SCHEMAS } from './row-schemas.js';

const Amount = Type.Integer({ description: 'minor units of the branch’s currency' });
const Count = Type.Integer({ minimum: 0 });
const Text = Type.String();
const TextOrNull = nullable(Text);
const Milliseconds = nullable(Type.Integer({ minimum: 0 }));
const Method = ROW_SCHEMAS.order_payment.properties['method'] ?? Text;
const OrderType = ROW_SCHEMAS.order_header.properties['order_type'] ?? Text;

const head = {
  branch: strict({ id: Text, name: Text, currency: Text, zone: Text }),
  from: Text,
  to: Text,
  open: Type.Boolean({ description: 'the open shift is in it, as it stands now' }),
};

const counted = { count: Count, amount: Amount };
const ordered = { orders: Count, total: Amount };
const sold = { qty: Count, total: Amount };
const person = { by_staff: TextOrNull, staff_name: TextOrNull };
const because = { reason: TextOrNull, ...person };
const period = {
  shifts: Count,
  orders: Count,
  guests: Count,
  gross: Amount,
  discount: Amount,
  tax: Amount,
  total: Amount,
};
const taken = { payments: Count, paid: Amount, refunds: Count, refunded: Amount };
const item = { item_id: Text, name: Text };
const station = { station: TextOrNull, station_name: TextOrNull };
const opener = { by_staff: Text, staff_name: TextOrNull };

const list = (columns: TProperties) => Type.Array(strict(columns));

/** Rows that may be the first of more. */
function rankedRows(columns: TProperties, figures: TProperties) {
  return {
    rows: list({ ...columns, ...figures }),
    rest: nullable(strict({ rows: Count, ...figures })),
    totals: strict(figures),
  };
}

const SALES_ROWS = {
  hour: [{ hour: Count }, ordered],
  day: [{ business_date: Text }, period],
  month: [{ month: Text }, period],
  item: [{ ...item, category: TextOrNull }, sold],
  category: [{ category: TextOrNull }, sold],
  station: [station, sold],
  staff: [opener, ordered],
  order_type: [{ order_type: OrderType }, ordered],
  method: [{ method: Method }, taken],
} as const satisfies Record<string, readonly [TProperties, TProperties]>;

const SalesResult = Type.Object({
  ...head,
  group_by: Type.Enum(Object.keys(SALES_ROWS)),
  rows: Type.Union(
    Object.values(SALES_ROWS).map(([columns, figures]) => list({ ...columns, ...figures })),
  ),
  rest: nullable(
    Type.Union(
      [ordered, period, sold, taken].map((figures) => strict({ rows: Count, ...figures })),
    ),
  ),
  totals: Type.Union([ordered, period, sold, taken].map((figures) => strict(figures))),
});

const times = strict({ p50: Milliseconds, p90: Milliseconds });

const kitchenRow = {
  station: Text,
  station_name: TextOrNull,
  lines: Count,
  recalls: Count,
  queue: times,
  preparation: times,
  to_ready: times,
};

const headline = {
  orders: Count,
  guests: Count,
  gross: Amount,
  discount: Amount,
  service_charge: Amount,
  net: Amount,
  tax: Amount,
  rounding: Amount,
  total: Amount,
};

const SummarySales = strict({
  ...headline,
  average_order: nullable(Amount),
  average_guest: nullable(Amount),
  average_ready_ms: Milliseconds,
  taxes: list({ rate: Type.Integer({ description: 'basis points' }), net: Amount, tax: Amount }),
  discounts: list({ ...because, ...counted }),
  comps: list({ ...because, ...counted }),
  voids: list({ ...because, ...counted }),
  corrections: Count,
  by_hour: list({ hour: Count, ...ordered }),
  by_order_type: list({ order_type: OrderType, ...ordered }),
  by_staff: list({ ...opener, ...ordered }),
  by_category: list({ category: TextOrNull, ...sold }),
  by_station: list({ ...station, ...sold }),
  by_item: list({ ...item, ...sold }),
  by_item_rest: strict({ items: Count, ...sold }),
});

const SummaryResult = strict({
  ...head,
  shifts: Count,
  sales: SummarySales,
  payments: list({ method: Method, ...taken }),
  tips: list({ method: Method, ...opener, ...counted }),
  no_sales: Count,
  late: list({ device_id: Text, ...counted }),
  drawer: Type.Object({
    opening_float: Amount,
    payments: Amount,
    tips: Amount,
    refunds: Amount,
    paid_in: Amount,
    paid_out: Amount,
    drops: Amount,
    expected: Amount,
    counted: Amount,
    over_short: Amount,
    uncounted: Count,
  }),
  kitchen: list(kitchenRow),
  totals: strict({ ...headline, paid: Amount, refunded: Amount, tips: Amount }),
});

const { branch_id: _branch, version: _version, ...shiftColumns } = ROW_SCHEMAS.pos_shift.properties;

export const REPORT_RESULTS = {
  'report.summary': SummaryResult,
  'report.sales': SalesResult,
  'report.discounts': strict({
    ...head,
    ...rankedRows({ kind: Type.Enum(['discount', 'comp']), ...because }, counted),
    discounts: strict(counted),
    comps: strict(counted),
  }),
  'report.voids': strict({ ...head, ...rankedRows(because, counted), corrections: Count }),
  'report.kitchen': strict({
    ...head,
    rows: list(kitchenRow),
    totals: strict({ lines: Count, recalls: Count }),
  }),
  'report.shifts': strict({
    ...head,
    rows: list({
      ...shiftColumns,
      opened_by_name: TextOrNull,
      closed_by_name: TextOrNull,
      ...ordered,
    }),
    totals: strict({
      ...ordered,
      expected_cash: Amount,
      counted_cash: Amount,
      over_short: Amount,
    }),
  }),
} as const;
