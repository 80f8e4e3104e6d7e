import { Check } from 'typebox/value';
import { beforeEach, describe, expect, test } from 'vitest';
import { assert } from '../../../src/base/assert.js';
import { paymentAdd } from '../../../src/domain/commands/payment-add.js';
import { PaymentAdd } from '../../../src/domain/payloads/payment.js';
import { outcome, TestBranch } from '../../support/domain.js';
import { makeHeader, makeLine } from '../../support/rows.js';

let branch: TestBranch;

beforeEach(() => {
  branch = new TestBranch();
  branch.put('order_header', makeHeader({ subtotal: 1_000, total: 1_000 }));
  branch.put('order_line', makeLine({ status: 'served' }));
});

const cash = { order_id: 'order-1', method: 'cash' as const };

describe('D-PAY-1 a payment is a row of its own, and the header follows', () => {
  test('D-PAY-1 part, then the rest: partial, then paid', () => {
    const first = branch.run(paymentAdd, { ...cash, amount: 400, payment_id: 'p1' });
    expect(outcome(first)).toBe('change');
    expect(branch.row('order_header', 'order-1')).toMatchObject({
      paid: 400,
      payment_status: 'partial',
      version: 2,
    });
    branch.run(paymentAdd, { order_id: 'order-1', method: 'card', amount: 600, tip: 50 });
    expect(branch.row('order_header', 'order-1')).toMatchObject({
      paid: 1_000,
      tip: 50,
      payment_status: 'paid',
      version: 3,
    });
    expect(branch.row('order_payment', 'p1')).toMatchObject({
      shift_id: 'shift-1',
      kind: 'payment',
      refund_of: null,
      by_staff: 'manager-1',
      device_id: 'till-1',
      at: branch.now,
      version: 1,
    });
  });

  test('D-PAY-1 the time of the client stands beside that of the hub', () => {
    const context = { ...branch.context('cashier'), clientAt: 77 };
    branch.run(paymentAdd, { ...cash, amount: 400, payment_id: 'p1' }, context);
    expect(branch.row('order_payment', 'p1')).toMatchObject({ client_at: 77, at: branch.now });
  });

  test('D-PAY-1 it asks for no version: two payments take their turns', () => {
    expect(paymentAdd.expects).toBeUndefined();
    expect(paymentAdd.records({ ...cash, amount: 1 })).toEqual({ orders: ['order-1'] });
  });

  test('D-PAY-1 an unknown order is not found', () => {
    expect(outcome(branch.run(paymentAdd, { ...cash, order_id: 'x', amount: 1 }))).toBe(
      'not_found',
    );
  });
});

test.each([
  ['exact', { amount: 1_000, tendered: 1_000 }, 0],
  ['a note too large', { amount: 1_000, tendered: 2_000 }, 1_000],
  ['with a tip', { amount: 1_000, tip: 150, tendered: 1_200 }, 50],
  ['not said', { amount: 1_000 }, null],
])('D-PAY-2 change is tendered less amount and tip: %s', (_title, payload, change) => {
  branch.run(paymentAdd, { ...cash, ...payload, payment_id: 'p1' });
  expect(branch.row('order_payment', 'p1').change_due).toBe(change);
});

test.each([
  ['too little handed over', { ...cash, amount: 1_000, tip: 1, tendered: 1_000 }],
  ['handed over on a card', { ...cash, method: 'card' as const, amount: 10, tendered: 20 }],
])('D-PAY-2 refused at /tendered: %s', (_title, payload) => {
  const decision = branch.run(paymentAdd, payload);
  assert(decision.kind === 'refused', 'it is refused');
  expect(decision.refusal).toMatchObject({
    code: 'validation_failed',
    details: [{ path: '/tendered' }],
  });
});

describe('D-PAY-3 a payment above the balance is refused as overpayment', () => {
  test.each([
    ['one minor unit more', 0, 1_001, 'overpayment'],
    ['exactly what is due', 0, 1_000, 'change'],
    ['more than what is left', 700, 301, 'overpayment'],
    ['what is left', 700, 300, 'change'],
  ])('D-PAY-3 %s', (_title, before, amount, expected) => {
    if (before > 0) branch.run(paymentAdd, { ...cash, amount: before });
    expect(outcome(branch.run(paymentAdd, { ...cash, amount }))).toBe(expected);
  });

  test('D-PAY-3 the refusal says what is due', () => {
    const decision = branch.run(paymentAdd, { ...cash, amount: 1_001 });
    expect(decision).toMatchObject({ refusal: { details: { balance: 1_000 } } });
  });
});

test.each(['closed', 'voided'] as const)('D-PAY-4 a %s order takes no payment', (status) => {
  branch.put('order_header', makeHeader({ status, subtotal: 1_000, total: 1_000 }));
  const decision = branch.run(paymentAdd, { ...cash, amount: 1 });
  expect(decision).toMatchObject({ refusal: { code: 'invalid_state', details: { status } } });
});

test('D-PAY-5 a payment id is used once, before anything else is judged', () => {
  branch.run(paymentAdd, { ...cash, amount: 1_000, payment_id: 'p1' });
  const again = branch.run(paymentAdd, { ...cash, amount: 1_000, payment_id: 'p1' });
  expect(outcome(again)).toBe('already_exists');
});

test.each([
  ['an amount of 0', { ...cash, amount: 0 }],
  ['a negative amount', { ...cash, amount: -5 }],
  ['half a penny', { ...cash, amount: 0.5 }],
  ['more than 10^11', { ...cash, amount: 100_000_000_001 }],
  ['an unknown method', { ...cash, amount: 5, method: 'gold' }],
  ['an unknown field', { ...cash, amount: 5, total: 5 }],
])('D-PAY-6 the payload refuses %s', (_title, payload) => {
  expect(Check(PaymentAdd, payload)).toBe(false);
});
