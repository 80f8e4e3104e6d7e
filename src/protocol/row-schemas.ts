/** The records as clients see them, as schemas for the API's and the protocol's documents. */
import { Type, type TProperties, type TSchema } from 'typebox';
import { nullable, strict } from '../domain/fields.js';
import { GUEST_COLUMNS, MONEY_COLUMNS } from '../domain/public-row.js';
import type { Rows, TableName } from '../domain/rows.js';
import { TABLES } from '../domain/tables.js';

/** The tables whose rows some view or route shows. */
export type ShownTable = Exclude<TableName, 'number_lease'>;

const Text = Type.String();
const Whole = Type.Integer();
const Yes = Type.Boolean();
const TextOrNull = nullable(Text);
const WholeOrNull = nullable(Whole);
const Texts = Type.Array(Text);
const Version = Type.Integer({ minimum: 0 });
/** Minor units of the branch's currency. */
const Amount = Type.Integer({ description: 'minor units of the branch’s currency' });
const AmountOrNull = nullable(Amount);
const Moment = Type.Integer({ description: 'UTC epoch milliseconds' });
const MomentOrNull = nullable(Moment);
const Rate = Type.Integer({ description: 'basis points' });
const Names = Type.Object({}, { additionalProperties: Text, description: 'by language code' });

const ORDER_STATUSES = ['open', 'preparing', 'ready', 'closed', 'voided'];
const LINE_STATUSES = ['new', 'held', 'queued', 'preparing', 'ready', 'served', 'voided'];

type Columns<T extends TableName> = { readonly [Column in keyof Rows[T] & string]: TSchema };

const COLUMNS: { readonly [T in ShownTable]: Columns<T> } = {
  order_header: {
    id: Text,
    branch_id: Text,
    shift_id: Text,
    business_date: Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' }),
    number: Whole,
    order_type: Type.Enum(['dine_in', 'takeaway', 'delivery']),
    table_no: TextOrNull,
    guests: WholeOrNull,
    customer_name: TextOrNull,
    note: TextOrNull,
    priority: Whole,
    status: Type.Enum(ORDER_STATUSES),
    payment_status: Type.Enum(['unpaid', 'partial', 'paid', 'refunded']),
    stations: Texts,
    subtotal: Amount,
    discount: Amount,
    service_charge: Amount,
    tax: Amount,
    rounding: Amount,
    total: Amount,
    paid: Amount,
    tip: Amount,
    opened_by: Text,
    device_id: Text,
    merged_into: TextOrNull,
    split_from: TextOrNull,
    void_reason: TextOrNull,
    opened_at: Moment,
    sent_at: MomentOrNull,
    ready_at: MomentOrNull,
    closed_at: MomentOrNull,
    updated_at: Moment,
    version: Version,
    reopen_reason: TextOrNull,
  },
  order_line: {
    id: Text,
    order_id: Text,
    branch_id: Text,
    seq: Whole,
    item_id: Text,
    name: Text,
    unit_price: Amount,
    qty: Whole,
    modifiers: Type.Array(strict({ id: Text, name: Text, price: Type.Optional(Amount) })),
    note: TextOrNull,
    allergens: Texts,
    seat: WholeOrNull,
    course: WholeOrNull,
    station: TextOrNull,
    status: Type.Enum(LINE_STATUSES),
    mark: nullable(Type.Enum(['changed', 'moved', 'voided'])),
    discount: Amount,
    tax_rate: Rate,
    tax: Amount,
    total: Amount,
    void_reason: TextOrNull,
    origin_line_id: TextOrNull,
    created_at: Moment,
    sent_at: MomentOrNull,
    started_at: MomentOrNull,
    ready_at: MomentOrNull,
    served_at: MomentOrNull,
    updated_at: Moment,
    version: Version,
    tax_included: Yes,
    voided_by: TextOrNull,
    recalls: nullable(Type.Integer()),
  },
  order_payment: {
    id: Text,
    order_id: Text,
    branch_id: Text,
    shift_id: Text,
    kind: Type.Enum(['payment', 'refund']),
    refund_of: TextOrNull,
    method: Type.Enum(['cash', 'card', 'voucher', 'account', 'other']),
    amount: Amount,
    tip: Amount,
    tendered: AmountOrNull,
    change_due: AmountOrNull,
    reference: TextOrNull,
    by_staff: Text,
    device_id: Text,
    at: Moment,
    client_at: MomentOrNull,
    version: Version,
  },
  order_adjustment: {
    id: Text,
    order_id: Text,
    line_id: TextOrNull,
    branch_id: Text,
    shift_id: Text,
    kind: Type.Enum(['discount', 'comp', 'service_charge']),
    value_kind: Type.Enum(['percent', 'amount']),
    value: Whole,
    amount: Amount,
    reason: TextOrNull,
    by_staff: Text,
    at: Moment,
    version: Version,
  },
  pos_shift: {
    id: Text,
    branch_id: Text,
    register_id: Text,
    business_date: Text,
    status: Type.Enum(['open', 'closed']),
    opened_by: Text,
    opened_at: Moment,
    opening_float: Amount,
    closed_by: TextOrNull,
    closed_at: MomentOrNull,
    counted_cash: AmountOrNull,
    expected_cash: AmountOrNull,
    over_short: AmountOrNull,
    z_number: WholeOrNull,
    version: Version,
    z_report: Type.Unknown(),
  },
  cash_movement: {
    id: Text,
    shift_id: Text,
    branch_id: Text,
    kind: Type.Enum(['paid_in', 'paid_out', 'drop', 'no_sale']),
    amount: Amount,
    reason: Text,
    by_staff: Text,
    at: Moment,
    version: Version,
  },
  menu_item: {
    id: Text,
    branch_id: Text,
    name: Text,
    names: Names,
    category: TextOrNull,
    station: TextOrNull,
    price: Amount,
    tax_rate: Rate,
    tax_included: Yes,
    modifier_groups: Type.Array(
      strict({
        id: Text,
        name: Text,
        min: Whole,
        max: Whole,
        options: Type.Array(
          strict({ id: Text, name: Text, price: Type.Optional(Amount), available: Yes }),
        ),
      }),
    ),
    allergens: Texts,
    prep_seconds: WholeOrNull,
    available: Yes,
    remaining: WholeOrNull,
    position: Whole,
    version: Version,
  },
  staff: {
    id: Text,
    branch_id: Text,
    name: Text,
    role: Type.Enum(['admin', 'manager', 'cashier', 'waiter', 'kitchen']),
    active: Yes,
    tokens_from: MomentOrNull,
    pin_set_at: MomentOrNull,
    password_set_at: MomentOrNull,
    version: Version,
  },
  device: {
    id: Text,
    branch_id: Text,
    name: Text,
    role: Type.Enum(['admin', 'manager', 'cashier', 'waiter', 'kitchen']),
    active: Yes,
    tokens_from: MomentOrNull,
    paired_at: MomentOrNull,
    version: Version,
  },
  station: {
    id: Text,
    branch_id: Text,
    name: Text,
    names: Names,
    position: Whole,
    version: Version,
  },
  branch: {
    id: Text,
    name: Text,
    currency: Type.String({ description: 'ISO 4217' }),
    zone: Type.String({ description: 'IANA time zone' }),
    cutoff_hour: Whole,
    tax_rules: strict({
      service_charge_rate: Rate,
      service_charge_order_types: Texts,
      service_charge_tax_rate: Rate,
      rounding_unit: Whole,
    }),
    settings: Type.Object({}, { additionalProperties: true }),
    version: Version,
  },
};

/** A row without the store's own columns. What the kitchen is not shown may be absent. */
function publicRow(table: ShownTable) {
  const { internal } = TABLES[table];
  const hidden: readonly string[] = [...MONEY_COLUMNS[table], ...(GUEST_COLUMNS[table] ?? [])];
  const columns: TProperties = {};
  for (const [name, schema] of Object.entries(COLUMNS[table])) {
    if ((internal as readonly string[]).includes(name)) continue;
    columns[name] = hidden.includes(name) ? Type.Optional(schema) : schema;
  }
  return strict(columns);
}

/** By table. One object each, so that documents can refer to them by name. */
export const ROW_SCHEMAS = {
  order_header: publicRow('order_header'),
  order_line: publicRow('order_line'),
  order_payment: publicRow('order_payment'),
  order_adjustment: publicRow('order_adjustment'),
  pos_shift: publicRow('pos_shift'),
  cash_movement: publicRow('cash_movement'),
  menu_item: publicRow('menu_item'),
  station: publicRow('station'),
  staff: publicRow('staff'),
  device: publicRow('device'),
} as const;

const { settings, ...branchColumns } = publicRow('branch').properties;

/** Settings are for those who may change them. */
export const BranchSchema = strict({
  ...branchColumns,
  settings: Type.Optional(settings ?? Type.Unknown()),
});

const { id, business_date, register_id, status, opened_at } = COLUMNS.pos_shift;

/** What every role sees of the open shift. */
export const ShiftHeadSchema = strict({ id, business_date, register_id, status, opened_at });

/** `device_status`, which no table holds. */
export const DeviceStatusSchema = strict({
  id: Text,
  name: Text,
  role: Type.Enum(['admin', 'manager', 'cashier', 'waiter', 'kitchen']),
  connected: Yes,
  last_seen_at: Moment,
  behind: Whole,
  queue_length: Whole,
  queue_oldest_at: MomentOrNull,
  version: Version,
});

/** One step of an order's or a line's status. */
export const StatusLogSchema = strict({
  order_id: Text,
  line_id: TextOrNull,
  status: Text,
  at: Moment,
  by_staff: Text,
  device_id: Text,
  version: Version,
});
