import { expect, it } from 'vitest';
import { orderDiscount } from '../../../src/domain/commands/order-discount.js';
import { orderSplit } from '../../../src/domain/commands/order-split.js';
import { orderVoidLine } from '../../../src/domain/commands/order-void-line.js';
import { paymentAdd } from '../../../src/domain/commands/payment-add.js';
import { outcome, TestBranch } from '../../support/domain.js';
import { makeBranch, NOON } from '../../support/rows.js';
import { detailsOf, Till } from '../till.js';

function split(till: Till, ...lines: { line_id: string; qty?: number }[]): string {
  return outcome(till.give(orderSplit, { order_id: 'a', new_order_id: 'b', lines }));
}

it('D-SPLIT-1 the new order is of the same table and shift, with a number of its own', () => {
  const till = new Till();
  till.openSent('a', ['steak', 'beer']);
  till.branch.now = NOON + 5;
  expect(split(till, { line_id: 'a-2' })).toBe('change');
  expect(till.header('b')).toMatchObject({
    split_from: 'a',
    number: 2,
    table_no: '1',
    order_type: 'dine_in',
    shift_id: 'shift-1',
    business_date: '2026-11-20',
    opened_at: NOON + 5,
    sent_at: NOON,
    total: 500,
    stations: ['bar'],
    version: 1,
  });
  expect(till.header('a')).toMatchObject({ total: 1_000, stations: ['grill'] });
  expect(till.line('a-2')).toMatchObject({ order_id: 'b', seq: 1, mark: 'moved', version: 3 });
  expect(till.line('a-1').mark).toBeNull();
});

it('D-SPLIT-2 a part of a line becomes a line of the same status and times; both are marked in the kitchen', () => {
  const till = new Till();
  till.openSent('a', [{ item_id: 'steak', qty: 3 }]);
  till.branch.now = NOON + 5;
  till.bump('a', 'a-1', 'preparing');
  expect(split(till, { line_id: 'a-1', qty: 2 })).toBe('change');
  expect(till.line('a-1')).toMatchObject({ qty: 1, total: 1_000, mark: 'moved' });
  expect(till.lines('b')).toMatchObject([
    {
      origin_line_id: 'a-1',
      qty: 2,
      total: 2_000,
      status: 'preparing',
      mark: 'moved',
      created_at: NOON,
      sent_at: NOON,
      started_at: NOON + 5,
      version: 1,
    },
  ]);
});

it('R-FIG-5 what the kitchen took back stays with the line, not with the part that is split off', () => {
  const till = new Till();
  till.openSent('a', [{ item_id: 'steak', qty: 3 }, 'beer']);
  for (const id of ['a-1', 'a-2']) {
    till.bump('a', id, 'ready');
    till.bump('a', id, 'preparing');
  }
  expect(split(till, { line_id: 'a-1', qty: 2 }, { line_id: 'a-2' })).toBe('change');
  expect(till.line('a-1').recalls).toBe(1);
  expect(till.lines('b').map(({ recalls }) => recalls)).toEqual([null, 1]);
});

it('D-SPLIT-3 lines that the kitchen does not have in hand are not marked', () => {
  const till = new Till();
  till.openSent('a', ['steak', 'water']);
  till.bump('a', 'a-1', 'served');
  expect(split(till, { line_id: 'a-1' }, { line_id: 'a-2' })).toBe('change');
  expect(till.lines('b').map(({ mark }) => mark)).toEqual([null, null]);
  expect(till.header('a')).toMatchObject({ total: 0, status: 'open' });
});

it('D-SPLIT-4 percentages follow the lines; an amount of the order stays as far as the order holds it', () => {
  const till = new Till();
  till.open('a', ['steak', { item_id: 'beer', qty: 2 }, 'water']);
  const off = { order_id: 'a', reason: 'late' };
  till.done(orderDiscount, { ...off, kind: 'percent', value: 1_000 });
  till.done(orderDiscount, { ...off, line_id: 'a-2', kind: 'percent', value: 5_000 });
  till.done(orderDiscount, { ...off, kind: 'amount', value: 300 });
  expect(split(till, { line_id: 'a-2', qty: 1 }, { line_id: 'a-3' })).toBe('change');
  const [copy] = till.lines('b');
  expect(
    till.adjustments('b').map(({ line_id, value_kind, value }) => [line_id, value_kind, value]),
  ).toEqual([
    [null, 'percent', 1_000],
    [copy?.id, 'percent', 5_000],
  ]);
  expect(till.header('a')).toMatchObject({ subtotal: 1_500, total: 825 });
  expect(till.header('b')).toMatchObject({ subtotal: 700, total: 405 });
});

it('D-SPLIT-5 what an amount can no longer take off the order goes to the new one', () => {
  const till = new Till();
  till.open('a', ['steak', { item_id: 'beer', qty: 2 }]);
  const off = { order_id: 'a', reason: 'late', kind: 'amount' } as const;
  till.done(orderDiscount, { ...off, line_id: 'a-2', value: 800 });
  till.done(orderDiscount, { ...off, value: 1_100 });
  expect(till.header('a').total).toBe(100);
  expect(split(till, { line_id: 'a-2', qty: 1 })).toBe('change');
  expect(till.header('a').total + till.header('b').total).toBe(100);
});

it('D-SPLIT-6 the service charge is taken on the new order by the branch’s rules', () => {
  const tax_rules = {
    ...makeBranch().tax_rules,
    service_charge_rate: 1_000,
    service_charge_order_types: ['dine_in' as const],
  };
  const till = new Till(new TestBranch({ branch: makeBranch({ tax_rules }) }));
  till.open('a', ['steak', 'beer']);
  expect(split(till, { line_id: 'a-2' })).toBe('change');
  expect(till.header('a')).toMatchObject({ service_charge: 100, total: 1_100 });
  expect(till.header('b')).toMatchObject({ service_charge: 50, total: 550 });
});

it('D-SPLIT-7 what was paid stays with the order, which must still be worth it: overpayment', () => {
  const till = new Till();
  till.open('a', ['steak', 'beer']);
  till.done(paymentAdd, { order_id: 'a', method: 'card', amount: 1_000 });
  const over = till.give(orderSplit, { order_id: 'a', lines: [{ line_id: 'a-1' }] });
  expect(outcome(over)).toBe('overpayment');
  expect(detailsOf(over)).toEqual({ paid: 1_000, total: 500 });
  expect(split(till, { line_id: 'a-2' })).toBe('change');
  expect(till.header('a')).toMatchObject({ paid: 1_000, payment_status: 'paid' });
});

it('D-SPLIT-8 lines must be of the order, not voided, named once, and hold as much', () => {
  const till = new Till();
  till.open('a', ['steak', 'beer']);
  till.done(orderVoidLine, { order_id: 'a', line_id: 'a-2', reason: 'gone' });
  expect(split(till, { line_id: 'a-9' })).toBe('not_found');
  expect(split(till, { line_id: 'a-2' })).toBe('invalid_state');
  expect(split(till, { line_id: 'a-1' }, { line_id: 'a-1' })).toBe('validation_failed');
  expect(split(till, { line_id: 'a-1', qty: 2 })).toBe('validation_failed');
  const taken = till.give(orderSplit, {
    order_id: 'a',
    new_order_id: 'a',
    lines: [{ line_id: 'a-1' }],
  });
  expect(outcome(taken)).toBe('already_exists');
});
