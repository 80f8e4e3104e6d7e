/** Rows of a small restaurant with every column filled in, for tests that care for few of them. */
import type {
  Branch,
  CashMovement,
  Device,
  MenuItem,
  NumberLease,
  OrderAdjustment,
  OrderHeader,
  OrderLine,
  OrderPayment,
  PosShift,
  Staff,
  Station,
} from '../../src/domain/rows.js';

/** The moment at which these days begin: 2026-11-20 12:00 UTC. */
export const NOON = Date.UTC(2026, 10, 20, 12);
export const BUSINESS_DATE = '2026-11-20';

type Some<T> = Partial<T> & { readonly branch_id: string };

export function branchRow(row: Partial<Branch> & { readonly id: string }): Branch {
  return {
    name: 'The Old Mill',
    currency: 'GBP',
    zone: 'Europe/London',
    cutoff_hour: 4,
    tax_rules: {
      service_charge_rate: 0,
      service_charge_order_types: [],
      service_charge_tax_rate: 0,
      rounding_unit: 1,
    },
    settings: { greeting: 'hello', empty: null, nested: { yes: true } },
    version: 1,
    ...row,
  };
}

export function stationRow(row: Some<Station> & { readonly id: string }): Station {
  return { name: 'Grill', names: { ar: 'شواية' }, position: 1, version: 1, ...row };
}

export function staffRow(row: Some<Staff> & { readonly id: string }): Staff {
  return { name: 'Ada', role: 'cashier', active: true, version: 1, ...row };
}

export function deviceRow(row: Some<Device> & { readonly id: string }): Device {
  return { name: 'Till 1', role: 'cashier', active: false, version: 1, ...row };
}

export function itemRow(row: Some<MenuItem> & { readonly id: string }): MenuItem {
  return {
    name: 'Lamb kebab',
    names: { ar: 'كباب' },
    category: 'mains',
    station: null,
    price: 1250,
    tax_rate: 2000,
    tax_included: true,
    modifier_groups: [
      {
        id: 'sauce',
        name: 'Sauce',
        min: 0,
        max: 2,
        options: [{ id: 'mint', name: 'Mint', price: 50, available: true }],
      },
    ],
    allergens: ['milk'],
    prep_seconds: 600,
    available: true,
    remaining: null,
    position: 1,
    version: 1,
    ...row,
  };
}

export function shiftRow(row: Some<PosShift> & { readonly id: string }): PosShift {
  return {
    register_id: 'register-1',
    business_date: BUSINESS_DATE,
    status: 'open',
    opened_by: 'ada',
    opened_at: NOON,
    opening_float: 10_000,
    closed_by: null,
    closed_at: null,
    counted_cash: null,
    expected_cash: null,
    over_short: null,
    z_number: null,
    version: 1,
    z_report: null,
    ...row,
  };
}

export function headerRow(
  row: Some<OrderHeader> & { readonly id: string; readonly shift_id: string; number: number },
): OrderHeader {
  return {
    business_date: BUSINESS_DATE,
    order_type: 'dine_in',
    table_no: '7',
    guests: 2,
    customer_name: null,
    note: null,
    priority: 0,
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
    opened_by: 'ada',
    device_id: 'till-1',
    merged_into: null,
    split_from: null,
    void_reason: null,
    opened_at: NOON,
    sent_at: null,
    ready_at: null,
    closed_at: null,
    updated_at: NOON,
    version: 1,
    ...row,
  };
}

/** One kebab of 12.50 with mint sauce of 0.50, tax included: 13.00, of it 2.17 tax. */
export function lineRow(
  row: Some<OrderLine> & { readonly id: string; readonly order_id: string; item_id: string },
): OrderLine {
  return {
    seq: 1,
    name: 'Lamb kebab',
    unit_price: 1250,
    qty: 1,
    modifiers: [{ id: 'mint', name: 'Mint', price: 50 }],
    note: null,
    allergens: ['milk'],
    seat: null,
    course: null,
    station: null,
    status: 'new',
    mark: null,
    discount: 0,
    tax_rate: 2000,
    tax: 217,
    total: 1300,
    void_reason: null,
    origin_line_id: null,
    created_at: NOON,
    sent_at: null,
    started_at: null,
    ready_at: null,
    served_at: null,
    updated_at: NOON,
    version: 1,
    tax_included: true,
    voided_by: null,
    ...row,
  };
}

type OfOrder = { readonly id: string; readonly order_id: string; readonly shift_id: string };

export function paymentRow(row: Some<OrderPayment> & OfOrder): OrderPayment {
  return {
    kind: 'payment',
    refund_of: null,
    method: 'cash',
    amount: 1300,
    tip: 0,
    tendered: 2000,
    change_due: 700,
    reference: null,
    by_staff: 'ada',
    device_id: 'till-1',
    at: NOON,
    client_at: null,
    version: 1,
    ...row,
  };
}

export function adjustmentRow(row: Some<OrderAdjustment> & OfOrder): OrderAdjustment {
  return {
    line_id: null,
    kind: 'discount',
    value_kind: 'percent',
    value: 1000,
    amount: 130,
    reason: 'regular guest',
    by_staff: 'ada',
    at: NOON,
    version: 1,
    ...row,
  };
}

export function movementRow(
  row: Some<CashMovement> & { readonly id: string; readonly shift_id: string },
): CashMovement {
  return {
    kind: 'paid_in',
    amount: 500,
    reason: 'change',
    by_staff: 'ada',
    at: NOON,
    version: 1,
    ...row,
  };
}

export function leaseRow(
  row: Some<NumberLease> & { readonly id: string; readonly shift_id: string },
): NumberLease {
  return {
    business_date: BUSINESS_DATE,
    device_id: 'till-1',
    first_number: 101,
    last_number: 150,
    at: NOON,
    version: 1,
    ...row,
  };
}
