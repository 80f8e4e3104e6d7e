import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freshDirectory, openSqlite } from '../support/sqlite-store.js';
import { Evening } from './evening.js';
import { SettableClock } from '../../src/base/clock.js';
import { EVENING, TestHub } from '../support/hub.js';

/** What a start of the hub on the same data directory does; the store keeps all on the disk. */
let directory: ReturnType<typeof freshDirectory>;
let evening: Evening;
beforeEach(async () => {
  directory = freshDirectory();
  const clock = new SettableClock(EVENING);
  evening = await Evening.begin({ store: await openSqlite(directory.path, { clock }), clock });
});
afterEach(() => {
  directory.remove();
});

async function restarted(): Promise<TestHub> {
  await evening.end();
  const { clock } = evening.hub;
  return TestHub.open({ store: await openSqlite(directory.path, { clock }), clock });
}

describe('a hub that starts again on its data', () => {
  it('H-START-1 answers a key that was used before it as it did then', async () => {
    const open = { order_id: 'o1', order_type: 'takeaway' } as const;
    const first = await evening.till.command('order.open', open, { key: 'k1' });
    expect(first).toMatchObject({ type: 'ack', durability: 'full' });
    const hub = await restarted();
    const till = await hub.client({ role: 'cashier' });
    const again = await till.command('order.open', open, { key: 'k1' });
    expect(again).toEqual({ ...first, id: 'r2', replayed: true });
    const other = await till.command('order.open', { order_type: 'takeaway' }, { key: 'k1' });
    expect(other).toMatchObject({ code: 'idempotency_key_reused' });
    await hub.close();
  });

  it('H-START-2 keeps its epoch, and catches a client up from before the restart', async () => {
    for (const id of ['a', 'b', 'c', 'd']) await evening.sent(id, ['burger', 'chips']);
    const screen = await evening.hub.client({ role: 'waiter' });
    await screen.subscribe('orders');
    const held = screen.replicas.get('main/orders')!;
    await evening.pay('a', 100);
    const hub = await restarted();
    const back = await hub.client({ role: 'waiter' });
    back.replicas.set('main/orders', held);
    const since = { epoch: screen.welcome?.epoch ?? '', version: held.version };
    expect(await back.subscribe('orders', { since })).toMatchObject({ type: 'snapshot:delta' });
    const fresh = await hub.client({ role: 'waiter' });
    await fresh.subscribe('orders');
    for (const [table, rows] of fresh.replicas.get('main/orders')!.tables) {
      expect(new Map(back.replicas.get('main/orders')!.tables.get(table)), table).toEqual(
        new Map(rows),
      );
    }
    await hub.close();
  });

  it('H-START-3 goes on with the branch’s versions and order numbers', async () => {
    const before = await evening.order('o1');
    await evening.give('numbers.lease', { count: 10 });
    const hub = await restarted();
    const till = await hub.client({ role: 'cashier' });
    const opened = await till.command('order.open', { order_id: 'o2', order_type: 'takeaway' });
    expect(opened).toMatchObject({ type: 'ack', version: (before.version ?? 0) + 2 });
    await till.subscribe('orders');
    const numbers = till.rows('main/orders', 'order_header').map((row) => row['number']);
    expect(numbers.sort()).toEqual([1, 12]);
    await hub.close();
  });

  it('H-START-4 an order of a closed shift is read by the store’s reader, then from the cache', async () => {
    await evening.order('o1');
    await evening.close('o1');
    await evening.closeShift();
    const hub = await restarted();
    const till = await hub.client({ role: 'cashier' });
    const first = await till.query('order.get', { order_id: 'o1' });
    const reads = hub.store.stats()['reads'] ?? 0;
    const second = await till.query('order.get', { order_id: 'o1' });
    expect(second).toEqual({ ...first, id: 'r3' });
    expect(hub.store.stats()['reads']).toBe(reads);
    expect(hub.hub.stats()).toMatchObject({
      order_reads_store_total: 1,
      order_reads_cache_total: 1,
    });
    await hub.close();
  });

  it('H-START-5 the view devices has another epoch at each start', async () => {
    const epochOf = async (hub: TestHub): Promise<string> => {
      const manager = await hub.client({ role: 'manager' });
      const snapshot = await manager.subscribe('devices');
      return snapshot.type === 'snapshot' ? snapshot.epoch : '';
    };
    const before = await epochOf(evening.hub);
    const hub = await restarted();
    expect(await epochOf(hub)).not.toBe(before);
    await hub.close();
  });
});
