/** What is sent once more, and what is known of it then. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { offlineQueue } from '../../../src/client/index.js';
import { MemoryDisk, memoryStorage } from '../../../src/client/storage/memory.js';
import type { ClientStorage } from '../../../src/client/storage/storage.js';
import { scene, settle } from '../support.js';
import { House, type Till, firstLeads } from './house.js';
import { expectSold, outcomesOf, sell } from './sale.js';

const LINE = { id: 'l1', order_id: 'o1', status: 'queued', mark: null, qty: 1 };

describe('a record that changes again and again', () => {
  it('C-Q-18 after three more tries it is left to a person', async () => {
    const storage = memoryStorage();
    const stage = scene({ storage, offline: offlineQueue, numbersReady: 0 });
    stage.client.subscribe('main/kitchen');
    stage.connection().welcome();
    await settle();
    stage.connection().snapshot(3, [{ ...LINE, version: 3 }]);
    const bump = { order_id: 'o1', line_ids: ['l1'], status: 'ready' as const };
    const queued = await stage.client.queue.add('kitchen.set_status', bump, { key: 'k1' });
    await settle();
    for (const version of [4, 5, 6, 7]) {
      const { id, key } = stage.connection().last('command');
      const current = { order_line: { l1: { ...LINE, version } } };
      const refusal = { code: 'version_conflict', status: 409, message: 'changed' } as const;
      stage.connection().say({ type: 'error', id, key, ...refusal, retryable: false, current });
      await settle();
      await settle();
    }
    const sent = stage.connection().all('command');
    expect(sent.map(({ key, expect: { order_line } = {} }) => [key, order_line])).toEqual(
      [3, 4, 5, 6].map((version) => ['k1', { l1: version }]),
    );
    expect(await queued.settled).toMatchObject({
      kind: 'refused',
      error: { code: 'version_conflict', current: { order_line: { l1: { version: 7 } } } },
    });
  });
});

/** Counts its updates, which end in failures where there are far too many, and never tells of another's writes. */
function deaf(disk: MemoryDisk): { readonly storage: ClientStorage; readonly updates: number } {
  const inner = memoryStorage(disk);
  const counted = { updates: 0 };
  const storage: ClientStorage = {
    sharedAs: inner.sharedAs,
    entries: (space) => inner.entries(space),
    append: (space, value) => inner.append(space, value),
    update: (space, key, change) => {
      counted.updates += 1;
      if (counted.updates > 500) return Promise.reject(new Error('asked again and again'));
      return inner.update(space, key, change);
    },
    write: (space, changes) => inner.write(space, changes),
    onForeignWrite: () => () => undefined,
    close: () => inner.close(),
  };
  return {
    storage,
    get updates() {
      return counted.updates;
    },
  };
}

describe('a till that stops before it hears the answer', () => {
  let house: House;

  beforeEach(async () => {
    house = await House.open();
  });

  afterEach(async () => {
    await house.close();
  });

  async function follow(options: Parameters<House['till']>[0]): Promise<Till> {
    const till = house.till(options);
    await house.follow(till);
    return till;
  }

  // The discount's own effect on the order looked like somebody else's change, so it went to a person.
  it('C-Q-19 what was sent goes out again as it was, whatever the order looks like by then', async () => {
    const disk = new MemoryDisk();
    const till = await follow({ disk });
    const lines = [{ line_id: 'b', item_id: 'burger', qty: 1 }];
    await house.watcher.command('order.open', { order_id: 'o9', order_type: 'takeaway', lines });
    await house.settle();
    till.cable.delivers = ({ type }) => type !== 'ack';
    const agreed = { order_id: 'o9', kind: 'amount', value: 200, reason: 'late' } as const;
    const { key } = await till.client.queue.add('order.discount', agreed);
    await house.pass(1_000);
    till.client.close();
    await house.settle();
    const next = await follow({ disk });
    await next.client.queue.ready;
    const outcome = next.client.queue.outcome(key);
    await house.pass(5_000);
    expect(await outcome).toMatchObject({ kind: 'acknowledged' });
    const header = house.watcher.row('main/orders', 'order_header', 'o9');
    expect(header).toMatchObject({ total: 1_000 });
  });

  it('C-Q-3 an outcome asked for before the storage has been read is the true one', async () => {
    const disk = new MemoryDisk();
    const till = await follow({ disk });
    till.cable.unplug();
    const order = { order_id: 'o9', order_type: 'takeaway' } as const;
    const { key } = await till.client.queue.add('order.open', order);
    till.client.close();
    const outcome = house.till({ disk }).client.queue.outcome(key);
    await house.pass(5_000);
    expect(await outcome).toMatchObject({ kind: 'acknowledged' });
  });

  it('C-Q-5 who takes the lead reads what the one before wrote last and told nobody', async () => {
    const disk = new MemoryDisk();
    const { leads, leadership } = firstLeads();
    const leader = await follow({ disk, leadership });
    const follower = await follow({ storage: deaf(disk).storage, leadership });
    leader.cable.unplug();
    await sell(leader.client);
    leader.client.close();
    expect(follower.client.queue.entries).toEqual([]);
    leads[1]?.();
    await house.pass(10_000);
    expectSold(house);
    expect(follower.client.queue.entries).toEqual([]);
  });

  // The other one asked the storage about entries that were settled, again and again without an end.
  it('C-Q-5 where two lead and one is not told, it learns of what the other settled as it comes to it', async () => {
    const disk = new MemoryDisk();
    const one = await follow({ disk });
    const counted = deaf(disk);
    const other = await follow({ storage: counted.storage });
    other.cable.unplug();
    const queued = await sell(other.client);
    await house.pass(10_000);
    expectSold(house);
    expect(one.client.queue.entries).toEqual([]);
    expect(other.client.queue.length).toBe(5);
    other.cable.plug();
    await house.pass(10_000);
    expect(other.client.queue.entries).toEqual([]);
    expect(await outcomesOf(queued)).toEqual(Array(5).fill('gone'));
    expect(counted.updates).toBeLessThan(50);
  });
});
