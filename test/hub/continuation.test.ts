import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestHub } from '../support/hub.js';
import { Evening } from './evening.js';

describe('a session that goes on over a new connection', () => {
  let hub: TestHub;
  beforeEach(async () => {
    hub = await TestHub.open();
  });
  afterEach(async () => {
    await hub.close();
  });

  it('H-CONT-1 keeps its id, and the old connection is closed with 4409', async () => {
    const old = await hub.client({ role: 'waiter', deviceId: 'd1' });
    const sessionId = old.welcome?.sessionId ?? '';
    const renewed = await hub.client({ role: 'waiter', deviceId: 'd1', sessionId });
    expect(renewed.welcome?.sessionId).toBe(sessionId);
    expect(old.connection.closed?.code).toBe(4409);
    expect(renewed.connection.closed).toBeNull();
  });

  it('H-CONT-2 a late end of the old connection leaves the new one alone', async () => {
    const old = await hub.client({ role: 'waiter', deviceId: 'd1' });
    const sessionId = old.welcome?.sessionId ?? '';
    const renewed = await hub.client({ role: 'waiter', deviceId: 'd1', sessionId });
    await renewed.subscribe('kitchen');
    old.cut();
    old.sendRaw({ type: 'ping', id: 'late' });
    old.events.drained();
    await hub.settle();
    expect(old.ofType('pong')).toEqual([]);
    expect(await renewed.request({ type: 'ping' })).toMatchObject({ type: 'pong' });
    expect(hub.hub.stats()).toMatchObject({ sessions: 1, channels: 1 });
    const third = await hub.client({ role: 'waiter', deviceId: 'd1', sessionId });
    expect(third.welcome?.sessionId).toBe(sessionId);
    expect(renewed.connection.closed?.code).toBe(4409);
  });

  it.each([
    ['somebody else', { name: 'eve', deviceId: 'd1' }],
    ['another device', { name: 'waiter', deviceId: 'd2' }],
  ])('H-CONT-3 %s who names the session gets a new one and ends nothing', async (_who, options) => {
    const victim = await hub.client({ role: 'waiter', deviceId: 'd1' });
    const sessionId = victim.welcome?.sessionId ?? '';
    const other = await hub.client({ role: 'waiter', ...options, sessionId });
    expect(other.welcome?.sessionId).not.toBe(sessionId);
    expect(victim.connection.closed).toBeNull();
  });

  it('H-CONT-3 a session that nobody knows is begun anew', async () => {
    const client = await hub.client({ role: 'waiter', sessionId: 'from-another-start' });
    expect(client.welcome?.sessionId).not.toBe('from-another-start');
  });

  it('H-CONT-4 one device may hold several connections that do not name each other', async () => {
    const one = await hub.client({ role: 'waiter', deviceId: 'd1' });
    const two = await hub.client({ role: 'waiter', deviceId: 'd1' });
    expect(two.welcome?.sessionId).not.toBe(one.welcome?.sessionId);
    expect([one.connection.closed, two.connection.closed]).toEqual([null, null]);
  });
});

describe('a command under way when its connection is replaced', () => {
  it('H-CONT-5 takes effect once, and its retry over the new connection gets the answer', async () => {
    const evening = await Evening.begin();
    const { hub } = evening;
    const old = await hub.client({ role: 'cashier', deviceId: 'd1' });
    const payload = { order_id: 'o1', order_type: 'takeaway' } as const;
    void old.command('order.open', payload, { key: 'k1' });
    const sessionId = old.welcome?.sessionId ?? '';
    const renewed = await hub.client({ role: 'cashier', deviceId: 'd1', sessionId });
    const retried = await renewed.command('order.open', payload, { key: 'k1' });
    expect(retried).toMatchObject({ type: 'ack', key: 'k1', replayed: true });
    await evening.end();
  });
});
