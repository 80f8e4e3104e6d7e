/** Makers of rows with every column filled in, for tests that care for few of them: one restaurant at noon, always the same. */
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

export const NOON = Date.UTC(2026, 10, 20, 12);
export const BUSINESS_DATE = '2026-11-20';

export function makeBranch(columns: Partial<Branch> = {}): Branch {
  return {
    id: 'main',
    name: 'Main',
    currency: 'GBP',
    zone: 'Europe/London',
    cutoff_hour: 4,
    tax_rules: {
      service_charge_rate: 0,
      service_charge_order_types: [],
      service_charge_tax_rate: 0,
      rounding_unit: 1,
    },
    settings: {},
    version: 1,
    ...columns,
  };
}

export function makeShift(columns: Partial<PosShift> = {}): PosShift {
  return {
    id: 'shift-1',
    branch_id: 'main',
    register_id: 'main',
    business_date: BUSINESS_DATE,
    status: 'open',
    opened_by: 'cashier-1',
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
    ...columns,
  };
}

/** A dish of the grill for 1,000, without tax, unless told otherwise. */
export function makeItem(columns: Partial<MenuItem> = {}): MenuItem {
  return {
    id: 'steak',
    branch_id: 'main',
    name: 'Steak',
    names: {},
    category: 'mains',
    station: 'grill',
    price: 1_000,
    tax_rate: 0,
    tax_included: true,
    modifier_groups: [],
    allergens: [],
    prep_seconds: null,
    available: true,
    remaining: null,
    position: 1,
    version: 1,
    ...columns,
  };
}

export function makeStation(columns: Partial<Station> = {}): Station {
  return {
    id: 'grill',
    branch_id: 'main',
    name: 'Grill',
    names: {},
    position: 1,
    version: 1,
    ...columns,
  };
}

export function makeStaff(columns: Partial<Staff> = {}): Staff {
  return {
    id: 'cashier-1',
    branch_id: 'main',
    name: 'Ann',
    tokens_from: null,
    pin_set_at: null,
    password_set_at: null,
    role: 'cashier',
    active: true,
    version: 1,
    ...columns,
  };
}

export function makeDevice(columns: Partial<Device> = {}): Device {
  return {
    id: 'till-1',
    branch_id: 'main',
    tokens_from: null,
    paired_at: null,
    name: 'Till 1',
    role: 'cashier',
    active: true,
    version: 1,
    ...columns,
  };
}

export function makeHeader(columns: Partial<OrderHeader> = {}): OrderHeader {
  return {
    id: 'order-1',
    branch_id: 'main',
    shift_id: 'shift-1',
    business_date: BUSINESS_DATE,
    number: 1,
    order_type: 'dine_in',
    table_no: null,
    guests: null,
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
    opened_by: 'cashier-1',
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
    reopen_reason: null,
    ...columns,
  };
}

export function makeLine(columns: Partial<OrderLine> = {}): OrderLine {
  return {
    id: 'line-1',
    order_id: 'order-1',
    branch_id: 'main',
    seq: 1,
    item_id: 'steak',
    name: 'Steak',
    unit_price: 1_000,
    qty: 1,
    modifiers: [],
    note: null,
    allergens: [],
    seat: null,
    course: null,
    station: 'grill',
    status: 'new',
    mark: null,
    discount: 0,
    tax_rate: 0,
    tax: 0,
    total: 1_000,
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
    recalls: null,
    ...columns,
  };
}

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

export function makeLease(columns: Partial<NumberLease> = {}): NumberLease {
  return {
    id: 'lease-1',
    branch_id: 'main',
    shift_id: 'shift-1',
    business_date: BUSINESS_DATE,
    device_id: 'till-1',
    first_number: 101,
    last_number: 150,
    at: NOON,
    version: 1,
    ...columns,
  };
}
