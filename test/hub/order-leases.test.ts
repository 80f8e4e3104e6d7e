import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HubClient } from '../support/hub-client.js';
import { Evening } from './evening.js';

let evening: Evening;
let holder: HubClient;
let other: HubClient;
beforeEach(async () => {
  evening = await Evening.begin();
  await evening.sent('o1');
  holder = await evening.hub.client({ role: 'waiter', name: 'Ann', deviceId: 'ann-1' });
  other = await evening.hub.client({ role: 'waiter', name: 'Bob', deviceId: 'bob-1' });
});
afterEach(async () => {
  await evening.end();
});

const LOCK = { order_id: 'o1', seconds: 20 };

/** Whether another device may work on the order. */
function tryOther() {
  const lines = [{ item_id: 'chips', qty: 1 }];
  return other.command('order.add_lines', { order_id: 'o1', lines });
}

function lock(client: HubClient, payload: { order_id: string; seconds?: number } = LOCK) {
  return client.command('order.lock', payload);
}

function unlock(client: HubClient) {
  return client.command('order.unlock', { order_id: 'o1' });
}

describe('order.lock', () => {
  it('H-LEASE-1 is acknowledged without a commit and without a version', async () => {
    const ack = await lock(holder);
    expect(ack).toMatchObject({
      type: 'ack',
      result: { records: {}, lock: { order_id: 'o1', expires_at: expect.any(Number) } },
    });
    expect(ack).not.toHaveProperty('version');
    const { version } = await evening.order('o2');
    expect(version).toBe(5);
  });

  it('H-LEASE-2 locks out other devices’ order and payment commands, with holder and retryAfterMs', async () => {
    await lock(holder);
    evening.hub.timers.advance(5_000);
    const refusal = {
      code: 'locked',
      status: 423,
      retryable: true,
      retryAfterMs: 15_000,
      details: { holder: { name: 'Ann', device_id: 'ann-1' } },
    };
    expect(await tryOther()).toMatchObject(refusal);
    const pay = { order_id: 'o1', method: 'card', amount: 100 } as const;
    expect(await evening.till.command('payment.add', pay)).toMatchObject(refusal);
    expect(await lock(other)).toMatchObject(refusal);
    expect(await unlock(other)).toMatchObject(refusal);
  });

  it('H-LEASE-3 never locks out the kitchen, nor the device that holds it', async () => {
    await lock(holder);
    expect((await evening.bump('o1', ['o1-1'], 'preparing')).type).toBe('ack');
    const lines = [{ item_id: 'chips', qty: 1 }];
    const added = await holder.command('order.add_lines', { order_id: 'o1', lines });
    expect(added.type).toBe('ack');
    const again = await evening.hub.client({ role: 'waiter', deviceId: 'ann-1' });
    expect((await again.command('order.send', { order_id: 'o1' })).type).toBe('ack');
  });

  it('H-LEASE-4 ends with an unlock', async () => {
    await lock(holder);
    expect(await unlock(holder)).toMatchObject({ type: 'ack', result: { records: {} } });
    expect((await tryOther()).type).toBe('ack');
  });

  it('H-LEASE-4 ends with time, 30 s where none is given, and takes no room after', async () => {
    await lock(holder, { order_id: 'o1' });
    evening.hub.timers.advance(29_000);
    expect(await tryOther()).toMatchObject({ code: 'locked', retryAfterMs: 1_000 });
    expect(evening.hub.hub.stats()).toMatchObject({ order_leases: 1 });
    evening.hub.timers.advance(1_000);
    expect(evening.hub.hub.stats()).toMatchObject({ order_leases: 0 });
    const fresh = await evening.hub.client({ role: 'waiter', deviceId: 'bob-1' });
    expect((await fresh.command('order.send', { order_id: 'o1' })).type).toBe('ack');
  });

  it('H-LEASE-4 ends with its connection', async () => {
    await lock(holder);
    holder.cut();
    expect((await tryOther()).type).toBe('ack');
  });

  it('H-LEASE-5 is prolonged by its holder', async () => {
    await lock(holder);
    evening.hub.timers.advance(15_000);
    expect((await lock(holder)).type).toBe('ack');
    evening.hub.timers.advance(10_000);
    expect(await tryOther()).toMatchObject({ code: 'locked', retryAfterMs: 10_000 });
  });

  it('H-LEASE-6 an order that is not there is not_found; 1 to 60 seconds; not for the kitchen', async () => {
    expect(await lock(holder, { order_id: 'nobody' })).toMatchObject({ code: 'not_found' });
    for (const seconds of [0, 61]) {
      const reply = await lock(holder, { order_id: 'o1', seconds });
      expect(reply).toMatchObject({ code: 'validation_failed' });
    }
    const cook = await evening.hub.client({ role: 'kitchen' });
    expect(await lock(cook)).toMatchObject({ code: 'forbidden' });
  });

  it('H-LEASE-7 takes effect in its place among the commands of its connection', async () => {
    const locked = lock(holder);
    const note = { order_id: 'o1', lines: [{ item_id: 'chips', qty: 1 }] };
    const mine = holder.command('order.add_lines', note);
    const theirs = tryOther();
    expect((await locked).type).toBe('ack');
    expect((await mine).type).toBe('ack');
    expect(await theirs).toMatchObject({ code: 'locked' });
  });
});
