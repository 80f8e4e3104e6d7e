import { expect, it } from 'vitest';
import { orderAddLines } from '../../../src/domain/commands/order-add-lines.js';
import { orderDiscount } from '../../../src/domain/commands/order-discount.js';
import { orderVoidLine } from '../../../src/domain/commands/order-void-line.js';
import { outcome } from '../../support/domain.js';
import { detailsOf, Till } from '../till.js';

const REASON = { order_id: 'a', reason: 'late' };

it('D-DISC-1 a discount is a row of its own, with what it came to when it was given', () => {
  const till = new Till();
  till.open('a', ['steak', 'beer']);
  till.done(orderDiscount, { ...REASON, kind: 'percent', value: 1_000 });
  till.done(orderDiscount, { ...REASON, line_id: 'a-2', kind: 'amount', value: 100 });
  expect(till.adjustments('a')).toMatchObject([
    { line_id: null, kind: 'discount', value_kind: 'percent', value: 1_000, amount: 150 },
    { line_id: 'a-2', kind: 'discount', value_kind: 'amount', value: 100, amount: 100 },
  ]);
  expect(till.header('a')).toMatchObject({ subtotal: 1_500, discount: 250, total: 1_250 });
  expect(till.lines('a').map(({ discount }) => discount)).toEqual([100, 150]);
});

it('D-DISC-2 a percentage follows the order as it changes; its row does not change', () => {
  const till = new Till();
  till.open('a', ['steak']);
  till.done(orderDiscount, { ...REASON, kind: 'percent', value: 1_000 });
  till.done(orderAddLines, { order_id: 'a', lines: [{ item_id: 'beer', qty: 2 }] });
  expect(till.header('a')).toMatchObject({ discount: 200, total: 1_800 });
  expect(till.adjustments('a')).toMatchObject([{ amount: 100, version: 1 }]);
});

it('D-DISC-3 all of it is a comp', () => {
  const till = new Till();
  till.open('a', ['steak', 'beer']);
  till.done(orderDiscount, { ...REASON, line_id: 'a-1', kind: 'percent', value: 10_000 });
  expect(till.adjustments('a')).toMatchObject([{ kind: 'comp', amount: 1_000 }]);
  expect(till.header('a').total).toBe(500);
});

it('D-DISC-4 a percentage is at most the whole, and a line must be there and not voided', () => {
  const till = new Till();
  till.open('a', ['steak']);
  const beyond = till.give(orderDiscount, { ...REASON, kind: 'percent', value: 10_001 });
  expect(detailsOf(beyond)).toMatchObject([{ path: '/value' }]);
  const off = (line_id: string): string =>
    outcome(till.give(orderDiscount, { ...REASON, line_id, kind: 'amount', value: 1 }));
  expect(off('a-9')).toBe('not_found');
  till.done(orderVoidLine, { order_id: 'a', line_id: 'a-1', reason: 'gone' });
  expect(off('a-1')).toBe('invalid_state');
});

it('D-DISC-5 a discount of a line needs the version of the line, one of the order that of the order', () => {
  const payload = { ...REASON, kind: 'amount', value: 1 } as const;
  expect(orderDiscount.expects?.(payload)).toEqual({ order_header: ['a'] });
  expect(orderDiscount.expects?.({ ...payload, line_id: 'a-1' })).toEqual({ order_line: ['a-1'] });
});
