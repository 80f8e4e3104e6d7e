import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OrderAdjustment, OrderLine, OrderPayment, TaxRules } from '../../src/domain/rows.js';
import { allocate, orderTotals, paymentState, proportion } from '../../src/domain/totals.js';
import { makeAdjustment, makeBranch, makeLine, makePayment } from '../support/rows.js';

const RULES = makeBranch().tax_rules;

function lineFigures(lines: OrderLine[], adjustments: OrderAdjustment[] = []): unknown[] {
  return [...orderTotals({ lines, adjustments }, RULES).lines];
}

describe('lines', () => {
  it('D-TOT-1 a line is quantity times price and modifiers', () => {
    const line = makeLine({ qty: 3, modifiers: [{ id: 'egg', name: 'Egg', price: 150 }] });
    expect(lineFigures([line])).toEqual([{ discount: 0, tax: 0, total: 3_450 }]);
  });

  it('D-TOT-2 tax that the price holds is shown, not added; rounded per line, half away from zero', () => {
    const line = makeLine({ unit_price: 1_000, tax_rate: 2_000 });
    expect(lineFigures([line])).toEqual([{ discount: 0, tax: 167, total: 1_000 }]);
  });

  it('D-TOT-3 tax that the price does not hold is added; rounded per line, half away from zero', () => {
    const lines = [1, 2].map((seq) =>
      makeLine({
        id: `line-${seq.toString()}`,
        unit_price: 10,
        tax_rate: 500,
        tax_included: false,
      }),
    );
    expect(lineFigures(lines)).toEqual([
      { discount: 0, tax: 1, total: 11 },
      { discount: 0, tax: 1, total: 11 },
    ]);
    expect(orderTotals({ lines, adjustments: [] }, RULES).header).toMatchObject({
      subtotal: 20,
      tax: 2,
      total: 22,
    });
  });

  it('D-TOT-4 a voided line counts nothing', () => {
    const lines = [makeLine(), makeLine({ id: 'line-2', status: 'voided' })];
    expect(lineFigures(lines)[1]).toEqual({ discount: 0, tax: 0, total: 0 });
    expect(orderTotals({ lines, adjustments: [] }, RULES).header.total).toBe(1_000);
  });
});

describe('discounts', () => {
  it('D-TOT-5 discounts apply in the order given, each on what is left', () => {
    const half = makeAdjustment({ id: 'half', value: 5_000 });
    const hundred = makeAdjustment({ id: 'hundred', value_kind: 'amount', value: 100 });
    expect(lineFigures([makeLine()], [half, hundred])).toMatchObject([{ discount: 600 }]);
    expect(lineFigures([makeLine()], [hundred, half])).toMatchObject([{ discount: 550 }]);
  });

  it('D-TOT-6 a percentage of the order is taken of the whole, then shared out to the cent by largest remainder', () => {
    const lines = [1, 2, 3].map((seq) => makeLine({ id: `line-${seq.toString()}`, unit_price: 5 }));
    expect(lineFigures(lines, [makeAdjustment()])).toMatchObject([
      { discount: 1 },
      { discount: 1 },
      { discount: 0 },
    ]);
  });

  it('D-TOT-7 an amount takes no more than there is, and a line discount only from its line', () => {
    const lines = [makeLine(), makeLine({ id: 'line-2' })];
    const much = makeAdjustment({ line_id: 'line-2', value_kind: 'amount', value: 5_000 });
    expect(lineFigures(lines, [much])).toMatchObject([{ discount: 0 }, { discount: 1_000 }]);
    const totals = orderTotals({ lines, adjustments: [much] }, RULES);
    expect(totals.adjustments.get(much.id)).toBe(1_000);
  });
});

describe('orders', () => {
  it('D-TOT-8 the service charge is taken of the lines after discounts, and holds its own tax', () => {
    const rules: TaxRules = { ...RULES, service_charge_tax_rate: 2_000 };
    const charge = makeAdjustment({ id: 'charge', kind: 'service_charge', value: 1_250 });
    const half = makeAdjustment({ value: 5_000 });
    const totals = orderTotals({ lines: [makeLine()], adjustments: [charge, half] }, rules);
    expect(totals.header).toEqual({
      subtotal: 1_000,
      discount: 500,
      service_charge: 63,
      tax: 11,
      rounding: 0,
      total: 563,
    });
  });

  it('D-TOT-9 totals are rounded to the unit of the branch, half away from zero', () => {
    const rules: TaxRules = { ...RULES, rounding_unit: 5 };
    const of = (unit_price: number): unknown =>
      orderTotals({ lines: [makeLine({ unit_price })], adjustments: [] }, rules).header;
    expect(of(1_002)).toMatchObject({ rounding: -2, total: 1_000 });
    expect(of(1_003)).toMatchObject({ rounding: 2, total: 1_005 });
  });

  it('D-TOT-10 paid is what the house holds; unpaid, partial, paid and refunded follow from it', () => {
    const lines = [makeLine()];
    const state = (total: number, payments: OrderPayment[]): unknown =>
      paymentState(total, { lines, payments });
    const refund = makePayment({ id: 'refund-1', kind: 'refund', refund_of: 'payment-1' });
    expect(state(1_000, [])).toEqual({ paid: 0, tip: 0, payment_status: 'unpaid' });
    expect(state(1_500, [makePayment({ tip: 50 })])).toEqual({
      paid: 1_000,
      tip: 50,
      payment_status: 'partial',
    });
    expect(state(1_000, [makePayment()])).toMatchObject({ paid: 1_000, payment_status: 'paid' });
    expect(state(1_000, [makePayment(), refund])).toMatchObject({
      paid: 0,
      payment_status: 'refunded',
    });
    expect(state(0, [])).toMatchObject({ payment_status: 'paid' });
    expect(paymentState(0, { lines: [], payments: [] }).payment_status).toBe('unpaid');
  });
});

const anyLine = fc.record({
  unit_price: fc.nat(100_000),
  qty: fc.integer({ min: 1, max: 999 }),
  tax_rate: fc.nat(2_500),
  tax_included: fc.boolean(),
  voided: fc.boolean(),
});

const anyDiscount = fc.record({
  percent: fc.boolean(),
  value: fc.integer({ min: 1, max: 10_000 }),
  line: fc.option(fc.nat(9), { nil: null }),
});

describe('whatever the order', () => {
  it('D-TOT-11 figures of lines add up to those of the order, and none is negative', () => {
    fc.assert(
      fc.property(
        fc.array(anyLine, { maxLength: 10 }),
        fc.array(anyDiscount, { maxLength: 5 }),
        fc.constantFrom(1, 5, 100),
        (drawn, discounts, rounding_unit) => {
          const lines = drawn.map(({ voided, ...columns }, index) =>
            makeLine({ ...columns, id: index.toString(), status: voided ? 'voided' : 'new' }),
          );
          const adjustments = discounts.map(({ percent, value, line }, index) =>
            makeAdjustment({
              id: index.toString(),
              value_kind: percent ? 'percent' : 'amount',
              value,
              line_id: line === null ? null : line.toString(),
            }),
          );
          const totals = orderTotals({ lines, adjustments }, { ...RULES, rounding_unit });
          const sums = { discount: 0, tax: 0, total: 0 };
          for (const figures of totals.lines) {
            for (const column of ['discount', 'tax', 'total'] as const) {
              expect(figures[column]).toBeGreaterThanOrEqual(0);
              sums[column] += figures[column];
            }
          }
          const { header } = totals;
          expect(header.discount).toBe(sums.discount);
          expect(header.tax).toBe(sums.tax);
          expect(header.total).toBe(sums.total + header.rounding);
          expect(header.total).toBeGreaterThanOrEqual(0);
          expect(header.total % rounding_unit).toBe(0);
          const came = [...totals.adjustments.values()].reduce((sum, amount) => sum + amount, 0);
          expect(came).toBe(header.discount);
        },
      ),
      { seed: 11, numRuns: 300 },
    );
  });

  it('D-TOT-12 shares add up to the amount exactly, and none is above its weight', () => {
    const weights = fc.array(fc.nat(10 ** 11), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(weights, fc.nat(10_000), (shares, part) => {
        const sum = shares.reduce((total, share) => total + share, 0);
        const amount = proportion(sum, part, 10_000);
        const given = allocate(amount, shares);
        expect(given.reduce((total, share) => total + share, 0)).toBe(amount);
        for (const [index, share] of given.entries()) {
          expect(share).toBeGreaterThanOrEqual(0);
          expect(share).toBeLessThanOrEqual(shares[index] ?? 0);
        }
      }),
      { seed: 12, numRuns: 300 },
    );
  });

  it('D-TOT-13 proportions are exact beyond 2^53', () => {
    fc.assert(
      fc.property(
        fc.nat(10 ** 12),
        fc.nat(10 ** 6),
        fc.integer({ min: 1, max: 10 ** 6 }),
        (a, b, c) => {
          const exact = (2n * BigInt(a) * BigInt(b) + BigInt(c)) / (2n * BigInt(c));
          expect(proportion(a, b, c)).toBe(Number(exact));
        },
      ),
      { seed: 13, numRuns: 300 },
    );
  });
});
