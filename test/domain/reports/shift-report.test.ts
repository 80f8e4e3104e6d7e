import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { figuresOf, type FiguresOptions } from '../../../src/domain/reports/figures-of.js';
import {
  openOrders,
  shiftReport,
  type ReportOptions,
  type ShiftReport,
} from '../../../src/domain/reports/shift-report.js';
import type { ShiftRecords } from '../../../src/domain/command.js';
import type { OrderAggregate, OrderLine, TaxRules } from '../../../src/domain/rows.js';
import { makeOrder } from '../../support/order.js';
import {
  makeBranch,
  makeItem,
  NOON,
  makeMovement,
  makePayment,
  makeShift,
} from '../../support/rows.js';

const RULES: TaxRules = {
  service_charge_rate: 1_250,
  service_charge_order_types: ['dine_in'],
  service_charge_tax_rate: 2_000,
  rounding_unit: 5,
};

const ITEMS = [
  makeItem({ id: 'steak', category: 'mains' }),
  makeItem({ id: 'chips', category: 'sides' }),
];

interface Made extends Partial<ReportOptions & FiguresOptions> {
  readonly orders?: readonly OrderAggregate[];
  readonly records?: ShiftRecords;
}

function report(made: Made): ShiftReport {
  const { branch = makeBranch(), shift = makeShift(), orders = [], ...options } = made;
  const records = made.records ?? { orders, payments: [], movements: [] };
  const item = (id: string) => ITEMS.find((each) => each.id === id);
  return shiftReport({
    ...{ branch, shift, kind: 'x', at: NOON + 5_000, by: 'manager-1' },
    figures: figuresOf(records, { branch, shift, item }),
    openOrders: openOrders(records.orders),
    ...options,
  });
}

describe('D-REP-1 the head says whose report it is', () => {
  test('D-REP-1 an open shift lasts until the report, a closed one until its close', () => {
    expect(report({})).toMatchObject({
      kind: 'x',
      branch: { id: 'main', currency: 'GBP', zone: 'Europe/London' },
      shift: { id: 'shift-1', register_id: 'main', status: 'open', closed_by: null },
      period: { from: NOON, to: NOON + 5_000 },
      printed_at: NOON + 5_000,
      printed_by: 'manager-1',
    });
    const closed = makeShift({ status: 'closed', closed_at: NOON + 1_000 });
    expect(report({ shift: closed }).period.to).toBe(NOON + 1_000);
  });

  test('D-REP-1 it is plain JSON', () => {
    const made = report({ orders: [makeOrder({})] });
    expect(JSON.parse(JSON.stringify(made))).toEqual(made);
  });
});

describe('D-REP-2 sales are closed orders alone', () => {
  test('D-REP-2 averages are whole, half away from zero, and null over nothing', () => {
    const orders = [
      makeOrder({ header: { id: 'a', guests: 2, sent_at: NOON, ready_at: NOON + 999 } }),
      makeOrder({ header: { id: 'b', guests: 1 }, lines: [{ unit_price: 501 }] }),
      makeOrder({ header: { id: 'c', order_type: 'takeaway', sent_at: NOON, ready_at: NOON + 2 } }),
      makeOrder({ header: { id: 'd', guests: 9, status: 'open' } }),
      makeOrder({ header: { id: 'e', guests: 9, status: 'voided' } }),
    ];
    expect(report({ orders })).toMatchObject({
      sales: {
        orders: 3,
        guests: 3,
        gross: 2_501,
        average_order: 834,
        average_guest: 500,
        average_ready_ms: 501,
      },
      open_orders: { count: 1, total: 1_000 },
    });
    expect(report({}).sales).toMatchObject({
      orders: 0,
      average_order: null,
      average_guest: null,
      average_ready_ms: null,
    });
  });

  test('D-REP-2 net, tax and rounding make up the total, with taxes included and added', () => {
    const orders = [
      makeOrder({ header: { id: 'a' }, lines: [{ unit_price: 1_200, tax_rate: 2_000 }] }),
      makeOrder({
        header: { id: 'b' },
        lines: [{ unit_price: 1_000, tax_rate: 1_000, tax_included: false }, { unit_price: 300 }],
      }),
    ];
    expect(report({ orders }).sales).toMatchObject({
      gross: 2_500,
      total: 2_600,
      tax: 300,
      net: 2_300,
      rounding: 0,
      taxes: [
        { rate: 0, net: 300, tax: 0 },
        { rate: 1_000, net: 1_000, tax: 100 },
        { rate: 2_000, net: 1_000, tax: 200 },
      ],
    });
  });

  test('D-REP-2 the tax in the service charge counts at its own rate', () => {
    const order = makeOrder({
      lines: [{ unit_price: 10_000 }],
      adjustments: [{ kind: 'service_charge', value: 1_200 }],
      rules: RULES,
    });
    const branch = makeBranch({ tax_rules: RULES });
    expect(report({ orders: [order], branch }).sales).toMatchObject({
      service_charge: 1_200,
      total: 11_200,
      taxes: [
        { rate: 0, net: 10_000, tax: 0 },
        { rate: 2_000, net: 1_000, tax: 200 },
      ],
    });
  });
});

describe('D-REP-3 what was given away and taken back', () => {
  test('D-REP-3 discounts and comps by reason and person, at what they came to in the end', () => {
    const order = makeOrder({
      lines: [
        { id: 'l1', unit_price: 1_000 },
        { id: 'l2', unit_price: 500 },
      ],
      adjustments: [
        { value: 1_000, reason: 'regular', amount: 7 },
        { kind: 'comp', line_id: 'l2', value: 10_000, reason: 'late', by_staff: 'manager-1' },
        { value_kind: 'amount', value: 200, reason: 'regular' },
      ],
    });
    expect(report({ orders: [order] }).sales).toMatchObject({
      discount: 800,
      discounts: [{ reason: 'regular', by_staff: 'cashier-1', count: 2, amount: 350 }],
      comps: [{ reason: 'late', by_staff: 'manager-1', count: 1, amount: 450 }],
      total: 700,
    });
  });

  test('D-REP-3 voids by reason and person, corrections by count, of finished orders alone', () => {
    const voided_by = 'waiter-1';
    const voided = { status: 'voided', void_reason: 'dropped', voided_by, qty: 2 } as const;
    const correction = { status: 'voided', sent_at: null, voided_by } as const;
    const orders = [
      makeOrder({
        header: { id: 'a' },
        lines: [{}, voided, correction, { ...voided, voided_by: 'manager-1' }],
      }),
      makeOrder({
        header: { id: 'b', status: 'voided', void_reason: 'left' },
        lines: [{ status: 'voided', voided_by: 'manager-1' }, voided, correction],
      }),
      makeOrder({ header: { id: 'c', status: 'open' }, lines: [voided, correction] }),
    ];
    const { sales } = report({ orders });
    expect(sales.voids).toEqual([
      { reason: 'dropped', by_staff: 'manager-1', count: 1, amount: 2_000 },
      { reason: 'dropped', by_staff: 'waiter-1', count: 2, amount: 4_000 },
      { reason: 'left', by_staff: 'manager-1', count: 1, amount: 1_000 },
    ]);
    expect(sales.corrections).toBe(2);
  });
});

test('D-REP-4 payments, refunds and tips per method, tips per person, openings, and the drawer', () => {
  const records = {
    orders: [],
    payments: [
      makePayment({ method: 'cash', amount: 700, tip: 30 }),
      makePayment({ method: 'cash', amount: 300, tip: 20, by_staff: 'waiter-1' }),
      makePayment({ method: 'card', amount: 500, tip: 5 }),
      makePayment({ kind: 'refund', method: 'cash', amount: 100 }),
    ],
    movements: [
      makeMovement({ kind: 'paid_in', amount: 50 }),
      makeMovement({ kind: 'paid_out', amount: 60 }),
      makeMovement({ kind: 'drop', amount: 70 }),
      makeMovement({ kind: 'no_sale', amount: 0 }),
    ],
  };
  const shift = makeShift({ opening_float: 1_000, counted_cash: 1_900 });
  expect(report({ shift, records })).toMatchObject({
    payments: [
      { method: 'card', payments: 1, paid: 500, refunds: 0, refunded: 0 },
      { method: 'cash', payments: 2, paid: 1_000, refunds: 1, refunded: 100 },
    ],
    tips: [
      { method: 'card', by_staff: 'cashier-1', count: 1, amount: 5 },
      { method: 'cash', by_staff: 'cashier-1', count: 1, amount: 30 },
      { method: 'cash', by_staff: 'waiter-1', count: 1, amount: 20 },
    ],
    no_sales: 1,
    drawer: {
      opening_float: 1_000,
      payments: 1_000,
      tips: 50,
      refunds: 100,
      paid_in: 50,
      paid_out: 60,
      drops: 70,
      expected: 1_870,
      counted: 1_900,
      over_short: 30,
    },
  });
});

test('D-REP-5 sales by hour of the branch, order type, staff, category, station and item', () => {
  const orders = [
    makeOrder({
      header: { id: 'a', closed_at: Date.parse('2026-07-01T18:30:00Z') },
      lines: [{ qty: 2 }, { item_id: 'chips', name: 'Chips', unit_price: 400, station: 'fry' }],
    }),
    makeOrder({
      header: {
        id: 'b',
        closed_at: Date.parse('2026-07-01T18:59:00Z'),
        order_type: 'takeaway',
        opened_by: 'waiter-1',
      },
      lines: [{ item_id: 'water', name: 'Water', unit_price: 300, station: null }],
    }),
  ];
  expect(report({ orders, topItems: 1 }).sales).toMatchObject({
    by_hour: [{ hour: 19, orders: 2, total: 2_700 }],
    by_order_type: [
      { order_type: 'dine_in', orders: 1, total: 2_400 },
      { order_type: 'takeaway', orders: 1, total: 300 },
    ],
    by_staff: [
      { by_staff: 'cashier-1', orders: 1, total: 2_400 },
      { by_staff: 'waiter-1', orders: 1, total: 300 },
    ],
    by_category: [
      { category: 'mains', qty: 2, total: 2_000 },
      { category: 'sides', qty: 1, total: 400 },
      { category: null, qty: 1, total: 300 },
    ],
    by_station: [
      { station: 'fry', qty: 1, total: 400 },
      { station: 'grill', qty: 2, total: 2_000 },
      { station: null, qty: 1, total: 300 },
    ],
    by_item: [{ item_id: 'steak', name: 'Steak', qty: 2, total: 2_000 }],
    by_item_rest: { items: 2, qty: 2, total: 700 },
  });
});

const anyLine: fc.Arbitrary<Partial<OrderLine>> = fc.record({
  item_id: fc.constantFrom('steak', 'chips', 'water'),
  unit_price: fc.integer({ min: 0, max: 5_000 }),
  qty: fc.integer({ min: 1, max: 9 }),
  tax_rate: fc.constantFrom(0, 500, 2_000),
  tax_included: fc.boolean(),
  status: fc.constantFrom('served' as const, 'queued' as const, 'voided' as const),
  station: fc.constantFrom('grill', null),
});

const anyAdjustment = fc.record({
  kind: fc.constantFrom('discount' as const, 'comp' as const, 'service_charge' as const),
  value_kind: fc.constantFrom('percent' as const, 'amount' as const),
  value: fc.integer({ min: 1, max: 10_000 }),
  reason: fc.constantFrom('regular', 'late'),
});

const anyOrders: fc.Arbitrary<OrderAggregate[]> = fc
  .array(
    fc.record({
      status: fc.constantFrom('closed' as const, 'closed' as const, 'open' as const),
      lines: fc.array(anyLine, { minLength: 1, maxLength: 6 }),
      adjustments: fc.array(anyAdjustment, { maxLength: 3 }),
    }),
    { maxLength: 8 },
  )
  .map((orders) =>
    orders.map(({ status, lines, adjustments }, index) =>
      makeOrder({ header: { id: `o${String(index)}`, status }, lines, adjustments, rules: RULES }),
    ),
  );

function sum<Row>(rows: readonly Row[], figure: (row: Row) => number): number {
  return rows.reduce((total, row) => total + figure(row), 0);
}

describe('I6 a report adds up to the minor unit', () => {
  const branch = makeBranch({ tax_rules: RULES });

  test('I6 D-REP-6 every way of cutting the sales comes to the same money', () => {
    fc.assert(
      fc.property(anyOrders, (orders) => {
        const { sales } = report({ orders, branch, topItems: 2 });
        const closed = orders.filter(({ header }) => header.status === 'closed');
        expect(sales.total).toBe(sum(closed, ({ header }) => header.total));
        expect(sales.net + sales.tax + sales.rounding).toBe(sales.total);
        expect(sum(sales.taxes, ({ net }) => net)).toBe(sales.net);
        expect(sum(sales.taxes, ({ tax }) => tax)).toBe(sales.tax);
        const givenAway = [...sales.discounts, ...sales.comps];
        expect(sum(givenAway, ({ amount }) => amount)).toBe(sales.discount);
        for (const cut of [sales.by_hour, sales.by_order_type, sales.by_staff]) {
          expect(sum<{ total: number }>(cut, ({ total }) => total)).toBe(sales.total);
        }
        const lines = sales.total - sales.service_charge - sales.rounding;
        for (const cut of [sales.by_category, sales.by_station]) {
          expect(sum<{ total: number }>(cut, ({ total }) => total)).toBe(lines);
        }
        expect(sum(sales.by_item, ({ total }) => total) + sales.by_item_rest.total).toBe(lines);
      }),
    );
  });

  test('D-REP-6 it is the same in whatever order the records come', () => {
    const shuffled = anyOrders.chain((orders) =>
      fc.tuple(
        fc.constant(orders),
        fc.shuffledSubarray(orders, { minLength: orders.length, maxLength: orders.length }),
      ),
    );
    fc.assert(
      fc.property(shuffled, ([orders, others]) => {
        expect(report({ orders: others, branch })).toEqual(report({ orders, branch }));
      }),
    );
  });
});
