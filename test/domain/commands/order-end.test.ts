import { describe, expect, it } from 'vitest';
import { orderAddLines } from '../../../src/domain/commands/order-add-lines.js';
import { orderClose } from '../../../src/domain/commands/order-close.js';
import { orderDiscount } from '../../../src/domain/commands/order-discount.js';
import { orderReopen } from '../../../src/domain/commands/order-reopen.js';
import { publicRow } from '../../../src/domain/public-row.js';
import { orderSend } from '../../../src/domain/commands/order-send.js';
import { orderSplit } from '../../../src/domain/commands/order-split.js';
import { orderTransfer } from '../../../src/domain/commands/order-transfer.js';
import { orderUpdateLine } from '../../../src/domain/commands/order-update-line.js';
import { orderUpdate } from '../../../src/domain/commands/order-update.js';
import { orderVoidLine } from '../../../src/domain/commands/order-void-line.js';
import { orderVoid } from '../../../src/domain/commands/order-void.js';
import { paymentAdd } from '../../../src/domain/commands/payment-add.js';
import { paymentRefund } from '../../../src/domain/commands/payment-refund.js';
import { outcome } from '../../support/domain.js';
import { makeItem, makeShift, NOON } from '../../support/rows.js';
import { detailsOf, Till } from '../till.js';

const A = { order_id: 'a' };
const REASON = { ...A, reason: 'mistake' };

function pay(till: Till, amount: number): void {
  till.done(paymentAdd, { ...A, payment_id: `p-${amount.toString()}`, method: 'card', amount });
}

function closedTill(): Till {
  const till = new Till();
  till.openSent('a', ['steak']);
  pay(till, 1_000);
  till.branch.now = NOON + 9;
  till.done(orderClose, A);
  return till;
}

describe('order.transfer', () => {
  it('D-XFER-1 changes the table, and marks what the kitchen has in hand', () => {
    const till = new Till();
    till.openSent('a', ['steak', 'water']);
    till.done(orderAddLines, { ...A, lines: [{ item_id: 'beer', qty: 1, line_id: 'a-3' }] });
    till.done(orderTransfer, { ...A, table_no: '9' });
    expect(till.header('a')).toMatchObject({ table_no: '9', version: 4 });
    expect(till.lines('a').map(({ mark }) => mark)).toEqual(['moved', null, null]);
    expect(outcome(till.give(orderTransfer, { ...A, table_no: '9' }))).toBe('unchanged');
  });
});

describe('order.close', () => {
  it('D-CLOSE-1 closes where the balance is 0; what the kitchen has in hand goes on', () => {
    const till = closedTill();
    expect(till.header('a')).toMatchObject({
      status: 'closed',
      closed_at: NOON + 9,
      payment_status: 'paid',
      stations: ['grill'],
    });
    till.bump('a', 'a-1', 'ready');
    expect(till.header('a')).toMatchObject({ status: 'closed', stations: ['grill'] });
  });

  it('D-CLOSE-2 anything to pay, or to give back, is balance_due', () => {
    const till = new Till();
    till.open('a', ['steak', 'beer']);
    pay(till, 1_000);
    const short = till.give(orderClose, A);
    expect(outcome(short)).toBe('balance_due');
    expect(detailsOf(short)).toEqual({ balance: 500 });
    pay(till, 500);
    till.done(orderVoidLine, { ...REASON, line_id: 'a-2' });
    expect(detailsOf(till.give(orderClose, A))).toEqual({ balance: -500 });
    till.done(paymentRefund, { payment_id: 'p-500', amount: 500, reason: 'gone' });
    till.done(orderClose, A);
    expect(till.header('a')).toMatchObject({ status: 'closed', total: 1_000, paid: 1_000 });
  });

  it('D-CLOSE-3 nothing about a finished order changes but what the kitchen does', () => {
    const till = closedTill();
    till.open('b', []);
    till.done(orderVoid, { order_id: 'b', reason: 'test' });
    for (const order_id of ['a', 'b']) {
      const reason = 'why';
      const refusals = [
        till.give(orderUpdate, { order_id, guests: 2 }),
        till.give(orderAddLines, { order_id, lines: [{ item_id: 'beer', qty: 1 }] }),
        till.give(orderSend, { order_id }),
        till.give(orderDiscount, { order_id, kind: 'amount', value: 1, reason }),
        till.give(orderTransfer, { order_id, table_no: '9' }),
        till.give(orderSplit, { order_id, lines: [{ line_id: 'a-1' }] }),
        till.give(orderClose, { order_id }),
        till.give(orderVoid, { order_id, reason }),
      ];
      expect(refusals.map(outcome)).toEqual(refusals.map(() => 'invalid_state'));
    }
    const line = { ...A, line_id: 'a-1' };
    expect(detailsOf(till.give(orderUpdateLine, { ...line, note: 'x' }))).toEqual({
      status: 'closed',
      legal: ['open'],
    });
    const voided = till.give(orderVoidLine, { ...line, reason: 'x' });
    expect(outcome(voided)).toBe('invalid_state');
  });
});

describe('order.reopen', () => {
  it('D-REOPEN-1 a closed order of the open shift is taken up again, as its lines stand', () => {
    const till = closedTill();
    till.bump('a', 'a-1', 'preparing');
    till.done(orderReopen, REASON);
    expect(till.header('a')).toMatchObject({ status: 'preparing', closed_at: null, paid: 1_000 });
    expect(orderReopen.roles).toEqual([]);
  });

  it('D-REOPEN-3 keeps why, in the row alone', () => {
    const till = closedTill();
    till.done(orderReopen, REASON);
    const header = till.header('a');
    expect(header.reopen_reason).toBe(REASON.reason);
    expect(publicRow('order_header', header, 'admin')).not.toHaveProperty('reopen_reason');
  });

  it('D-REOPEN-2 an order that is not closed, or whose shift is over, is not reopened', () => {
    const till = closedTill();
    till.open('b', []);
    const open = till.give(orderReopen, { order_id: 'b', reason: 'why' });
    expect(outcome(open)).toBe('invalid_state');
    till.branch.put('pos_shift', makeShift({ status: 'closed' }));
    till.branch.put('pos_shift', makeShift({ id: 'shift-2' }));
    expect(outcome(till.give(orderReopen, REASON))).toBe('invalid_state');
  });
});

describe('order.void', () => {
  it('D-VOID-1 voids every line; the kitchen sees those that it had struck through', () => {
    const till = new Till();
    till.branch.put('menu_item', makeItem({ remaining: 9 }));
    till.openSent('a', ['steak', 'water']);
    till.done(orderAddLines, { ...A, lines: [{ item_id: 'steak', qty: 2, line_id: 'a-3' }] });
    till.done(orderVoid, REASON);
    expect(till.header('a')).toMatchObject({
      status: 'voided',
      void_reason: 'mistake',
      total: 0,
      stations: ['grill'],
    });
    expect(till.lines('a')).toMatchObject([
      { status: 'voided', mark: 'voided', void_reason: 'mistake', voided_by: 'manager-1' },
      { status: 'voided', mark: null, voided_by: 'manager-1' },
      { status: 'voided', mark: null, sent_at: null, voided_by: 'manager-1' },
    ]);
    expect(till.branch.row('menu_item', 'steak').remaining).toBe(8);
  });

  it('D-VOID-2 an order with payments left is not voided; one that was given back is', () => {
    const till = new Till();
    till.open('a', ['steak']);
    pay(till, 600);
    expect(outcome(till.give(orderVoid, REASON))).toBe('invalid_state');
    till.done(paymentRefund, { payment_id: 'p-600', amount: 600, reason: 'gone' });
    till.done(orderVoid, REASON);
    expect(till.header('a')).toMatchObject({ status: 'voided', payment_status: 'refunded' });
  });
});
