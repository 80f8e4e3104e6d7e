import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HubClient } from '../support/hub-client.js';
import { Evening } from './evening.js';

let evening: Evening;
let book: HubClient;
beforeEach(async () => {
  evening = await Evening.begin();
  await evening.sent('late', ['burger']);
  await evening.order('done', []);
  await evening.close('done');
  book = await evening.hub.client({ role: 'manager' });
  await book.subscribe('orders');
  await book.subscribe('shift');
  await book.subscribe('kitchen');
});
afterEach(async () => {
  await evening.end();
});

function orders(client: HubClient): string[] {
  return client
    .rows('main/orders', 'order_header')
    .map(({ id }) => id)
    .sort();
}

/** What came after `from` messages, in short. */
function told(client: HubClient, from: number): string[] {
  return client.received
    .slice(from)
    .map((message) =>
      message.type === 'notice'
        ? `notice ${message.code} ${message.channel ?? ''}`
        : `${message.type} ${'channel' in message ? message.channel : ''}`,
    );
}

describe('the end of a shift', () => {
  it('H-SHIFT-1 channels of the shift get notice resync and an unasked snapshot, others neither', async () => {
    const before = book.received.length;
    await evening.closeShift(true);
    await evening.settle();
    expect(told(book, before).sort()).toEqual([
      'notice resync main/orders',
      'notice resync main/shift',
      'snapshot main/orders',
      'snapshot main/shift',
    ]);
    const [snapshot] = book.ofType('snapshot').slice(-1);
    expect(snapshot).not.toHaveProperty('id');
    expect(orders(book)).toEqual([]);
    expect(book.rows('main/shift', 'pos_shift')).toEqual([]);
  });

  it('H-SHIFT-2 the snapshot is encoded once, however many follow', async () => {
    const more = await Promise.all([1, 2, 3, 4].map(() => evening.hub.client({ role: 'waiter' })));
    for (const client of more) await client.subscribe('orders');
    const before = evening.hub.hub.stats()['encodes_total'] ?? 0;
    await evening.closeShift(true);
    await evening.settle();
    // One for the channel `orders`, one for `shift`.
    expect((evening.hub.hub.stats()['encodes_total'] ?? 0) - before).toBe(2);
    expect(more.map(orders)).toEqual([[], [], [], []]);
  });

  it('H-SHIFT-3 an order that is still in the kitchen stays on its screens until it is served', async () => {
    await evening.closeShift(true);
    await evening.settle();
    expect(book.row('main/kitchen', 'order_line', 'late-1')).toMatchObject({ status: 'queued' });
    await evening.bump('late', ['late-1'], 'ready');
    await evening.settle();
    expect(book.row('main/kitchen', 'order_line', 'late-1')).toMatchObject({ status: 'ready' });
    await evening.bump('late', ['late-1'], 'served');
    await evening.settle();
    expect(book.rows('main/kitchen', 'order_header')).toEqual([]);
  });

  it('H-SHIFT-4 carried orders appear in the next shift, by resync; the finished ones do not', async () => {
    await evening.closeShift(true);
    const before = book.received.length;
    await evening.openShift();
    await evening.settle();
    expect(told(book, before)).toContain('notice resync main/orders');
    expect(orders(book)).toEqual(['late']);
    expect(book.row('main/orders', 'order_header', 'late')?.['shift_id']).toBe(evening.shiftId);
    expect(book.rows('main/orders', 'order_line').map(({ id }) => id)).toEqual(['late-1']);
  });

  it('H-SHIFT-5 a hand-over carries the open orders in one commit, and one snapshot tells it', async () => {
    const first = evening.shiftId;
    await evening.handOver();
    await evening.settle();
    expect(evening.shiftId).not.toBe(first);
    expect(orders(book)).toEqual(['late']);
    const resyncs = book.notices.filter(({ channel }) => channel === 'main/orders');
    expect(resyncs).toHaveLength(1);
    expect(book.rows('main/shift', 'pos_shift')).toMatchObject([
      { id: evening.shiftId, opening_float: 10_000 },
    ]);
  });

  it('H-SHIFT-6 a shift opened with nothing carried is a delta like any other', async () => {
    await evening.bump('late', ['late-1'], 'served');
    await evening.pay('late', 1_200);
    await evening.close('late');
    await evening.closeShift();
    await evening.settle();
    const before = book.received.length;
    await evening.openShift();
    await evening.order('fresh', ['chips']);
    await evening.pass(2);
    expect(told(book, before).filter((text) => text.startsWith('notice'))).toEqual([]);
    expect(orders(book)).toEqual(['fresh']);
    expect(book.rows('main/shift', 'pos_shift')).toMatchObject([{ id: evening.shiftId }]);
    expect(book.gaps).toEqual([]);
  });

  it('H-SHIFT-7 what has left memory costs nothing more: only open and late orders stay hot', async () => {
    expect(evening.hub.hub.stats()).toMatchObject({ hot_orders: 2, hot_lines: 1 });
    await evening.closeShift(true);
    expect(evening.hub.hub.stats()).toMatchObject({ hot_orders: 1, hot_lines: 1 });
    await evening.bump('late', ['late-1'], 'served');
    // Not closed yet, so it is carried.
    expect(evening.hub.hub.stats()).toMatchObject({ hot_orders: 1 });
  });

  it('H-SHIFT-8 a paid order still in the kitchen when its shift ends leaves memory once it is served', async () => {
    await evening.pay('late', 1_200);
    await evening.close('late');
    await evening.closeShift();
    await evening.settle();
    expect(evening.hub.hub.stats()).toMatchObject({ hot_orders: 1 });
    await evening.bump('late', ['late-1'], 'served');
    await evening.settle();
    expect(evening.hub.hub.stats()).toMatchObject({ hot_orders: 0, hot_lines: 0 });
    expect(book.rows('main/kitchen', 'order_line')).toEqual([]);
    expect(book.gaps).toEqual([]);
  });
});

describe('recall of an order that has gone cold', () => {
  it('H-SHIFT-9 brings it back to the kitchen’s screens, whole, and lets it go again', async () => {
    await evening.bump('late', ['late-1'], 'served');
    await evening.pay('late', 1_200);
    await evening.close('late');
    await evening.closeShift();
    await evening.settle();
    expect(evening.hub.hub.stats()).toMatchObject({ hot_orders: 0 });
    await evening.bump('late', ['late-1'], 'preparing');
    await evening.settle();
    expect(book.row('main/kitchen', 'order_line', 'late-1')).toMatchObject({ status: 'preparing' });
    expect(book.row('main/kitchen', 'order_header', 'late')).toMatchObject({ stations: ['grill'] });
    expect(evening.hub.hub.stats()).toMatchObject({ hot_orders: 1, hot_lines: 1 });
    const cook = await evening.hub.client({ role: 'kitchen' });
    await cook.subscribe('kitchen');
    expect(cook.rows('main/kitchen', 'order_line')).toEqual(
      book.rows('main/kitchen', 'order_line'),
    );
    expect(orders(book)).toEqual([]);
    await evening.bump('late', ['late-1'], 'served');
    await evening.settle();
    expect(book.rows('main/kitchen', 'order_line')).toEqual([]);
    expect(evening.hub.hub.stats()).toMatchObject({ hot_orders: 0, hot_lines: 0 });
  });

  it('H-SHIFT-9 a refund on a cold order belongs to the open shift and leaves the order cold', async () => {
    await evening.bump('late', ['late-1'], 'served');
    await evening.give('payment.add', {
      order_id: 'late',
      payment_id: 'p1',
      method: 'cash',
      amount: 1_200,
    });
    await evening.close('late');
    await evening.closeShift();
    await evening.openShift();
    const manager = await evening.hub.client({ role: 'manager' });
    const refund = { payment_id: 'p1', refund_id: 'r1', amount: 200, reason: 'cold food' };
    await evening.give('payment.refund', refund, { by: manager });
    await evening.pass(2);
    expect(evening.hub.hub.stats()).toMatchObject({ hot_orders: 0 });
    expect(book.rows('main/shift', 'shift_totals')).toMatchObject([
      { refunds: 200, expected_cash: 9_800 },
    ]);
    expect(orders(book)).toEqual([]);
  });
});
