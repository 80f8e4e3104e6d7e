import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HubClient } from '../support/hub-client.js';
import { Evening } from './evening.js';

const OUTBOX_BYTES_MAX = 8_000;
/** Bytes of the biggest delta below, with room to spare. */
const DELTA_BYTES = 1_500;

let evening: Evening;
let slow: HubClient;
let watcher: HubClient;
beforeEach(async () => {
  evening = await Evening.begin({
    // Time stands still here: a channel's pause between two deltas would never end.
    limits: { outboxBytesMax: OUTBOX_BYTES_MAX, socketBytesMax: 4_000, deltaIntervalMs: 0 },
  });
  await evening.sent('first', ['burger', 'chips']);
  slow = await evening.hub.client({ role: 'manager', deviceId: 'slow' });
  watcher = await evening.hub.client({ role: 'manager' });
  for (const client of [slow, watcher]) {
    await client.subscribe('orders');
    await client.subscribe('kitchen');
    client.sendHeartbeat();
  }
});
afterEach(async () => {
  await evening.end();
});

/** So much is sent to the kitchen, from an order called `<name>0`, `<name>1`, ... */
async function rush(name: string, orders: number): Promise<void> {
  for (let count = 0; count < orders; count += 1) {
    await evening.sent(`${name}${String(count)}`, ['burger', 'chips']);
    await evening.settle();
  }
}

/** The peer reads on: what was written arrives, and the hub hears that the socket has drained. */
async function resume(client = slow): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) {
    client.connection.resume();
    client.events.drained();
    await evening.settle();
  }
}

function lagging(client: HubClient): (string | undefined)[] {
  return client.notices.filter(({ code }) => code === 'lagging').map(({ channel }) => channel);
}

function sameAsSnapshot(client: HubClient, fresh: HubClient, channel: string): void {
  for (const [table, rows] of fresh.replicas.get(channel)?.tables ?? []) {
    const held = client.replicas.get(channel)?.tables.get(table);
    expect(new Map(held), `${channel} ${table}`).toEqual(new Map(rows));
  }
}

describe('a client that stops reading', () => {
  it('H-SLOW-1 its waiting deltas stay within the bound, whatever happens meanwhile', async () => {
    slow.connection.stall();
    let most = 0;
    for (let count = 0; count < 40; count += 1) {
      await rush(`r${String(count)}-`, 1);
      most = Math.max(most, evening.hub.hub.stats()['outbox_bytes'] ?? 0);
    }
    expect(most).toBeLessThanOrEqual(OUTBOX_BYTES_MAX + DELTA_BYTES);
    expect(slow.connection.bufferedBytes).toBeLessThan(4_000 + DELTA_BYTES);
    expect(evening.hub.hub.stats()).toMatchObject({ sessions_lagging: 1 });
    // The deltas that waited are gone; what is left are the notices.
    expect(evening.hub.hub.stats()['outbox_bytes']).toBeLessThan(500);
    await resume();
  });

  it('H-SLOW-2 past the bound all its channels lag together, each noticed once', async () => {
    slow.connection.stall();
    await rush('r', 40);
    await resume();
    expect(lagging(slow).sort()).toEqual(['main/kitchen', 'main/orders']);
    expect(lagging(watcher)).toEqual([]);
  });

  it('H-SLOW-3 when it reads again it gets one catch-up for each channel, from the version last written', async () => {
    await rush('before', 10);
    slow.connection.stall();
    await rush('r', 30);
    const before = slow.received.length;
    await resume();
    const caughtUp = slow.received.slice(before).filter(({ type }) => type.startsWith('snapshot'));
    expect(caughtUp).toHaveLength(2);
    for (const message of caughtUp) {
      if (message.type !== 'snapshot:delta') continue;
      const index = slow.received.indexOf(message);
      const lastDelta = slow.received
        .slice(0, index)
        .findLast((told) => told.type === 'delta' && told.channel === message.channel);
      expect(message).not.toHaveProperty('id');
      expect(message.baseVersion).toBe(lastDelta?.type === 'delta' ? lastDelta.newVersion : -1);
    }
    expect(slow.gaps).toEqual([]);
  });

  it('H-SLOW-4 and then it holds what a fresh snapshot shows, and follows on', async () => {
    slow.connection.stall();
    await rush('r', 30);
    await evening.bump('r1', ['r1-1', 'r1-2'], 'served');
    await resume();
    await evening.bump('r2', ['r2-1'], 'ready');
    await evening.settle();
    const fresh = await evening.hub.client({ role: 'manager' });
    await fresh.subscribe('orders');
    await fresh.subscribe('kitchen');
    sameAsSnapshot(slow, fresh, 'main/orders');
    sameAsSnapshot(slow, fresh, 'main/kitchen');
    sameAsSnapshot(watcher, fresh, 'main/orders');
    expect(evening.hub.hub.stats()).toMatchObject({ sessions_lagging: 0, outbox_bytes: 0 });
  });

  it('H-SLOW-5 its answers are never dropped', async () => {
    slow.connection.stall();
    const replies = Array.from({ length: 10 }, () =>
      slow.command('order.open', { order_type: 'takeaway' }),
    );
    await rush('r', 30);
    const pings = ['a', 'b', 'c'];
    for (const id of pings) slow.sendRaw({ type: 'ping', id });
    await resume();
    expect((await Promise.all(replies)).map(({ type }) => type)).toEqual(
      Array.from({ length: 10 }, () => 'ack'),
    );
    expect(slow.ofType('pong').map(({ id }) => id)).toEqual(pings);
  });

  it('H-SLOW-6 one slow client costs the others nothing', async () => {
    slow.connection.stall();
    const before = watcher.ofType('delta').length;
    await rush('r', 30);
    // Two commits of an order on `orders`, one on `kitchen`.
    expect(watcher.ofType('delta').length - before).toBe(90);
    expect(watcher.gaps).toEqual([]);
    await resume();
  });

  it('H-SLOW-7 a shift’s end while it lags: a snapshot in place of the catch-up', async () => {
    slow.connection.stall();
    await rush('r', 30);
    await evening.closeShift(true);
    await evening.settle();
    await resume();
    expect(slow.rows('main/orders', 'order_header')).toEqual([]);
    const fresh = await evening.hub.client({ role: 'manager' });
    await fresh.subscribe('kitchen');
    sameAsSnapshot(slow, fresh, 'main/kitchen');
  });

  it('H-SLOW-8 a client that leaves megabytes of answers unread is closed with 4413', async () => {
    await rush('r', 30);
    slow.connection.stall();
    const subscribe = { type: 'subscribe', id: 's', view: 'orders', branchId: 'main' };
    for (let count = 0; count < 150; count += 1) slow.sendRaw(subscribe);
    await evening.settle();
    expect(slow.connection.closed).toBeNull();
    for (let count = 0; count < 150; count += 1) slow.sendRaw(subscribe);
    await evening.settle();
    expect(slow.connection.closed?.code).toBe(4413);
  });
});

describe('a client that reads but does not apply', () => {
  it('H-SLOW-9 whose positions stay behind is marked lagging, then closed with 4413', async () => {
    const frozen = { type: 'heartbeat', versions: { 'main/orders': 1, 'main/kitchen': 1 } };
    await rush('r', 1);
    await evening.pass(15, (second) => {
      if (second % 5 === 0) slow.sendRaw(frozen);
      watcher.sendHeartbeat();
    });
    expect(lagging(slow)).toEqual([]);
    await evening.pass(1, () => watcher.sendHeartbeat());
    expect(lagging(slow).sort()).toEqual(['main/kitchen', 'main/orders']);
    const deltas = slow.ofType('delta').length;
    await rush('s', 1);
    expect(slow.ofType('delta')).toHaveLength(deltas);
    await evening.pass(9, (second) => {
      if (second % 5 === 0) slow.sendRaw(frozen);
      watcher.sendHeartbeat();
    });
    expect(slow.connection.closed).toBeNull();
    await evening.pass(1, () => watcher.sendHeartbeat());
    expect(slow.connection.closed).toMatchObject({ code: 4413, reason: 'too far behind' });
    expect(watcher.connection.closed).toBeNull();
    expect(lagging(watcher)).toEqual([]);
  });

  it('H-SLOW-10 that applies at last is caught up and goes on', async () => {
    const frozen = { type: 'heartbeat', versions: { 'main/orders': 1, 'main/kitchen': 1 } };
    await rush('r', 1);
    await evening.pass(18, (second) => {
      if (second % 5 === 0) slow.sendRaw(frozen);
      watcher.sendHeartbeat();
    });
    expect(lagging(slow)).toHaveLength(2);
    await rush('s', 2);
    const before = slow.received.length;
    slow.sendHeartbeat();
    await evening.settle();
    const caughtUp = slow.received.slice(before).map(({ type }) => type);
    expect(caughtUp.filter((type) => type.startsWith('snapshot'))).toHaveLength(2);
    sameAsSnapshot(slow, watcher, 'main/orders');
    sameAsSnapshot(slow, watcher, 'main/kitchen');
    await evening.pass(12, (second) => {
      if (second % 5 === 0) slow.sendHeartbeat();
    });
    expect(slow.connection.closed).toBeNull();
    expect(lagging(slow)).toHaveLength(2);
  });

  it('H-SLOW-11 while a channel lags, heartbeats tell no version that was not written', async () => {
    const frozen = { type: 'heartbeat', versions: { 'main/orders': 1, 'main/kitchen': 1 } };
    await rush('r', 1);
    await evening.pass(16, (second) => {
      if (second % 5 === 0) slow.sendRaw(frozen);
    });
    await rush('s', 3);
    await evening.pass(4);
    const beat = slow.ofType('heartbeat').at(-1);
    expect(beat?.versions['main/orders']).toBe(slow.replicas.get('main/orders')?.version);
  });

  it('H-SLOW-12 a frozen reader whose kernel takes megabytes is noticed by its silence', async () => {
    await evening.pass(30, () => {
      slow.events.alive();
      watcher.sendHeartbeat();
    });
    expect(slow.connection.closed?.code).toBe(4413);
    expect(watcher.connection.closed).toBeNull();
  });
});
