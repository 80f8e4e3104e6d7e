import { beforeEach, describe, expect, test } from 'vitest';
import { paymentAdd } from '../../../src/domain/commands/payment-add.js';
import { paymentRefund } from '../../../src/domain/commands/payment-refund.js';
import { outcome, TestBranch } from '../../support/domain.js';
import { makeHeader, makeLine, makeShift } from '../../support/rows.js';

let branch: TestBranch;

beforeEach(() => {
  branch = new TestBranch();
  branch.put('order_header', makeHeader({ subtotal: 1_000, total: 1_000 }));
  branch.put('order_line', makeLine({ status: 'served' }));
  const pay = { order_id: 'order-1', method: 'card' as const };
  branch.run(paymentAdd, { ...pay, amount: 600, tip: 60, payment_id: 'p1' });
  branch.run(paymentAdd, { ...pay, amount: 400, payment_id: 'p2' });
});

const reason = 'cold food';

describe('D-REFUND-1 a refund gives back by the method of its payment', () => {
  test('D-REFUND-1 the row names its payment and its reason', () => {
    branch.run(paymentRefund, { payment_id: 'p1', refund_id: 'r1', amount: 200, reason });
    expect(branch.row('order_payment', 'r1')).toMatchObject({
      kind: 'refund',
      refund_of: 'p1',
      method: 'card',
      amount: 200,
      tip: 0,
      reference: reason,
    });
    expect(branch.row('order_header', 'order-1')).toMatchObject({
      paid: 800,
      payment_status: 'partial',
    });
  });

  test('D-REFUND-1 an order whose payments were all given back is refunded', () => {
    branch.run(paymentRefund, { payment_id: 'p1', amount: 600, reason });
    branch.run(paymentRefund, { payment_id: 'p2', amount: 400, reason });
    expect(branch.row('order_header', 'order-1')).toMatchObject({
      paid: 0,
      payment_status: 'refunded',
    });
  });

  test('D-REFUND-1 it locks the order through the payment and asks for no version', () => {
    const payload = { payment_id: 'p1', amount: 1, reason };
    expect(paymentRefund.records(payload)).toEqual({ payments: ['p1'] });
    expect(paymentRefund.expects).toBeUndefined();
    expect(paymentRefund.roles).toEqual([]);
  });
});

test.each([
  ['the whole payment', [], 600, 'change'],
  ['more than the payment', [], 601, 'overpayment'],
  ['the rest after a refund', [250], 350, 'change'],
  ['more than the rest', [250], 351, 'overpayment'],
  ['after everything went back', [250, 350], 1, 'overpayment'],
])('D-REFUND-2 at most what is left of the payment: %s', (_title, earlier, amount, expected) => {
  for (const refunded of earlier) {
    branch.run(paymentRefund, { payment_id: 'p1', amount: refunded, reason });
  }
  const decision = branch.run(paymentRefund, { payment_id: 'p1', amount, reason });
  expect(outcome(decision)).toBe(expected);
});

describe('D-REFUND-3 what cannot be refunded', () => {
  test.each([
    ['an unknown payment', { payment_id: 'nobody' }, 'not_found'],
    ['a refund', { payment_id: 'r1' }, 'invalid_state'],
    ['an id that is taken', { payment_id: 'p1', refund_id: 'r1' }, 'already_exists'],
  ])('D-REFUND-3 %s', (_title, columns, expected) => {
    branch.run(paymentRefund, { payment_id: 'p1', refund_id: 'r1', amount: 100, reason });
    expect(outcome(branch.run(paymentRefund, { ...columns, amount: 10, reason }))).toBe(expected);
  });
});

test('D-REFUND-4 a refund belongs to the open shift, whichever shift its order closed in', () => {
  const header = branch.row('order_header', 'order-1');
  branch.put('order_header', { ...header, status: 'closed', closed_at: branch.now });
  branch.put('pos_shift', makeShift({ status: 'closed', closed_at: branch.now, version: 2 }));
  branch.put('pos_shift', makeShift({ id: 'shift-2' }));
  branch.run(paymentRefund, { payment_id: 'p1', refund_id: 'r1', amount: 600, reason });
  expect(branch.row('order_payment', 'r1').shift_id).toBe('shift-2');
  expect(branch.row('order_header', 'order-1')).toMatchObject({
    shift_id: 'shift-1',
    status: 'closed',
    paid: 400,
    total: 1_000,
  });
});
