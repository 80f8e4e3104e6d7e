import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HubClient } from '../support/hub-client.js';
import { Evening } from './evening.js';

let evening: Evening;
let client: HubClient;
beforeEach(async () => {
  evening = await Evening.begin();
  client = await evening.hub.client({ role: 'manager' });
});
afterEach(async () => {
  await evening.end();
});

describe('the hub’s heartbeat', () => {
  it('H-BEAT-1 comes every heartbeatMs, with the newest version queued for each channel', async () => {
    await client.subscribe('orders');
    await client.subscribe('menu');
    const { version } = await evening.order('o1');
    await evening.pass(10);
    const beats = client.ofType('heartbeat');
    expect(beats).toHaveLength(2);
    expect(beats[0]).toEqual({
      type: 'heartbeat',
      serverTime: expect.any(Number),
      versions: { 'main/orders': version, 'main/menu': 2 },
    });
    expect((beats[1]?.serverTime ?? 0) - (beats[0]?.serverTime ?? 0)).toBe(5_000);
  });

  it('H-BEAT-2 is always behind what it tells of: never ahead of what the client holds', async () => {
    await client.subscribe('orders');
    for (let count = 0; count < 12; count += 1) {
      void evening.till.command('order.open', { order_type: 'takeaway' });
      await evening.pass(1);
    }
    let held = 0;
    for (const message of client.received) {
      if (message.type === 'snapshot') held = message.version;
      if (message.type === 'delta') held = message.newVersion;
      if (message.type === 'heartbeat') expect(message.versions['main/orders']).toBe(held);
    }
    expect(client.ofType('heartbeat')).toHaveLength(2);
  });

  it('H-BEAT-3 comes without channels too, with a ping beside it', async () => {
    await evening.pass(5);
    expect(client.ofType('heartbeat')).toMatchObject([{ versions: {} }]);
    expect(client.connection.pings).toBe(1);
  });
});

describe('silence', () => {
  it('H-BEAT-4 while subscribed, 30 s without a heartbeat close 4413, whatever else is said', async () => {
    await client.subscribe('orders');
    await evening.pass(29, () => {
      client.sendRaw({ type: 'ping', id: 'p' });
      client.events.alive();
    });
    expect(client.connection.closed).toBeNull();
    await evening.pass(1);
    expect(client.connection.closed?.code).toBe(4413);
  });

  it('H-BEAT-4 the 30 s begin with the subscription, not with the connection', async () => {
    await evening.pass(25, () => client.events.alive());
    await client.subscribe('kitchen');
    await evening.pass(29, () => client.events.alive());
    expect(client.connection.closed).toBeNull();
  });

  it('H-BEAT-5 a client that answers each heartbeat lives', async () => {
    await client.subscribe('orders');
    await evening.pass(120, (second) => {
      if (second % 5 === 0) client.sendHeartbeat();
    });
    expect(client.connection.closed).toBeNull();
  });

  it('H-BEAT-6 without a subscription any sign of life will do, a pong for example', async () => {
    await evening.pass(120, () => client.events.alive());
    expect(client.connection.closed).toBeNull();
  });

  it('H-BEAT-7 a dead peer is noticed within 30 s, subscribed or not', async () => {
    const subscribed = await evening.hub.client({ role: 'waiter' });
    await subscribed.subscribe('orders');
    await evening.pass(30);
    expect([client, subscribed].map(({ connection }) => connection.closed?.code)).toEqual([
      4413, 4413,
    ]);
    expect(evening.hub.hub.stats()).toMatchObject({ sessions: 0, channels: 0 });
  });
});
