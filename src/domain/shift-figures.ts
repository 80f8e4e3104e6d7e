/** What a shift has come to so far: the live totals that the till shows, and what should lie in the drawer. */
import type { ShiftRecords } from './command.js';
import type { OrderHeader, OrderPayment, PosShift, ShiftTotals } from './rows.js';
import { isFinished } from './order-state.js';

/** The cash of one shift, in minor units; `no_sales` counts openings of the drawer. */
export interface CashDrawer {
  readonly opening_float: number;
  readonly payments: number;
  /** Tips left in cash count as drawer cash until they are paid out. */
  readonly tips: number;
  readonly refunds: number;
  readonly paid_in: number;
  readonly paid_out: number;
  readonly drops: number;
  readonly no_sales: number;
  /** opening_float + payments + tips − refunds + paid_in − paid_out − drops. */
  readonly expected: number;
}

export function cashDrawer(
  shift: PosShift,
  { payments, movements }: Pick<ShiftRecords, 'payments' | 'movements'>,
): CashDrawer {
  const taken = { payment: 0, refund: 0, tips: 0 };
  for (const { kind, method, amount, tip } of payments) {
    if (method !== 'cash') continue;
    taken[kind] += amount;
    taken.tips += tip;
  }
  const moved = { paid_in: 0, paid_out: 0, drop: 0, no_sale: 0 };
  for (const { kind, amount } of movements) moved[kind] += kind === 'no_sale' ? 1 : amount;
  const cash = {
    opening_float: shift.opening_float,
    payments: taken.payment,
    tips: taken.tips,
    refunds: taken.refund,
    paid_in: moved.paid_in,
    paid_out: moved.paid_out,
    drops: moved.drop,
  };
  return { ...cash, no_sales: moved.no_sale, expected: expectedCash(cash) };
}

/** What should lie in the drawer. */
export function expectedCash(cash: Omit<CashDrawer, 'no_sales' | 'expected'>): number {
  const into = cash.opening_float + cash.payments + cash.tips + cash.paid_in;
  return into - cash.refunds - cash.paid_out - cash.drops;
}

type OrderFigures = Pick<
  ShiftTotals,
  'orders' | 'open_orders' | 'guests' | 'gross' | 'discount' | 'tax' | 'total'
>;

function orderFigures(headers: Iterable<OrderHeader>): OrderFigures {
  const figures = { orders: 0, open_orders: 0, guests: 0, gross: 0, discount: 0, tax: 0, total: 0 };
  for (const header of headers) {
    if (header.status === 'voided') continue;
    figures.orders += 1;
    if (!isFinished(header)) figures.open_orders += 1;
    figures.guests += header.guests ?? 0;
    figures.gross += header.subtotal;
    figures.discount += header.discount;
    figures.tax += header.tax;
    figures.total += header.total;
  }
  return figures;
}

type PaymentFigures = Pick<
  ShiftTotals,
  'paid_cash' | 'paid_card' | 'paid_other' | 'refunds' | 'tips'
>;

function paymentFigures(payments: Iterable<OrderPayment>): PaymentFigures {
  const figures = { paid_cash: 0, paid_card: 0, paid_other: 0, refunds: 0, tips: 0 };
  for (const { kind, method, amount, tip } of payments) {
    figures.tips += tip;
    if (kind === 'refund') figures.refunds += amount;
    else if (method === 'cash') figures.paid_cash += amount;
    else if (method === 'card') figures.paid_card += amount;
    else figures.paid_other += amount;
  }
  return figures;
}

function* headersOf(records: Pick<ShiftRecords, 'orders'>): Iterable<OrderHeader> {
  for (const { header } of records.orders) yield header;
}

/**
 * The one row of `shift_totals`. Orders, guests and sales count every order of the shift that is not voided, finished or not
 * (the reports count closed ones alone); `paid_*` are payments without tips, refunds stand beside them.
 * `version` is the branch version that the figures are of.
 */
export function shiftTotals(shift: PosShift, records: ShiftRecords, version: number): ShiftTotals {
  const payments = [...records.payments];
  return {
    id: shift.id,
    ...orderFigures(headersOf(records)),
    ...paymentFigures(payments),
    expected_cash: cashDrawer(shift, { payments, movements: records.movements }).expected,
    version,
  };
}
