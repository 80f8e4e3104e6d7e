import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Evening } from './evening.js';

let evening: Evening;
beforeEach(async () => {
  evening = await Evening.begin({ limits: { subscriptionsMax: 3 } });
});
afterEach(async () => {
  await evening.end();
});

describe('subscribe', () => {
  it.each(['other', 'no-such-branch'])(
    'H-SUB-1 the branch "%s" is forbidden, in the same words whether it is there or not',
    async (branchId) => {
      const client = await evening.hub.client({ role: 'manager' });
      expect(await client.subscribe('orders', { branchId })).toEqual({
        type: 'error',
        id: 'r2',
        code: 'forbidden',
        status: 403,
        message: 'this branch is not yours',
        retryable: false,
      });
    },
  );

  it('H-SUB-2 an unknown view, and a station where there is none, are validation_failed', async () => {
    const client = await evening.hub.client({ role: 'manager' });
    const unknown = { type: 'subscribe', view: 'everything', branchId: 'main' };
    expect(await client.request(unknown)).toMatchObject({ code: 'validation_failed' });
    const station = { type: 'subscribe', view: 'orders', branchId: 'main', station: 'grill' };
    expect(await client.request(station)).toMatchObject({ code: 'validation_failed' });
  });

  it('H-SUB-3 subscribing again replaces: one delta a change, from the new snapshot on', async () => {
    const client = await evening.hub.client({ role: 'waiter' });
    await client.subscribe('orders');
    const again = await client.subscribe('orders');
    expect(again).toMatchObject({ type: 'snapshot', id: 'r3' });
    await evening.order('o1');
    await evening.settle();
    expect(client.ofType('delta')).toHaveLength(1);
    expect(evening.hub.hub.stats()).toMatchObject({ channels: 1 });
  });

  it('H-SUB-4 each of several subscribes sent at once is answered, and one subscription is left', async () => {
    const client = await evening.hub.client({ role: 'waiter' });
    const subscribe = { type: 'subscribe', view: 'orders', branchId: 'main' };
    const replies = await Promise.all([1, 2, 3].map(() => client.request(subscribe)));
    expect(replies.map(({ type }) => type)).toEqual(['snapshot', 'snapshot', 'snapshot']);
    await evening.order('o1');
    await evening.settle();
    expect(client.ofType('delta')).toHaveLength(1);
    expect(client.gaps).toEqual([]);
  });

  it('H-SUB-4 a subscribe that is taken back at once is answered too, and nothing follows', async () => {
    const client = await evening.hub.client({ role: 'waiter' });
    const subscribe = { type: 'subscribe', view: 'orders', branchId: 'main' };
    const replies = await Promise.all([
      client.request(subscribe),
      client.request({ type: 'unsubscribe', channel: 'main/orders' }),
    ]);
    expect(replies.map(({ type }) => type)).toEqual(['snapshot', 'ack']);
    expect(evening.hub.hub.stats()).toMatchObject({ channels: 0 });
    await evening.order('o1');
    await evening.settle();
    expect(client.ofType('delta')).toEqual([]);
  });

  it('H-SUB-5 more than the limit told in welcome are refused; replacing one is not more', async () => {
    const client = await evening.hub.client({ role: 'manager' });
    expect(client.welcome?.limits.subscriptions_max).toBe(3);
    for (const view of ['orders', 'kitchen', 'board'] as const) {
      expect(await client.subscribe(view)).toMatchObject({ type: 'snapshot' });
    }
    expect(await client.subscribe('menu')).toMatchObject({ type: 'error', code: 'overloaded' });
    expect(await client.subscribe('orders')).toMatchObject({ type: 'snapshot' });
    await client.request({ type: 'unsubscribe', channel: 'main/board' });
    expect(await client.subscribe('menu')).toMatchObject({ type: 'snapshot' });
  });
});

describe('unsubscribe', () => {
  it('H-SUB-6 is acknowledged and ends the deltas; what nobody follows is forgotten', async () => {
    const client = await evening.hub.client({ role: 'waiter' });
    await client.subscribe('orders');
    await client.subscribe('kitchen');
    const reply = await client.request({ type: 'unsubscribe', channel: 'main/orders' });
    expect(reply).toEqual({ type: 'ack', id: 'r4' });
    await evening.sent('o1');
    await evening.settle();
    expect(client.ofType('delta').map(({ channel }) => channel)).toEqual(['main/kitchen']);
    expect(evening.hub.hub.stats()).toMatchObject({ channels: 1 });
    client.cut();
    expect(evening.hub.hub.stats()).toMatchObject({ channels: 0, sessions: 1 });
  });

  it('H-SUB-6 a channel that was not subscribed to is acknowledged all the same', async () => {
    const client = await evening.hub.client({ role: 'waiter' });
    const reply = await client.request({ type: 'unsubscribe', channel: 'main/devices' });
    expect(reply).toMatchObject({ type: 'ack' });
  });
});

describe('branches', () => {
  it('H-SUB-7 nothing of one branch reaches the clients of another', async () => {
    const stranger = await evening.hub.client({ role: 'admin', branchId: 'other' });
    for (const view of ['orders', 'kitchen', 'shift'] as const) await stranger.subscribe(view);
    const before = stranger.received.length;
    await evening.sent('o1');
    await evening.bump('o1', ['o1-1'], 'ready');
    await evening.pass(2);
    expect(stranger.received.slice(before)).toEqual([]);
  });
});

describe('encodings', () => {
  it('H-SUB-8 clients of both encodings side by side hold the same rows', async () => {
    const binary = await evening.hub.client({ role: 'waiter', encoding: 'msgpack' });
    const text = await evening.hub.client({ role: 'waiter', encoding: 'json' });
    for (const client of [binary, text]) {
      await client.subscribe('orders');
      await client.subscribe('kitchen');
    }
    await evening.sent('o1', ['burger', 'chips']);
    await evening.bump('o1', ['o1-1'], 'ready');
    await evening.settle();
    expect(binary.rows('main/orders', 'order_line')).toHaveLength(2);
    for (const channel of ['main/orders', 'main/kitchen']) {
      for (const table of ['order_header', 'order_line']) {
        expect(text.rows(channel, table)).toEqual(binary.rows(channel, table));
      }
    }
    expect(text.ofType('delta')).toEqual(binary.ofType('delta'));
  });
});
