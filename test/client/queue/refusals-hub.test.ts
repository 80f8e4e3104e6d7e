import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MemoryDisk } from '../../../src/client/storage/memory.js';
import { House, type Till, firstLeads } from './house.js';
import { TOTAL, expectSold, outcomesOf, sell } from './sale.js';

let house: House;

beforeEach(async () => {
  house = await House.open();
});

afterEach(async () => {
  await house.close();
});

async function tillAtWork(options: Parameters<House['till']>[0] = {}): Promise<Till> {
  const till = house.till(options);
  await house.follow(till);
  await house.settle();
  return till;
}

describe('what the queue does with a refusal', () => {
  it('C-Q-2 what the rules of the house refuse is not queued; what this device cannot know is', async () => {
    const { client } = await tillAtWork();
    const { payload } = await client.queue.add('order.open', { order_type: 'takeaway' });
    const order_id = payload.order_id ?? '';
    const overpaid = client.queue.add('payment.add', { order_id, method: 'cash', amount: 100 });
    await expect(overpaid).rejects.toMatchObject({ name: 'CommandRefused', code: 'overpayment' });
    // The client does not hold the order: the hub may know better.
    const unknown = await client.queue.add('order.send', { order_id: 'elsewhere' });
    await house.pass(1_000);
    expect(await unknown.settled).toMatchObject({ kind: 'refused', error: { code: 'not_found' } });
    expect(client.queue.refused.map(({ name }) => name)).toEqual(['order.send']);
  });

  it('C-Q-7 a refused entry stays until a person retries, amends or drops it', async () => {
    const { client } = await tillAtWork();
    const add = async (key: string): Promise<void> => {
      const queued = await client.queue.add('order.send', { order_id: key }, { key });
      await house.pass(1_000);
      expect(await queued.settled).toMatchObject({ kind: 'refused' });
    };
    await add('k1');
    await add('k2');
    await house.pass(10_000);
    expect(client.queue.refused.map(({ key }) => key)).toEqual(['k1', 'k2']);
    expect(client.queue.length).toBe(2);
    expect(await client.queue.drop('k1')).toBe(true);
    await sell(client, 'o1');
    await house.pass(5_000);
    const amended = await client.queue.amend('k2', { order_id: 'o1' });
    await house.pass(10_000);
    // It is closed by now: refused once more, and said again.
    expect(await amended.settled).toMatchObject({ error: { code: 'invalid_state' } });
    const again = await client.queue.retry('k2');
    await house.pass(1_000);
    expect((await again.settled).kind).toBe('refused');
    await client.queue.drop('k2');
    await house.pass(5_000);
    expect(client.queue.entries).toEqual([]);
    expectSold(house);
  });

  it('C-Q-8 a refused order.open holds back the rest of its order, and no other', async () => {
    const till = await tillAtWork();
    till.cable.unplug();
    const { client } = till;
    const blocked = await sell(client, 'o1');
    const free = await sell(client, 'o2');
    await house.watcher.command('order.open', { order_id: 'o1', order_type: 'takeaway' });
    till.cable.plug();
    await house.pass(10_000);
    expect(await blocked[0]?.settled).toMatchObject({ error: { code: 'already_exists' } });
    expect(await outcomesOf(free)).toEqual(Array(5).fill('acknowledged'));
    expectSold(house, 'o2');
    const states = client.queue.entries.map(({ state }) => state);
    expect(states).toMatchObject([
      { kind: 'refused' },
      ...Array<object>(4).fill({ kind: 'waiting', reason: { code: 'order_refused' } }),
    ]);
  });

  it('C-Q-9 without an open shift the queue waits, says so, and goes on when one is opened', async () => {
    const till = await tillAtWork();
    till.cable.unplug();
    const sold = await sell(till.client);
    await house.closeShift();
    till.cable.plug();
    await house.pass(5_000);
    expect(till.client.queue.entries[0]?.state).toMatchObject({
      kind: 'waiting',
      reason: { code: 'shift_closed' },
    });
    await house.openShift();
    await house.pass(5_000);
    expect(await outcomesOf(sold)).toEqual(Array(5).fill('acknowledged'));
    expectSold(house);
  });

  it('C-Q-10 a number that lapsed with its shift is replaced, and that is told until a person has heard it', async () => {
    const disk = new MemoryDisk();
    const till = await tillAtWork({ disk });
    till.cable.unplug();
    const sold = await sell(till.client);
    const printed = till.client.optimistic('main/orders').row('order_header', 'o1')?.number;
    await house.closeShift();
    await house.openShift();
    till.cable.plug();
    await house.pass(10_000);
    expect(await outcomesOf(sold)).toEqual(Array(5).fill('acknowledged'));
    expectSold(house);
    const number = house.watcher.row('main/orders', 'order_header', 'o1')?.['number'];
    const told = [{ key: 'o1-open', orderId: 'o1', printed, number }];
    expect(till.client.queue.renumbered).toEqual(told);
    till.client.close();
    const next = await tillAtWork({ disk });
    expect(next.client.queue.renumbered).toEqual(told);
    await next.client.queue.tellRenumbered('o1-open');
    await house.pass(5_000);
    expect(next.client.queue.renumbered).toEqual([]);
    expect(next.client.queue.entries).toEqual([]);
  });

  it('C-Q-12 another login sends what is there, and what is of another branch is held back', async () => {
    const disk = new MemoryDisk();
    const till = await tillAtWork({ disk });
    till.cable.unplug();
    await sell(till.client);
    till.client.close();
    const other = house.till({
      disk,
      token: house.hub.token({ role: 'manager', branchId: 'other' }),
    });
    await house.pass(5_000);
    expect(other.client.queue.entries.map(({ state }) => state)).toMatchObject(
      Array(5).fill({ kind: 'waiting', reason: { code: 'other_branch' } }),
    );
    other.client.close();
    const next = await tillAtWork({ disk, role: 'manager' });
    expect(next.client.queue.entries[0]?.by).toMatchObject({ id: 'cashier' });
    await house.pass(5_000);
    expectSold(house);
  });

  it('C-Q-14 heartbeats say how many entries are owed and since when', async () => {
    const till = await tillAtWork();
    await till.client.queue.add('order.send', { order_id: 'elsewhere' });
    await house.pass(7_000);
    const device = house.watcher
      .rows('main/devices', 'device_status')
      .find(({ id }) => id === 'till-1');
    expect(device).toMatchObject({ queue_length: 1 });
    expect(device?.['queue_oldest_at']).toBe(till.client.queue.oldestAt);
  });

  it('C-Q-5 two clients on one storage show the same entries, and only the one that leads sends', async () => {
    const disk = new MemoryDisk();
    const { leads, leadership } = firstLeads();
    const leader = await tillAtWork({ disk, leadership });
    const follower = await tillAtWork({ disk, leadership });
    const queued = await sell(follower.client);
    await house.pass(10_000);
    expect(await outcomesOf(queued)).toEqual(Array(5).fill('acknowledged'));
    expectSold(house);
    leader.cable.unplug();
    await sell(follower.client, 'o2');
    await house.pass(5_000);
    expect(follower.client.queue.length).toBe(5);
    expect(leader.client.queue.entries).toEqual(follower.client.queue.entries);
    leader.client.close();
    leads[1]?.();
    await house.pass(10_000);
    expectSold(house, 'o2');
  });
});

describe('leased numbers', () => {
  it('C-NUM-1 numbers are kept ready while live, each is given once, also by two clients on one storage', async () => {
    const disk = new MemoryDisk();
    const [one, two] = [await tillAtWork({ disk }), await tillAtWork({ disk })];
    expect(one.client.numbers?.ready).toBe(20);
    for (const { cable } of [one, two]) cable.unplug();
    const taken = await Promise.all(
      Array.from({ length: 24 }, async (_, index) => {
        const { client } = index % 2 === 0 ? one : two;
        return (await client.numbers?.take()) ?? null;
      }),
    );
    const given = taken.filter((number) => number !== null);
    expect(new Set(given).size).toBe(20);
    expect(taken.filter((number) => number === null)).toHaveLength(4);
  });

  it('C-NUM-2 a new shift discards the rest, and a role that may not lease does without', async () => {
    const till = await tillAtWork();
    const before = await till.client.numbers?.take();
    await house.closeShift();
    await house.openShift();
    await house.pass(3_000);
    const after = (await till.client.numbers?.take()) ?? 0;
    expect(after).toBeGreaterThan((before ?? 0) + 19);
    const cook = await tillAtWork({ role: 'kitchen', deviceId: 'kitchen-1' });
    expect(await cook.client.numbers?.take()).toBeNull();
  });

  it('C-NUM-4 who is not shown the shift learns by a refused number that the rest is of an old one', async () => {
    const till = house.till({ role: 'waiter' });
    for (const view of ['orders', 'menu']) till.client.subscribe(`main/${view}`);
    await house.settle();
    const { queue, numbers } = till.client;
    await house.closeShift();
    await house.openShift();
    const open = async (order_id: string): Promise<number> => {
      const order = { order_id, order_type: 'takeaway' } as const;
      return (await queue.add('order.open', order)).payload.number ?? 0;
    };
    const old = await open('o1');
    await house.pass(1_000);
    expect(queue.renumbered).toMatchObject([{ printed: old }]);
    expect(numbers?.ready).toBe(20);
    const fresh = await open('o2');
    await house.pass(5_000);
    expect(queue.renumbered).toHaveLength(1);
    const header = house.watcher.row('main/orders', 'order_header', 'o2');
    expect(header).toMatchObject({ number: fresh });
  });

  it('C-NUM-3 where the answer to a lease is lost, the same key gives the same range', async () => {
    const till = house.till();
    let lost = false;
    till.cable.delivers = (message) => {
      if (lost || message.type !== 'ack' || message.result?.['numbers'] === undefined) return true;
      lost = true;
      queueMicrotask(() => {
        till.cable.unplug();
        till.cable.plug();
      });
      return false;
    };
    await house.follow(till);
    await house.pass(10_000);
    expect(lost).toBe(true);
    expect(till.client.numbers?.ready).toBe(20);
    // The range of the first try: another one would begin above it.
    expect(await till.client.numbers?.take()).toBe(1);
  });
});

describe('what is laid over the channels', () => {
  it('C-OPT-1 a paid order looks paid at every moment between queued and shown, and settles to the truth', async () => {
    const till = await tillAtWork();
    till.cable.unplug();
    const view = till.client.optimistic('main/orders');
    await sell(till.client);
    expect(view.pending('order_header', 'o1')).toBe(true);
    const seen: unknown[] = [];
    view.onRows(() => {
      seen.push(
        view.row('order_header', 'o1')?.payment_status,
        view.row('order_header', 'o1')?.status,
      );
    });
    // The hub writes its own time into what was predicted.
    house.hub.clock.advance(120_000);
    till.cable.plug();
    await house.pass(10_000);
    expect(new Set(seen)).toEqual(new Set(['paid', 'closed']));
    expect(view.pending('order_header', 'o1')).toBe(false);
    const base = till.client.subscribe('main/orders');
    for (const [table, rows] of base.tables) expect(view.table(table)).toEqual(rows);
  });

  it('C-OPT-2 what another device did meanwhile is what the queued commands are laid over', async () => {
    const till = await tillAtWork();
    await house.watcher.command('order.open', { order_id: 'o9', order_type: 'takeaway' });
    await house.settle();
    till.cable.delivers = ({ type }) => type !== 'ack';
    const view = till.client.optimistic('main/orders');
    till.cable.unplug();
    const lines = [{ line_id: 'mine', item_id: 'lager', qty: 1 }];
    await till.client.queue.add('order.add_lines', { order_id: 'o9', lines });
    expect(view.row('order_header', 'o9')?.total).toBe(550);
    const theirs = [{ line_id: 'theirs', item_id: 'burger', qty: 1 }];
    await house.watcher.command('order.add_lines', { order_id: 'o9', lines: theirs });
    till.cable.plug();
    await house.pass(10_000);
    // The hub has both; its answer is lost, and the line is not laid over itself.
    expect(view.where('order_line', 'order_id', 'o9').size).toBe(2);
    expect(view.row('order_header', 'o9')?.total).toBe(1_750);
  });

  it('C-OPT-3 a discount whose answer is lost is not laid over the order that has it', async () => {
    const till = await tillAtWork();
    const lines = [{ line_id: 'b', item_id: 'burger', qty: 1 }];
    await house.watcher.command('order.open', { order_id: 'o9', order_type: 'takeaway', lines });
    await house.settle();
    till.cable.delivers = ({ type }) => type !== 'ack';
    const view = till.client.optimistic('main/orders');
    await till.client.queue.add('order.discount', {
      order_id: 'o9',
      kind: 'amount',
      value: 200,
      reason: 'late',
    });
    expect(view.row('order_header', 'o9')?.total).toBe(1_000);
    await house.pass(3_000);
    expect(house.watcher.row('main/orders', 'order_header', 'o9')?.['total']).toBe(1_000);
    expect(till.client.queue.length).toBe(1);
    expect(view.row('order_header', 'o9')?.total).toBe(1_000);
    expect(view.where('order_adjustment', 'order_id', 'o9').size).toBe(1);
  });
});

describe('the money of a day offline', () => {
  it('C-Q-6 many orders queued side by side arrive in order per order, each once', async () => {
    const till = await tillAtWork();
    till.cable.unplug();
    for (let order = 0; order < 30; order += 1) await sell(till.client, `o${String(order)}`);
    till.cable.plug();
    await house.pass(20_000);
    for (let order = 0; order < 30; order += 1) expectSold(house, `o${String(order)}`);
    const [totals] = house.watcher.rows('main/shift', 'shift_totals');
    expect(totals).toMatchObject({ paid_cash: 30 * TOTAL });
    expect(till.client.queue.entries).toEqual([]);
  });
});
