import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { offlineQueue, type QueueEntry } from '../../../src/client/index.js';
import { foundDone } from '../../../src/client/queue/already-done.js';
import type { OrderGetResult } from '../../../src/protocol/results.js';
import { scene, settle, type Scene } from '../support.js';
import { MemoryDisk, memoryStorage } from '../../../src/client/storage/memory.js';
import { House } from './house.js';
import { expectSold, sell } from './sale.js';

const OPEN = { order_id: 'o1', order_type: 'takeaway' } as const;

async function queueing(disk = new MemoryDisk()): Promise<Scene> {
  const stage = scene({
    storage: memoryStorage(disk),
    offline: offlineQueue,
    numbersReady: 0,
  });
  await stage.client.queue.ready;
  return stage;
}

function keys({ connection }: Scene): string[] {
  return connection()
    .all('command')
    .map(({ key }) => key);
}

describe('a hub whose history is another one', () => {
  it('C-Q-15 what was acknowledged under another epoch and is still queued is sent again under its key', async () => {
    const disk = new MemoryDisk();
    const stage = await queueing(disk);
    stage.connection().welcome({ epoch: 'e1' });
    await settle();
    await stage.client.queue.add('order.open', OPEN, { key: 'k1' });
    await settle();
    stage.connection().ack('k1');
    await settle();
    expect(stage.client.queue.entries[0]?.state.kind).toBe('acknowledged');
    stage.connection().cut();
    stage.timers.advance(500);
    stage.connection().welcome({ epoch: 'e2' });
    await settle();
    await settle();
    expect(keys(stage)).toEqual(['k1']);
    stage.connection().ack('k1');
    await settle();
    expect(stage.client.queue.length).toBe(0);
  });

  it('C-Q-16 a retryable refusal is tried again for ever, in order', async () => {
    const stage = await queueing();
    stage.connection().welcome();
    await settle();
    await stage.client.queue.add('order.open', OPEN, { key: 'k1' });
    await stage.client.queue.add('order.send', { order_id: 'o1' }, { key: 'k2' });
    await settle();
    for (let tries = 0; tries < 20; tries += 1) {
      stage.connection().refuse('k1', 'overloaded', 1_000);
      // A hub that answers is not silent.
      for (let second = 0; second < 12; second += 1) {
        stage.timers.advance(1_000);
        stage.connection().heartbeat(0);
      }
      await settle();
    }
    expect(new Set(keys(stage))).toEqual(new Set(['k1']));
    expect(keys(stage)).toHaveLength(21);
    stage.connection().ack('k1');
    await settle();
    await settle();
    expect(keys(stage).at(-1)).toBe('k2');
  });
});

describe('a key that the hub has forgotten', () => {
  let house: House;

  beforeEach(async () => {
    house = await House.open();
  });

  afterEach(async () => {
    await house.close();
  });

  it('C-Q-11 what exists already with the same content counts as done, with other content it does not', async () => {
    const till = house.till();
    await house.follow(till);
    await sell(till.client);
    await house.pass(5_000);
    expectSold(house);
    const order = await till.client.query('order.get', { order_id: 'o1' });
    const paid = { order_id: 'o1', payment_id: 'o1-cash', method: 'cash', amount: 2_950 };
    expect(done('payment.add', paid, order)).toMatchObject({ order_payment: { 'o1-cash': 1 } });
    expect(done('payment.add', { ...paid, amount: 2_000 }, order)).toBeNull();
    expect(done('payment.add', { ...paid, payment_id: 'other' }, order)).toBeNull();
    const lines = [{ line_id: 'o1-1', item_id: 'burger', qty: 2 }];
    expect(done('order.add_lines', { order_id: 'o1', lines }, order)).not.toBeNull();
    const others = [{ line_id: 'o1-1', item_id: 'lager', qty: 2 }];
    expect(done('order.add_lines', { order_id: 'o1', lines: others }, order)).toBeNull();
    expect(done('order.open', { order_id: 'o1', order_type: 'dine_in' }, order)).not.toBeNull();
    expect(done('order.open', { order_id: 'o1', order_type: 'delivery' }, order)).toBeNull();
  });

  function done(name: string, payload: object, order: OrderGetResult): unknown {
    return foundDone({ name, payload } as unknown as QueueEntry, order);
  }
});
