/**
 * What of a row a role may see: internal columns leave for nobody, no money, nor who the guest is, for the kitchen, and no
 * settings for those who may not change them.
 */
import type { PosShift, Role, Rows, TableName } from './rows.js';
import { TABLES } from './tables.js';

type Columns<T extends TableName> = readonly (keyof Rows[T] & string)[];

/** Columns that hold money or rates. Prices stand also inside `order_line.modifiers` and `menu_item.modifier_groups`. */
export const MONEY_COLUMNS: { readonly [T in TableName]: Columns<T> } = {
  order_header: [
    'subtotal',
    'discount',
    'service_charge',
    'tax',
    'rounding',
    'total',
    'paid',
    'tip',
    'payment_status',
  ],
  order_line: ['unit_price', 'discount', 'tax_rate', 'tax', 'total'],
  order_payment: ['amount', 'tip', 'tendered', 'change_due'],
  order_adjustment: ['value', 'amount'],
  pos_shift: ['opening_float', 'counted_cash', 'expected_cash', 'over_short', 'z_report'],
  cash_movement: ['amount'],
  menu_item: ['price', 'tax_rate', 'tax_included'],
  station: [],
  staff: [],
  device: [],
  branch: ['tax_rules'],
  number_lease: [],
};

/** Columns that say who the guest is: a cook works without them, but not without the notes. */
export const GUEST_COLUMNS: { readonly [T in TableName]?: Columns<T> } = {
  order_header: ['customer_name'],
};

/** The tables whose rows some view or route shows to the role; nobody is shown rows of any other. */
const KITCHEN_TABLES: readonly TableName[] = [
  'order_header',
  'order_line',
  'menu_item',
  'station',
  'branch',
];
const WAITER_TABLES: readonly TableName[] = [
  ...KITCHEN_TABLES,
  'order_payment',
  'order_adjustment',
];
const TILL_TABLES: readonly TableName[] = [...WAITER_TABLES, 'pos_shift', 'cash_movement'];

const OFFICE_TABLES: readonly TableName[] = [...TILL_TABLES, 'staff', 'device'];

const TABLES_SHOWN: Readonly<Record<Role, readonly TableName[]>> = {
  kitchen: KITCHEN_TABLES,
  waiter: WAITER_TABLES,
  cashier: TILL_TABLES,
  manager: OFFICE_TABLES,
  admin: OFFICE_TABLES,
};

/** Columns for managers and administrators alone. */
const OFFICE_COLUMNS: { readonly [T in TableName]?: Columns<T> } = { branch: ['settings'] };

export type PublicRow = Readonly<Record<string, unknown>>;

/** The row as the role may see it; null: rows of this table are not shown to it. */
export function publicRow<T extends TableName>(
  table: T,
  row: Rows[T],
  role: Role,
): PublicRow | null {
  if (!TABLES_SHOWN[role].includes(table)) return null;
  const hidden = new Set<string>(TABLES[table].internal);
  if (role === 'kitchen') {
    for (const column of MONEY_COLUMNS[table]) hidden.add(column);
    for (const column of GUEST_COLUMNS[table] ?? []) hidden.add(column);
  }
  if (role !== 'manager' && role !== 'admin') {
    for (const column of OFFICE_COLUMNS[table] ?? []) hidden.add(column);
  }
  const shown: Record<string, unknown> = {};
  for (const [column, value] of Object.entries(row)) {
    if (!hidden.has(column)) shown[column] = role === 'kitchen' ? withoutPrices(value) : value;
  }
  return shown;
}

/** Of the open shift what everyone works by, whatever the role: whose day it is, and nothing of its money. */
export type ShiftHead = Pick<
  PosShift,
  'id' | 'business_date' | 'register_id' | 'status' | 'opened_at'
>;

export function shiftHead(shift: PosShift): ShiftHead {
  const { id, business_date, register_id, status, opened_at } = shift;
  return { id, business_date, register_id, status, opened_at };
}

/** A JSON column's value without any `price` inside. */
export function withoutPrices(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPrices);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([name]) => name !== 'price');
  return Object.fromEntries(kept.map(([name, inner]) => [name, withoutPrices(inner)]));
}
