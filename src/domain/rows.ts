/**
 * The records of a restaurant, as rows: the same names and shapes in SQL, memory, wire and SDK.
 * Money is an integer of the branch's minor units, times are UTC epoch milliseconds, rates are basis points.
 */

export type OrderType = 'dine_in' | 'takeaway' | 'delivery';
export type OrderStatus = 'open' | 'preparing' | 'ready' | 'closed' | 'voided';
export type PaymentStatus = 'unpaid' | 'partial' | 'paid' | 'refunded';
export type LineStatus = 'new' | 'held' | 'queued' | 'preparing' | 'ready' | 'served' | 'voided';
export type LineMark = 'changed' | 'moved' | 'voided';
export type PaymentMethod = 'cash' | 'card' | 'voucher' | 'account' | 'other';
export type Role = 'admin' | 'manager' | 'cashier' | 'waiter' | 'kitchen';

export interface OrderHeader {
  readonly id: string;
  readonly branch_id: string;
  readonly shift_id: string;
  /** `YYYY-MM-DD` of the shift in which the order was opened. */
  readonly business_date: string;
  /** Unique in its branch and business date; printed on the ticket and the receipt. */
  readonly number: number;
  readonly order_type: OrderType;
  readonly table_no: string | null;
  readonly guests: number | null;
  readonly customer_name: string | null;
  readonly note: string | null;
  readonly priority: number;
  readonly status: OrderStatus;
  readonly payment_status: PaymentStatus;
  /** Sorted ids of the stations with lines queued, preparing, ready or marked. */
  readonly stations: readonly string[];
  readonly subtotal: number;
  readonly discount: number;
  readonly service_charge: number;
  readonly tax: number;
  readonly rounding: number;
  readonly total: number;
  readonly paid: number;
  readonly tip: number;
  readonly opened_by: string;
  readonly device_id: string;
  readonly merged_into: string | null;
  readonly split_from: string | null;
  readonly void_reason: string | null;
  readonly opened_at: number;
  readonly sent_at: number | null;
  readonly ready_at: number | null;
  readonly closed_at: number | null;
  readonly updated_at: number;
  readonly version: number;
  /** Inside the store only: why it was last opened again. */
  readonly reopen_reason: string | null;
}

export interface LineModifier {
  readonly id: string;
  readonly name: string;
  readonly price: number;
}

export interface OrderLine {
  readonly id: string;
  readonly order_id: string;
  readonly branch_id: string;
  /** Position in the order, from 1. */
  readonly seq: number;
  readonly item_id: string;
  readonly name: string;
  readonly unit_price: number;
  readonly qty: number;
  readonly modifiers: readonly LineModifier[];
  readonly note: string | null;
  readonly allergens: readonly string[];
  readonly seat: number | null;
  readonly course: number | null;
  readonly station: string | null;
  readonly status: LineStatus;
  readonly mark: LineMark | null;
  readonly discount: number;
  readonly tax_rate: number;
  readonly tax: number;
  readonly total: number;
  readonly void_reason: string | null;
  readonly origin_line_id: string | null;
  readonly created_at: number;
  readonly sent_at: number | null;
  readonly started_at: number | null;
  readonly ready_at: number | null;
  readonly served_at: number | null;
  readonly updated_at: number;
  readonly version: number;
  /** Inside the store only: whether `unit_price` holds the tax, as the menu said when the line was rung up. */
  readonly tax_included: boolean;
  /** Inside the store only: who voided it, for the reports; null: it is not voided. */
  readonly voided_by: string | null;
  /** Inside the store only: how often the kitchen took it back to an earlier step; null: never. */
  readonly recalls: number | null;
}

export interface OrderPayment {
  readonly id: string;
  readonly order_id: string;
  readonly branch_id: string;
  readonly shift_id: string;
  readonly kind: 'payment' | 'refund';
  readonly refund_of: string | null;
  readonly method: PaymentMethod;
  /** Without tip, never negative: the kind carries the sign. */
  readonly amount: number;
  readonly tip: number;
  readonly tendered: number | null;
  readonly change_due: number | null;
  /** Of a payment the terminal's reference; of a refund its reason. */
  readonly reference: string | null;
  readonly by_staff: string;
  readonly device_id: string;
  readonly at: number;
  readonly client_at: number | null;
  readonly version: number;
}

export interface OrderAdjustment {
  readonly id: string;
  readonly order_id: string;
  /** null: the whole order. */
  readonly line_id: string | null;
  readonly branch_id: string;
  readonly shift_id: string;
  readonly kind: 'discount' | 'comp' | 'service_charge';
  readonly value_kind: 'percent' | 'amount';
  /** Basis points for percent, minor units for amount. */
  readonly value: number;
  /** What it came to when it was given; the totals evaluate it anew at each change. */
  readonly amount: number;
  readonly reason: string | null;
  readonly by_staff: string;
  readonly at: number;
  readonly version: number;
}

export interface PosShift {
  readonly id: string;
  readonly branch_id: string;
  readonly register_id: string;
  readonly business_date: string;
  readonly status: 'open' | 'closed';
  readonly opened_by: string;
  readonly opened_at: number;
  readonly opening_float: number;
  readonly closed_by: string | null;
  readonly closed_at: number | null;
  readonly counted_cash: number | null;
  readonly expected_cash: number | null;
  readonly over_short: number | null;
  /** Given inside the commit that closes the shift; gapless for each register. */
  readonly z_number: number | null;
  readonly version: number;
  /** Inside the store only: the report frozen by the close. */
  readonly z_report: unknown;
}

export interface CashMovement {
  readonly id: string;
  readonly shift_id: string;
  readonly branch_id: string;
  readonly kind: 'paid_in' | 'paid_out' | 'drop' | 'no_sale';
  /** 0 for no_sale. */
  readonly amount: number;
  readonly reason: string;
  readonly by_staff: string;
  readonly at: number;
  readonly version: number;
}

/** Derived, never stored: what the view `shift` shows of the open shift. */
export interface ShiftTotals {
  readonly id: string;
  readonly orders: number;
  readonly open_orders: number;
  readonly guests: number;
  readonly gross: number;
  readonly discount: number;
  readonly tax: number;
  readonly total: number;
  readonly paid_cash: number;
  readonly paid_card: number;
  readonly paid_other: number;
  readonly refunds: number;
  readonly tips: number;
  readonly expected_cash: number;
  /** The branch version that last changed it. */
  readonly version: number;
}

export interface ModifierOption {
  readonly id: string;
  readonly name: string;
  readonly price: number;
  readonly available: boolean;
}

export interface ModifierGroup {
  readonly id: string;
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly options: readonly ModifierOption[];
}

/** Names by language code (`{"ar": "..."}`). */
export type Names = Readonly<Record<string, string>>;

export interface MenuItem {
  readonly id: string;
  readonly branch_id: string;
  readonly name: string;
  readonly names: Names;
  readonly category: string | null;
  /** Station id; null: nothing to prepare, served as soon as it is sent. */
  readonly station: string | null;
  readonly price: number;
  readonly tax_rate: number;
  readonly tax_included: boolean;
  readonly modifier_groups: readonly ModifierGroup[];
  readonly allergens: readonly string[];
  readonly prep_seconds: number | null;
  readonly available: boolean;
  /** Portions left; null: not counted. */
  readonly remaining: number | null;
  readonly position: number;
  readonly version: number;
}

export interface Station {
  readonly id: string;
  readonly branch_id: string;
  readonly name: string;
  readonly names: Names;
  readonly position: number;
  readonly version: number;
}

export interface Staff {
  readonly id: string;
  readonly branch_id: string;
  readonly name: string;
  readonly role: Role;
  readonly active: boolean;
  /** Tokens given before this moment are void; null: none is. */
  readonly tokens_from: number | null;
  /** null: has no PIN. */
  readonly pin_set_at: number | null;
  /** null: has no password. */
  readonly password_set_at: number | null;
  readonly version: number;
}

export interface Device {
  readonly id: string;
  readonly branch_id: string;
  readonly name: string;
  /** What it may do while nobody is logged in at it. */
  readonly role: Role;
  /** false: unpaired. */
  readonly active: boolean;
  /** Tokens given before this moment are void, also those of people at it; null: none is. */
  readonly tokens_from: number | null;
  readonly paired_at: number | null;
  readonly version: number;
}

export interface TaxRules {
  /** Basis points charged on `service_charge_order_types`; 0: none. */
  readonly service_charge_rate: number;
  readonly service_charge_order_types: readonly OrderType[];
  /** Basis points of tax held in the service charge; 0: none. */
  readonly service_charge_tax_rate: number;
  /** Totals are rounded to a multiple of this many minor units, half away from zero; 1: not rounded. */
  readonly rounding_unit: number;
}

export interface Branch {
  readonly id: string;
  readonly name: string;
  /** ISO 4217. */
  readonly currency: string;
  /** IANA time zone. */
  readonly zone: string;
  /** Hour of the branch's local time at which a new business date begins. */
  readonly cutoff_hour: number;
  readonly tax_rules: TaxRules;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly version: number;
}

/** A range of order numbers that one device may use offline; it lapses when its shift ends. */
export interface NumberLease {
  readonly id: string;
  readonly branch_id: string;
  readonly shift_id: string;
  readonly business_date: string;
  readonly device_id: string;
  readonly first_number: number;
  readonly last_number: number;
  readonly at: number;
  readonly version: number;
}

/** One step of an order's or a line's status. */
export interface StatusLogRow {
  readonly order_id: string;
  /** null: the order's own status. */
  readonly line_id: string | null;
  readonly status: string;
  readonly at: number;
  readonly by_staff: string;
  readonly device_id: string;
  /** The record's version that brought the status. */
  readonly version: number;
}

/** The tables whose rows commands change, by name. */
export interface Rows {
  readonly order_header: OrderHeader;
  readonly order_line: OrderLine;
  readonly order_payment: OrderPayment;
  readonly order_adjustment: OrderAdjustment;
  readonly pos_shift: PosShift;
  readonly cash_movement: CashMovement;
  readonly menu_item: MenuItem;
  readonly station: Station;
  readonly staff: Staff;
  readonly device: Device;
  readonly branch: Branch;
  readonly number_lease: NumberLease;
}

export type TableName = keyof Rows;
export type AnyRow = Rows[TableName];

/** An order with all that is decided together with it. Lines are in order of `seq`, the rest in order of arrival. */
export interface OrderAggregate {
  readonly header: OrderHeader;
  readonly lines: readonly OrderLine[];
  readonly payments: readonly OrderPayment[];
  readonly adjustments: readonly OrderAdjustment[];
}
