import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SettableClock } from '../../src/base/clock.js';
import { uuidV7Source } from '../../src/base/ids.js';
import { createMemoryStore } from '../../src/store/memory/memory-store.js';
import type { CommitRequest, Settle } from '../../src/store/port.js';
import { FaultyStore } from '../support/faulty-store.js';
import { EVENING } from '../support/hub.js';
import { Evening } from './evening.js';
import { beginFaulty } from './faulty-evening.js';

let evening: Evening;
let store: FaultyStore;
beforeEach(async () => {
  ({ evening, store } = await beginFaulty());
  await evening.sent('o1');
});
afterEach(async () => {
  store.release();
  await evening.settle();
  await evening.end();
});

const PAY = { order_id: 'o1', payment_id: 'p1', method: 'card', amount: 1_200 } as const;

describe('while the store refuses', () => {
  it('H-STORE-1 commands are storage_unavailable, retryable, and write nothing; the hub says so', async () => {
    const { hub } = evening.hub;
    expect(hub.state).toBe('ready');
    store.switchOn('unavailable');
    expect(hub.state).toBe('storage_unavailable');
    expect(await evening.till.command('payment.add', PAY, { key: 'k1' })).toMatchObject({
      code: 'storage_unavailable',
      status: 503,
      retryable: true,
      retryAfterMs: expect.any(Number),
    });
    store.switchOff('unavailable');
    expect(hub.state).toBe('ready');
    const paid = await evening.till.command('payment.add', PAY, { key: 'k1' });
    expect(paid).toMatchObject({ type: 'ack', version: 5 });
    expect(paid).not.toHaveProperty('replayed');
  });

  it('H-STORE-2 reads go on: snapshots, catch-ups, queries, pings', async () => {
    store.switchOn('unavailable');
    const client = await evening.hub.client({ role: 'manager' });
    const snapshot = await client.subscribe('orders');
    expect(snapshot).toMatchObject({ type: 'snapshot', tables: { order_header: [{ id: 'o1' }] } });
    const order = await client.query('order.get', { order_id: 'o1' });
    expect(order).toMatchObject({ result: { header: { id: 'o1' } } });
    expect(await client.request({ type: 'ping' })).toMatchObject({ type: 'pong' });
  });
});

describe('while a commit is neither done nor refused', () => {
  it('H-STORE-3 its command is answered by nothing, and after 10 s its connection closed with 1012', async () => {
    store.switchOn('delay_settle', 1);
    const client = await evening.hub.client({ role: 'cashier' });
    void client.command('payment.add', PAY, { key: 'k1' });
    await evening.pass(9);
    expect([client.ofType('ack'), client.ofType('error')]).toEqual([[], []]);
    expect(client.connection.closed).toBeNull();
    await evening.pass(1);
    expect(client.connection.closed?.code).toBe(1012);
    expect([client.ofType('ack'), client.ofType('error')]).toEqual([[], []]);
  });

  it('H-STORE-4 the client asks again with the same key and gets the answer once it is settled', async () => {
    store.switchOn('delay_settle', 1);
    const client = await evening.hub.client({ role: 'cashier' });
    void client.command('payment.add', PAY, { key: 'k1' });
    await evening.pass(11);
    const back = await evening.hub.client({ role: 'cashier' });
    const retried = back.command('payment.add', PAY, { key: 'k1' });
    await evening.pass(1);
    store.release();
    expect(await retried).toMatchObject({ type: 'ack', replayed: true });
    await back.subscribe('orders');
    expect(back.rows('main/orders', 'order_payment')).toHaveLength(1);
  });

  it('H-STORE-5 no delta tells it before, and other records and reads go on meanwhile', async () => {
    const screen = await evening.hub.client({ role: 'waiter' });
    await screen.subscribe('orders');
    await screen.subscribe('menu');
    store.switchOn('delay_settle', 1);
    void evening.till.command('payment.add', PAY);
    await evening.settle();
    expect(screen.ofType('delta')).toEqual([]);
    expect(await screen.query('order.get', { order_id: 'o1' })).toMatchObject({ type: 'result' });
    store.release();
    await evening.settle();
    expect(screen.ofType('delta')).toHaveLength(1);
  });
});

/** A store on which somebody else was always quicker, for so many commits. */
class ContestedStore extends FaultyStore {
  conflicts = 0;

  override commit(request: CommitRequest, settle: Settle): void {
    if (this.conflicts === 0) {
      super.commit(request, settle);
      return;
    }
    this.conflicts -= 1;
    setImmediate(() => {
      settle({ kind: 'conflict', table: 'order_header', id: 'o1' });
    });
  }
}

describe('a decision that the store finds outdated', () => {
  let contested: ContestedStore;
  let service: Evening;
  beforeEach(async () => {
    const clock = new SettableClock(EVENING);
    const newId = uuidV7Source(clock);
    contested = new ContestedStore(createMemoryStore({ clock, newId, nextTick: setImmediate }));
    service = await Evening.begin({ store: contested, clock });
    await service.sent('o1');
  });
  afterEach(async () => {
    await service.end();
  });

  it('H-STORE-6 is made again, and the client is told of the one that stood', async () => {
    contested.conflicts = 2;
    const paid = await service.till.command('payment.add', PAY, { key: 'k1' });
    expect(paid).toMatchObject({ type: 'ack', version: 5 });
    await service.till.subscribe('orders');
    expect(service.till.rows('main/orders', 'order_payment')).toHaveLength(1);
  });

  it('H-STORE-6 is not made again for ever: overloaded, retryable, nothing written, nothing held', async () => {
    contested.conflicts = 100;
    const refused = await service.till.command('payment.add', PAY, { key: 'k1' });
    expect(refused).toMatchObject({ code: 'overloaded', retryable: true });
    contested.conflicts = 0;
    expect(service.hub.hub.stats()).toMatchObject({ locked_records: 0, running_commands: 0 });
    const paid = await service.till.command('payment.add', PAY, { key: 'k1' });
    expect(paid).toMatchObject({ type: 'ack', version: 5 });
  });
});
