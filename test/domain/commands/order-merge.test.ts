import { expect, it } from 'vitest';
import { kitchenClear } from '../../../src/domain/commands/kitchen-clear.js';
import { orderDiscount } from '../../../src/domain/commands/order-discount.js';
import { orderMerge } from '../../../src/domain/commands/order-merge.js';
import { orderSplit } from '../../../src/domain/commands/order-split.js';
import { orderUpdateLine } from '../../../src/domain/commands/order-update-line.js';
import { orderVoidLine } from '../../../src/domain/commands/order-void-line.js';
import { paymentAdd } from '../../../src/domain/commands/payment-add.js';
import { paymentRefund } from '../../../src/domain/commands/payment-refund.js';
import { outcome } from '../../support/domain.js';
import { makeItem, NOON } from '../../support/rows.js';
import { Till } from '../till.js';

const MERGE = { order_id: 'a', into_order_id: 'b' };

it('D-MERGE-1 lines move as they are, and the source is voided with the order that it went into', () => {
  const till = new Till();
  till.openSent('a', ['steak', 'beer']);
  till.open('b', ['water']);
  till.branch.now = NOON + 5;
  till.done(orderMerge, MERGE);
  expect(till.header('a')).toMatchObject({
    status: 'voided',
    merged_into: 'b',
    void_reason: null,
    total: 0,
    stations: [],
  });
  expect(till.lines('b').map(({ id, seq, status }) => [id, seq, status])).toEqual([
    ['b-1', 1, 'new'],
    ['a-1', 2, 'queued'],
    ['a-2', 3, 'queued'],
  ]);
  expect(till.line('a-1').sent_at).toBe(NOON);
  expect(till.header('b')).toMatchObject({
    total: 1_700,
    stations: ['bar', 'grill'],
    sent_at: NOON,
  });
});

it('D-MERGE-2 lines in the kitchen are marked moved, others are not; marks that were there stay', () => {
  const till = new Till();
  till.openSent('a', ['steak', 'steak', 'steak', 'water']);
  till.open('b', []);
  till.bump('a', 'a-1', 'ready');
  till.bump('a', 'a-2', 'served');
  till.done(orderUpdateLine, { order_id: 'a', line_id: 'a-2', note: 'rare' });
  till.done(orderVoidLine, { order_id: 'a', line_id: 'a-3', reason: 'gone' });
  till.done(orderMerge, MERGE);
  const marks = till.lines('b').map(({ mark }) => mark);
  expect(marks).toEqual(['moved', 'changed', 'voided', null]);
  till.done(kitchenClear, { order_id: 'b', line_ids: ['a-1', 'a-2', 'a-3'] });
  expect(till.header('b').stations).toEqual(['grill']);
});

it('D-MERGE-3 discounts of lines go along, percentages of the source become those of its lines, amounts stay amounts', () => {
  const till = new Till();
  till.open('a', ['steak', 'beer']);
  till.open('b', ['beer']);
  const off = { order_id: 'a', reason: 'late' };
  till.done(orderDiscount, { ...off, line_id: 'a-1', kind: 'amount', value: 200 });
  till.done(orderDiscount, { ...off, kind: 'percent', value: 1_000 });
  till.done(orderDiscount, { ...off, kind: 'amount', value: 70 });
  expect(till.header('a').total).toBe(1_100);
  till.done(orderMerge, MERGE);
  expect(
    till
      .adjustments('b')
      .map(({ line_id, value_kind, value, amount }) => [line_id, value_kind, value, amount]),
  ).toEqual([
    ['a-1', 'amount', 200, 200],
    ['a-1', 'percent', 1_000, 80],
    ['a-2', 'percent', 1_000, 50],
    [null, 'amount', 70, 70],
  ]);
  expect(till.header('b').total).toBe(1_600);
});

it('D-MERGE-4 a percentage that the target gives too is not given twice, also when a split order comes back', () => {
  const till = new Till();
  till.open('a', ['steak', 'beer']);
  const off = { order_id: 'a', reason: 'staff' };
  till.done(orderDiscount, { ...off, kind: 'percent', value: 1_000 });
  till.done(orderDiscount, { ...off, line_id: 'a-1', kind: 'amount', value: 100 });
  const { total } = till.header('a');
  till.done(orderSplit, { order_id: 'a', new_order_id: 'b', lines: [{ line_id: 'a-1' }] });
  till.done(orderMerge, { order_id: 'b', into_order_id: 'a' });
  expect(till.header('a').total).toBe(total);
  expect(till.adjustments('a')).toHaveLength(2);
});

it('D-MERGE-5 an order with payments, given back or not, is not merged away; the target may have some', () => {
  const till = new Till();
  till.open('a', ['beer']);
  till.open('b', ['steak']);
  const paid = { payment_id: 'p', method: 'card', amount: 500 } as const;
  till.done(paymentAdd, { order_id: 'a', ...paid });
  expect(outcome(till.give(orderMerge, MERGE))).toBe('invalid_state');
  till.done(orderMerge, { order_id: 'b', into_order_id: 'a' });
  expect(till.header('a')).toMatchObject({ total: 1_500, paid: 500, payment_status: 'partial' });
  till.open('c', ['steak']);
  till.done(paymentRefund, { payment_id: 'p', amount: 500, reason: 'wrong' });
  expect(outcome(till.give(orderMerge, { order_id: 'a', into_order_id: 'c' }))).toBe(
    'invalid_state',
  );
});

it('D-MERGE-6 an order is not merged with itself, with what is not there, or with what is finished', () => {
  const till = new Till();
  till.open('a', ['beer']);
  till.open('b', ['beer']);
  till.open('c', ['beer']);
  const merge = (order_id: string, into_order_id: string): string =>
    outcome(till.give(orderMerge, { order_id, into_order_id }));
  expect(merge('a', 'a')).toBe('validation_failed');
  expect(merge('a', 'z')).toBe('not_found');
  expect(merge('z', 'a')).toBe('not_found');
  expect(merge('a', 'b')).toBe('change');
  expect(merge('a', 'c')).toBe('invalid_state');
  expect(merge('c', 'a')).toBe('invalid_state');
});

it('D-MERGE-7 a merge that would make an order too large is refused', () => {
  const till = new Till();
  till.branch.put('menu_item', makeItem({ id: 'gold', price: 60_000_000_000 }));
  till.open('a', ['gold']);
  till.open('b', ['gold']);
  expect(outcome(till.give(orderMerge, MERGE))).toBe('validation_failed');
});

it('D-MERGE-8 an amount gives on the target what it gave on the source', () => {
  const till = new Till();
  till.open('a', ['beer', 'beer']);
  till.open('b', ['steak']);
  till.done(orderDiscount, { order_id: 'a', kind: 'amount', value: 5_000, reason: 'voucher' });
  till.done(orderMerge, MERGE);
  expect(till.header('b')).toMatchObject({ discount: 1_000, total: 1_000 });
  till.open('c', ['water']);
  till.open('d', ['steak']);
  till.done(orderDiscount, {
    order_id: 'c',
    line_id: 'c-1',
    kind: 'amount',
    value: 200,
    reason: 'x',
  });
  till.done(orderDiscount, { order_id: 'd', kind: 'amount', value: 600, reason: 'y' });
  till.done(orderMerge, { order_id: 'c', into_order_id: 'd' });
  expect(till.header('d')).toMatchObject({ subtotal: 1_200, discount: 800, total: 400 });
});
