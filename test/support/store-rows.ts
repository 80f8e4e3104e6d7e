/** Rows of a small restaurant that sells lamb kebab, every column filled in, for tests of a store. */
import type {
  Branch,
  CashMovement,
  Device,
  MenuItem,
  OrderAdjustment,
  OrderHeader,
  OrderLine,
  OrderPayment,
  PosShift,
  Staff,
  Station,
} from '../../src/domain/rows.js';
import {
  makeAdjustment,
  makeBranch,
  makeDevice,
  makeHeader,
  makeItem,
  makeLine,
  makeMovement,
  makePayment,
  makeShift,
  makeStaff,
  makeStation,
} from './rows.js';

type Some<T> = Partial<T> & { readonly id: string; readonly branch_id: string };
type OfShift = { readonly shift_id: string };
type OfOrder = OfShift & { readonly order_id: string };

export function branchRow(row: Partial<Branch> & { readonly id: string }): Branch {
  const settings = { greeting: 'hello', empty: null, nested: { yes: true } };
  return makeBranch({ name: 'The Old Mill', settings, ...row });
}

export function stationRow(row: Some<Station>): Station {
  return makeStation({ names: { ar: 'شواية' }, ...row });
}

export function staffRow(row: Some<Staff>): Staff {
  return makeStaff({ name: 'Ada', ...row });
}

export function deviceRow(row: Some<Device>): Device {
  return makeDevice({ active: false, ...row });
}

export function itemRow(row: Some<MenuItem>): MenuItem {
  return makeItem({
    name: 'Lamb kebab',
    names: { ar: 'كباب' },
    station: null,
    price: 1250,
    tax_rate: 2000,
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
    ...row,
  });
}

export function shiftRow(row: Some<PosShift>): PosShift {
  return makeShift({ register_id: 'register-1', opened_by: 'ada', ...row });
}

export function headerRow(
  row: Some<OrderHeader> & OfShift & { readonly number: number },
): OrderHeader {
  return makeHeader({ table_no: '7', guests: 2, opened_by: 'ada', ...row });
}

/** One kebab of 12.50 with mint sauce of 0.50, tax included: 13.00, of it 2.17 tax. */
export function lineRow(
  row: Some<OrderLine> & { readonly order_id: string; readonly item_id: string },
): OrderLine {
  return makeLine({
    name: 'Lamb kebab',
    unit_price: 1250,
    modifiers: [{ id: 'mint', name: 'Mint', price: 50 }],
    allergens: ['milk'],
    station: null,
    tax_rate: 2000,
    tax: 217,
    total: 1300,
    ...row,
  });
}

export function paymentRow(row: Some<OrderPayment> & OfOrder): OrderPayment {
  const cash = { method: 'cash', amount: 1300, tendered: 2000, change_due: 700 } as const;
  return makePayment({ ...cash, by_staff: 'ada', ...row });
}

export function adjustmentRow(row: Some<OrderAdjustment> & OfOrder): OrderAdjustment {
  return makeAdjustment({ amount: 130, reason: 'regular guest', by_staff: 'ada', ...row });
}

export function movementRow(row: Some<CashMovement> & OfShift): CashMovement {
  return makeMovement({ amount: 500, reason: 'change', by_staff: 'ada', ...row });
}
