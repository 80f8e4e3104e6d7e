import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KITCHEN_BOUNDS_MS, LATE_MS, type Figures } from '../../../src/domain/reports/figures.js';
import { figuresOf } from '../../../src/domain/reports/figures-of.js';
import { kitchenReport } from '../../../src/domain/reports/kitchen-report.js';
import { addTime, percentile } from '../../../src/domain/reports/kitchen-times.js';
import { addFigures, emptyFigures } from '../../../src/domain/reports/tally.js';
import type { OrderLine, OrderPayment, PosShift } from '../../../src/domain/rows.js';
import { makeOrder } from '../../support/order.js';
import { makeBranch, makeItem, makePayment, makeShift, NOON } from '../../support/rows.js';

interface Made {
  readonly lines?: readonly Partial<OrderLine>[];
  readonly payments?: readonly Partial<OrderPayment>[];
  readonly shift?: Partial<PosShift>;
  readonly orderType?: 'dine_in' | 'takeaway';
}

function made({ lines, payments = [], shift = {}, orderType = 'dine_in' }: Made): Figures {
  const header = { order_type: orderType, guests: 2, sent_at: NOON, ready_at: NOON + 60_000 };
  const records = {
    orders: lines === undefined ? [] : [makeOrder({ header, lines })],
    payments: payments.map((columns) => makePayment(columns)),
    movements: [],
  };
  const item = (id: string) => (id === 'steak' ? makeItem() : undefined);
  return figuresOf(records, { branch: makeBranch(), shift: makeShift(shift), item });
}

const CLOSED = { status: 'closed', closed_at: NOON + 600_000, counted_cash: 11_000 } as const;

describe('R-FIG-1 figures add up', () => {
  const aFigures = fc
    .record({
      prices: fc.array(
        fc.record({
          unit_price: fc.integer({ min: 0, max: 9_999 }),
          item_id: fc.constantFrom('steak', 'chips'),
          name: fc.constantFrom('Steak', '1,', 'null,'),
          station: fc.constantFrom('grill', 'fry', null),
          status: fc.constantFrom('served' as const, 'ready' as const, 'voided' as const),
          void_reason: fc.constantFrom('late', null),
          ready_at: fc.integer({ min: NOON, max: NOON + 9_000_000 }),
          recalls: fc.constantFrom(1, 3, null),
        }),
        { maxLength: 5 },
      ),
      payments: fc.array(
        fc.record({
          amount: fc.integer({ min: 0, max: 9_999 }),
          tip: fc.constantFrom(0, 50),
          method: fc.constantFrom('cash' as const, 'card' as const),
          client_at: fc.constantFrom(null, NOON - 3_600_000),
        }),
        { maxLength: 4 },
      ),
      shift: fc.constantFrom({}, CLOSED, { ...CLOSED, counted_cash: null }),
      orderType: fc.constantFrom('dine_in' as const, 'takeaway' as const),
    })
    .map(({ prices, ...rest }) => made({ lines: prices, ...rest }));

  test('R-FIG-1 in whatever order and grouping they are added; those of nothing change nothing', () => {
    fc.assert(
      fc.property(aFigures, aFigures, aFigures, (a, b, c) => {
        const all = addFigures([a, b, c]);
        expect(addFigures([c, a, b])).toEqual(all);
        expect(addFigures([addFigures([a, b]), c])).toEqual(all);
        expect(addFigures([a, addFigures([b, c])])).toEqual(all);
        expect(addFigures([a, emptyFigures()])).toEqual(a);
        expect(JSON.parse(JSON.stringify(all))).toEqual(all);
      }),
    );
  });

  test('R-FIG-1 those of nothing are zeros and empty lists', () => {
    expect(addFigures([])).toEqual(emptyFigures());
    expect(emptyFigures()).toMatchObject({ shifts: 0, total: 0, by_item: [], kitchen: [] });
    expect(emptyFigures().drawer).toMatchObject({ expected: 0, counted: 0, uncounted: 0 });
  });
});

describe('R-FIG-2 a drawer counts as it ended', () => {
  test('R-FIG-2 counted, uncounted, or open: then as neither, and as no shift', () => {
    const payments = [{ method: 'cash' as const, amount: 900 }];
    expect(made({ payments, shift: CLOSED })).toMatchObject({
      shifts: 1,
      drawer: {
        opening_float: 10_000,
        payments: 900,
        expected: 10_900,
        counted: 11_000,
        over_short: 100,
        uncounted: 0,
      },
    });
    expect(made({ payments, shift: { ...CLOSED, counted_cash: null } })).toMatchObject({
      shifts: 1,
      drawer: { payments: 900, expected: 0, counted: 0, over_short: 0, uncounted: 1 },
    });
    expect(made({ payments })).toMatchObject({
      shifts: 0,
      drawer: { payments: 900, expected: 0, uncounted: 0 },
    });
  });
});

describe('R-FIG-3 kitchen times', () => {
  const at = (seconds: number) => NOON + seconds * 1_000;

  test('R-FIG-3 by station and bucket, of lines ready or served; recalls also of voided ones', () => {
    const lines = [
      { status: 'served', started_at: at(10), ready_at: at(100), served_at: at(500) },
      { status: 'served', served_at: at(31) },
      { status: 'preparing', started_at: at(5), recalls: 2 },
      { status: 'voided', ready_at: at(9), recalls: 1 },
      { status: 'ready', station: 'fry', started_at: at(0), ready_at: at(9_000) },
      { status: 'served', station: null, served_at: at(0) },
    ] as const;
    expect(made({ lines }).kitchen).toEqual([
      {
        station: 'fry',
        lines: 1,
        recalls: 0,
        queue: [1],
        preparation: [...Array<number>(27).fill(0), 1],
        to_ready: [...Array<number>(27).fill(0), 1],
      },
      {
        station: 'grill',
        lines: 2,
        recalls: 3,
        queue: [1],
        preparation: [0, 0, 0, 0, 1],
        to_ready: [0, 0, 1, 0, 0, 1],
      },
    ]);
  });

  test('R-FIG-3 what the kitchen did after the shift ended is left out', () => {
    const lines = [{ status: 'served', served_at: at(601) }] as const;
    expect(made({ lines, shift: CLOSED }).kitchen).toEqual([]);
    expect(made({ lines, shift: CLOSED })).toMatchObject({ cooked: 1, ready_ms: 60_000 });
    expect(made({ lines, shift: { ...CLOSED, closed_at: NOON } })).toMatchObject({ cooked: 0 });
  });

  test('R-FIG-3 percentiles lie in the bucket of the true ones, beyond the last bound at that bound', () => {
    const times = fc.array(fc.integer({ min: 0, max: 8_000_000 }), { minLength: 1, maxLength: 60 });
    const last = KITCHEN_BOUNDS_MS.at(-1) ?? 0;
    fc.assert(
      fc.property(times, fc.constantFrom(0.5, 0.9), (list, share) => {
        const counts: number[] = [];
        for (const ms of list) addTime(counts, ms);
        const sorted = list.toSorted((a, b) => a - b);
        const exact = sorted[Math.ceil(share * list.length) - 1] ?? 0;
        const upper = KITCHEN_BOUNDS_MS.find((bound) => exact <= bound) ?? last;
        const lower = KITCHEN_BOUNDS_MS.findLast((bound) => bound < Math.min(exact, upper)) ?? 0;
        const found = percentile(counts, share) ?? -1;
        expect(found).toBeGreaterThanOrEqual(exact > last ? last : lower);
        expect(found).toBeLessThanOrEqual(upper);
      }),
    );
    for (const [bucket, bound] of KITCHEN_BOUNDS_MS.entries()) {
      const counts: number[] = [];
      addTime(counts, bound);
      expect(counts).toHaveLength(bucket + 1);
    }
    expect(percentile([], 0.5)).toBeNull();
    expect(percentile([4], 0.5)).toBe(7_500);
    const one = {
      station: 'grill',
      lines: 4,
      recalls: 0,
      queue: [],
      preparation: [4],
      to_ready: [0, 10],
    };
    expect(kitchenReport([one])).toEqual([
      {
        station: 'grill',
        lines: 4,
        recalls: 0,
        queue: { p50: null, p90: null },
        preparation: { p50: 7_500, p90: 13_500 },
        to_ready: { p50: 22_500, p90: 28_500 },
      },
    ]);
  });
});

test('R-FIG-4 a payment is late where its till took it more than a minute before the shift was opened', () => {
  const payments = [
    { id: 'p1', amount: 100, tip: 5, client_at: NOON - LATE_MS - 1, device_id: 'till-1' },
    { id: 'p2', amount: 70, client_at: NOON - 9 * LATE_MS, device_id: 'till-1' },
    { id: 'p3', client_at: NOON - LATE_MS, device_id: 'till-1' },
    { id: 'p4', client_at: null, device_id: 'till-1' },
    { id: 'p5', kind: 'refund' as const, client_at: 0, device_id: 'till-2' },
  ];
  expect(made({ payments }).late).toEqual([{ device_id: 'till-1', count: 2, amount: 170 }]);
});
