import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type {
  CashMovement,
  OrderAggregate,
  OrderHeader,
  OrderPayment,
} from '../../src/domain/rows.js';
import { cashDrawer, shiftTotals } from '../../src/domain/shift-figures.js';
import { makeHeader, makeMovement, makePayment, makeShift } from '../support/rows.js';

const money = fc.integer({ min: 0, max: 100_000 });

const anyPayment: fc.Arbitrary<OrderPayment> = fc
  .record({
    kind: fc.constantFrom('payment' as const, 'refund' as const),
    method: fc.constantFrom('cash' as const, 'card' as const, 'voucher' as const, 'other' as const),
    amount: money,
    tip: money,
  })
  .map((columns) => makePayment({ ...columns, tip: columns.kind === 'refund' ? 0 : columns.tip }));

const anyMovement: fc.Arbitrary<CashMovement> = fc
  .record({
    kind: fc.constantFrom(
      'paid_in' as const,
      'paid_out' as const,
      'drop' as const,
      'no_sale' as const,
    ),
    amount: money,
  })
  .map((columns) =>
    makeMovement({ ...columns, amount: columns.kind === 'no_sale' ? 0 : columns.amount }),
  );

const anyOrder: fc.Arbitrary<OrderAggregate> = fc
  .record({
    status: fc.constantFrom(
      'open' as const,
      'ready' as const,
      'closed' as const,
      'voided' as const,
    ),
    guests: fc.option(fc.integer({ min: 0, max: 9 })),
    subtotal: money,
    discount: money,
    tax: money,
    total: money,
  })
  .map((columns) => ({ header: makeHeader(columns), lines: [], payments: [], adjustments: [] }));

const sum = (numbers: readonly number[]): number =>
  numbers.reduce((total, next) => total + next, 0);

describe('D-FIG-1 the live totals of a shift', () => {
  test('D-FIG-1 every order that is not voided counts, open or closed', () => {
    const order = (columns: Partial<OrderHeader>): OrderAggregate => ({
      header: makeHeader(columns),
      lines: [],
      payments: [],
      adjustments: [],
    });
    const records = {
      orders: [
        order({ guests: 2, subtotal: 900, discount: 100, tax: 50, total: 800 }),
        order({ status: 'closed', subtotal: 500, total: 500 }),
        order({ status: 'voided', guests: 7, subtotal: 300, total: 300 }),
      ],
      payments: [
        makePayment({ method: 'cash', amount: 500, tip: 20 }),
        makePayment({ method: 'card', amount: 300 }),
        makePayment({ method: 'voucher', amount: 40 }),
        makePayment({ kind: 'refund', method: 'card', amount: 100 }),
      ],
      movements: [makeMovement({ kind: 'drop', amount: 400 })],
    };
    expect(shiftTotals(makeShift({ opening_float: 1_000 }), records, 42)).toEqual({
      id: 'shift-1',
      orders: 2,
      open_orders: 1,
      guests: 2,
      gross: 1_400,
      discount: 100,
      tax: 50,
      total: 1_300,
      paid_cash: 500,
      paid_card: 300,
      paid_other: 40,
      refunds: 100,
      tips: 20,
      expected_cash: 1_120,
      version: 42,
    });
  });

  test('D-FIG-1 they are what one gets by asking each question by itself, also of records that come once', () => {
    const records = fc.tuple(fc.array(anyOrder), fc.array(anyPayment), fc.array(anyMovement));
    fc.assert(
      fc.property(records, ([orders, payments, movements]) => {
        const once = {
          orders: orders.values(),
          payments: payments.values(),
          movements: movements.values(),
        };
        const totals = shiftTotals(makeShift(), once, 1);
        const counted = orders.map(({ header }) => header).filter((h) => h.status !== 'voided');
        expect(totals.orders).toBe(counted.length);
        expect(totals.open_orders).toBe(counted.filter((h) => h.status !== 'closed').length);
        expect(totals.gross).toBe(sum(counted.map((h) => h.subtotal)));
        expect(totals.total).toBe(sum(counted.map((h) => h.total)));
        const taken = payments.filter((p) => p.kind === 'payment');
        expect(totals.paid_cash + totals.paid_card + totals.paid_other).toBe(
          sum(taken.map((p) => p.amount)),
        );
        expect(totals.tips).toBe(sum(taken.map((p) => p.tip)));
        const given = payments.filter((p) => p.kind === 'refund');
        expect(totals.refunds).toBe(sum(given.map((p) => p.amount)));
      }),
    );
  });
});

test('D-FIG-2 expected cash is the float and every movement of cash, one after the other', () => {
  const events = fc.array(fc.oneof(anyPayment, anyMovement));
  fc.assert(
    fc.property(money, events, (opening_float, drawn) => {
      let inDrawer = opening_float;
      for (const event of drawn) {
        if ('method' in event) {
          if (event.method !== 'cash') continue;
          inDrawer += event.kind === 'payment' ? event.amount + event.tip : -event.amount;
        } else inDrawer += event.kind === 'paid_in' ? event.amount : -event.amount;
      }
      const payments = drawn.filter((event) => 'method' in event);
      const movements = drawn.filter((event): event is CashMovement => !('method' in event));
      const drawer = cashDrawer(makeShift({ opening_float }), { payments, movements });
      expect(drawer.expected).toBe(inDrawer);
    }),
  );
});
