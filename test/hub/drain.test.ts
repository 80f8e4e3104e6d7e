import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FaultyStore } from '../support/faulty-store.js';
import type { Evening } from './evening.js';
import { beginFaulty } from './faulty-evening.js';

let evening: Evening;
let store: FaultyStore;
beforeEach(async () => {
  let turn = 0;
  const random = () => {
    turn += 1;
    return (turn % 10) / 10;
  };
  ({ evening, store } = await beginFaulty({ random }));
});
afterEach(async () => {
  await store.close();
});

/** Lets the drain go on. */
async function goOn(milliseconds: number): Promise<void> {
  for (let passed = 0; passed < milliseconds; passed += 20) {
    evening.hub.timers.advance(20);
    await evening.settle();
  }
}

describe('a drain', () => {
  it('H-DRAIN-1 refuses new commands as draining, and answers those under way', async () => {
    const { hub } = evening.hub;
    store.switchOn('delay_settle', 1);
    const underWay = evening.till.command('order.open', { order_type: 'takeaway' });
    await evening.settle();
    const drained = hub.drain();
    expect(hub.state).toBe('draining');
    const refused = await evening.till.command('order.open', { order_type: 'takeaway' });
    expect(refused).toMatchObject({
      code: 'draining',
      status: 503,
      retryable: true,
      retryAfterMs: expect.any(Number),
    });
    await goOn(1_000);
    expect(evening.till.connection.closed).toBeNull();
    store.release();
    await goOn(100);
    expect(await underWay).toMatchObject({ type: 'ack' });
    await drained;
    expect(evening.till.connection.closed?.code).toBe(1012);
    expect(hub.state).toBe('closed');
  });

  it('H-DRAIN-2 tells everybody `draining`, each with another time to come back', async () => {
    const clients = await Promise.all(
      Array.from({ length: 8 }, () => evening.hub.client({ role: 'waiter' })),
    );
    const drained = evening.hub.hub.drain();
    await goOn(100);
    await drained;
    const times = clients.map(({ notices }) => notices.at(-1)?.retryAfterMs ?? -1);
    for (const client of clients) {
      expect(client.notices).toMatchObject([{ type: 'notice', code: 'draining' }]);
      expect(client.connection.closed?.code).toBe(1012);
    }
    expect(new Set(times).size).toBe(8);
    expect(Math.min(...times)).toBeGreaterThanOrEqual(500);
    expect(Math.max(...times)).toBeLessThanOrEqual(3_000);
  });

  it('H-DRAIN-3 for good closes with 1001, and its notice names no time to come back', async () => {
    const drained = evening.hub.hub.drain(true);
    await goOn(100);
    await drained;
    expect(evening.till.connection.closed?.code).toBe(1001);
    expect(evening.till.notices).toMatchObject([{ code: 'draining' }]);
    expect(evening.till.notices[0]).not.toHaveProperty('retryAfterMs');
  });

  it('H-DRAIN-4 waits for a client that reads slowly: no answer is lost', async () => {
    const reply = evening.till.command('order.open', { order_type: 'takeaway' });
    evening.till.connection.stall();
    const drained = evening.hub.hub.drain();
    await goOn(1_000);
    evening.till.connection.resume();
    evening.till.events.drained();
    await goOn(200);
    await drained;
    expect(await reply).toMatchObject({ type: 'ack' });
    expect(evening.till.notices.map(({ code }) => code)).toEqual(['draining']);
  });

  it('H-DRAIN-5 does not wait for ever: after drainMs all are closed, whatever hangs', async () => {
    store.switchOn('delay_settle');
    void evening.till.command('order.open', { order_type: 'takeaway' });
    await evening.settle();
    const drained = evening.hub.hub.drain();
    await goOn(7_900);
    expect(evening.hub.hub.state).toBe('draining');
    await goOn(200);
    await drained;
    expect(evening.till.connection.closed?.code).toBe(1012);
    store.release();
  });

  it('H-DRAIN-6 reads go on until the end, and a closed hub takes nobody in', async () => {
    store.switchOn('delay_settle', 1);
    void evening.till.command('order.open', { order_type: 'takeaway' });
    await evening.settle();
    const drained = evening.hub.hub.drain();
    expect(await evening.till.subscribe('orders')).toMatchObject({ type: 'snapshot' });
    expect(await evening.till.query('kitchen.recent', {})).toMatchObject({ type: 'result' });
    store.release();
    await goOn(100);
    await drained;
    expect(evening.hub.connect().connection.closed?.code).toBe(1012);
  });
});
