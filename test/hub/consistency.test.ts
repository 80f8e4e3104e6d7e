/** Memory that holds something else than the store: found, told, repaired, and every screen set right. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SettableClock } from '../../src/base/clock.js';
import { uuidV7Source } from '../../src/base/ids.js';
import type { BranchConsistency } from '../../src/hub/consistency/branch-consistency.js';
import { createMemoryStore } from '../../src/store/memory/memory-store.js';
import type { LoadedBranch, LoadedRow, Store } from '../../src/store/port.js';
import { FaultyStore } from '../support/faulty-store.js';
import { EVENING, TestHub } from '../support/hub.js';
import type { HubClient } from '../support/hub-client.js';
import { Evening } from './evening.js';

const ADMIN = { staffId: 'boss', deviceId: 'office', correlationId: null };

/** Tells a start something else than it holds. */
class LyingStore extends FaultyStore {
  readonly #lie: (row: LoadedRow) => readonly LoadedRow[];

  constructor(inner: Store, lie: (row: LoadedRow) => readonly LoadedRow[]) {
    super(inner);
    this.#lie = lie;
  }

  override async load(): Promise<readonly LoadedBranch[]> {
    const branches = await super.load();
    return branches.map((branch) => ({ ...branch, rows: branch.rows.flatMap(this.#lie) }));
  }
}

let store: Store;
let lying: LyingStore;
let hub: TestHub;
let waiter: HubClient;

/** An evening with two orders, then a hub on the same data whose memory begins with a lie. */
async function begin(lie: (row: LoadedRow) => readonly LoadedRow[]): Promise<void> {
  const clock = new SettableClock(EVENING);
  store = createMemoryStore({ clock, newId: uuidV7Source(clock), nextTick: setImmediate });
  const evening = await Evening.begin({ store, clock });
  await evening.sent('o1', ['burger', 'chips']);
  await evening.sent('o2', ['burger']);
  lying = new LyingStore(store, lie);
  hub = await TestHub.open({ store: lying, clock });
  waiter = await hub.client({ role: 'waiter' });
  await waiter.subscribe('orders');
  await waiter.subscribe('kitchen');
  await waiter.subscribe('menu');
}

function consistency(): BranchConsistency {
  const branch = hub.hub.branches.get('main');
  if (branch === undefined) throw new Error('the branch is there');
  return branch.consistency;
}

function altered(id: string, columns: object): (row: LoadedRow) => readonly LoadedRow[] {
  return (row) => {
    return row.row.id === id ? [{ ...row, row: { ...row.row, ...columns } }] : [row];
  };
}

const without = (id: string) => (row: LoadedRow) => (row.row.id === id ? [] : [row]);

async function expectShownRight(): Promise<void> {
  await hub.settle();
  const right = await TestHub.open({ store });
  const fresh = await right.client({ role: 'waiter' });
  for (const view of ['orders', 'kitchen', 'menu'] as const) {
    await fresh.subscribe(view);
    const tables = fresh.replicas.get(`main/${view}`)?.tables;
    expect(waiter.replicas.get(`main/${view}`)?.tables).toEqual(tables);
  }
  expect(waiter.gaps).toEqual([]);
}

describe('validating an order', () => {
  it('H-CC-10 that memory holds as the store does says so, and writes nothing', async () => {
    await begin((row) => [row]);
    const checked = await consistency().checkOrder('o1', ADMIN);
    expect(checked).toEqual({ kind: 'done', result: { held: 'hot', difference: [] } });
    expect(hub.hub.branches.get('main')?.hub.hot.version).toBe(6);
    expect(waiter.notices).toEqual([]);
  });

  it('H-CC-11 names each column that differs, repairs memory and its indexes, and sends the screens the truth', async () => {
    await begin(altered('o1', { table_no: '9', stations: [], customer_name: 'Ada' }));
    const checked = await consistency().checkOrder('o1', ADMIN);
    expect(checked).toMatchObject({
      kind: 'done',
      result: {
        held: 'hot',
        difference: [
          { table: 'order_header', id: 'o1', column: 'table_no', memory: '9', stored: '1' },
          { table: 'order_header', id: 'o1', column: 'customer_name', differs: true },
          { column: 'stations', memory: [], stored: ['fry', 'grill'] },
        ],
      },
    });
    expect(JSON.stringify(checked)).not.toContain('Ada');
    const { orders } = hub.hub.branches.get('main')?.hub.hot ?? {};
    expect([...(orders?.atTable('1') ?? [])].sort()).toEqual(['o1', 'o2']);
    expect([...(orders?.atTable('9') ?? [])]).toEqual([]);
    expect(orders?.atStation('fry').has('o1')).toBe(true);
    await expectShownRight();
    expect(waiter.notices.map(({ code }) => code)).toContain('resync');
    const again = await consistency().checkOrder('o1', ADMIN);
    expect(again).toMatchObject({ result: { difference: [] } });
    expect(hub.hub.stats()).toMatchObject({
      consistency_checks_total: 2,
      inconsistencies_total: 1,
      repairs_total: 1,
    });
  });

  it.each([
    ['a line that memory lacks', without('o1-2'), { id: 'o1-2', missing: 'memory' }],
    ['a whole order that memory lacks', without('o1'), { id: 'o1', missing: 'memory' }],
    [
      'a line that the store lacks',
      (row: LoadedRow) => [row, ...altered('o1-2', { id: 'ghost', seq: 9 })(row).slice(0, 1)],
      { id: 'ghost', missing: 'store' },
    ],
  ])('H-CC-12 finds %s', async (_what, lie, difference) => {
    await begin(lie);
    const checked = await consistency().checkOrder('o1', ADMIN);
    const found = checked.kind === 'done' ? checked.result.difference : [];
    expect(found).toContainEqual(expect.objectContaining(difference));
    await expectShownRight();
  });

  it('H-CC-13 a client that was away during the repair gets a snapshot, not a delta that leaves wrong rows', async () => {
    await begin(altered('o1-1', { note: 'a lie' }));
    const { replicas, welcome } = waiter;
    const since = {
      epoch: welcome?.epoch ?? '',
      version: replicas.get('main/orders')?.version ?? 0,
    };
    waiter.cut();
    await consistency().checkOrder('o1', ADMIN);
    const back = await hub.client({ role: 'waiter' });
    expect(await back.subscribe('orders', { since })).toMatchObject({ type: 'snapshot' });
    const restarted = await TestHub.open({ store });
    const later = await restarted.client({ role: 'waiter' });
    expect(await later.subscribe('orders', { since })).toMatchObject({ type: 'snapshot' });
  });

  it('H-CC-14 an order that is nowhere is not_found', async () => {
    await begin((row) => [row]);
    const checked = await consistency().checkOrder('o9', ADMIN);
    expect(checked).toMatchObject({ kind: 'refused', refusal: { code: 'not_found' } });
  });

  it('H-CC-15 memory that cannot be repaired says so, and stays as it was', async () => {
    await begin(altered('o1', { note: 'a lie' }));
    lying.switchOn('unavailable');
    const checked = await consistency().checkOrder('o1', ADMIN);
    expect(checked).toMatchObject({ refusal: { code: 'storage_unavailable' } });
    lying.switchOff('unavailable');
    expect(await consistency().checkOrder('o1', ADMIN)).toMatchObject({
      result: { difference: [{ column: 'note' }] },
    });
  });

  it('H-CC-16 all hot orders are checked in slices, and counted', async () => {
    await begin(altered('o2', { guests: 77 }));
    const checked = await consistency().checkOrders(null, ADMIN);
    expect(checked).toEqual({ kind: 'done', result: { checked: 2, repaired: 1, not_found: 0 } });
    const some = await consistency().checkOrders(['o1', 'nowhere'], ADMIN);
    expect(some).toEqual({ kind: 'done', result: { checked: 1, repaired: 0, not_found: 1 } });
    await expectShownRight();
  });

  it('H-CC-17 a command that meets a version of memory alone is decided again on what is stored', async () => {
    await begin(altered('o1', { version: 1, note: 'a lie' }));
    const cashier = await hub.client({ role: 'cashier' });
    const pay = { order_id: 'o1', method: 'card', amount: 100 } as const;
    expect(await cashier.command('payment.add', pay)).toMatchObject({ type: 'ack' });
    await expectShownRight();
  });
});

describe('the hourly check', () => {
  it('H-CC-18 compares records taken at random, a few a second, and repairs what is wrong', async () => {
    await begin(altered('burger', { price: 1 }));
    hub.timers.advance(3_600_000);
    for (let second = 0; second < 12; second += 1) {
      await hub.settle();
      const before = hub.hub.stats()['consistency_checks_total'] ?? 0;
      hub.timers.advance(1_000);
      await hub.settle();
      expect((hub.hub.stats()['consistency_checks_total'] ?? 0) - before).toBeLessThanOrEqual(10);
    }
    const { consistency_checks_total: checked, inconsistencies_total: wrong } = hub.hub.stats();
    // Two orders, their three lines, and five items of each branch, one of them wrong in both.
    expect({ checked, wrong }).toEqual({ checked: 15, wrong: 2 });
    const item = hub.hub.branches.get('main')?.hub.hot.tables.menu_item.get('burger');
    expect(item).toMatchObject({ price: 1_200 });
  });
});

describe('cold orders', () => {
  let evening: Evening;
  const cache = () => evening.hub.hub.stats()['cold_cache_entries'];
  const branch = () => {
    const found = evening.hub.hub.branches.get('main');
    if (found === undefined) throw new Error('the branch is there');
    return found.consistency;
  };

  beforeEach(async () => {
    evening = await Evening.begin();
    const manager = await evening.hub.client({ role: 'manager' });
    for (const [id, item, table] of [
      ['c1', 'burger', '1'],
      ['c2', 'chips', '2'],
      ['c3', 'burger', '2'],
    ] as const) {
      await evening.order(id, [item], table);
      await evening.give('order.send', { order_id: id });
      await evening.bump(id, [`${id}-1`], 'served');
      await evening.pay(id, item === 'burger' ? 1_200 : 350);
      await evening.close(id);
    }
    await evening.closeShift();
    for (const id of ['c1', 'c2', 'c3']) await manager.query('order.get', { order_id: id });
    expect(cache()).toBe(3);
  });
  afterEach(async () => {
    await evening.end();
  });

  it('H-CC-20 are dropped by shift, table or station', () => {
    expect(branch().dropTagged({ kind: 'table', id: '9' })).toBe(0);
    expect(branch().dropTagged({ kind: 'station', id: 'fry' })).toBe(1);
    expect(branch().dropTagged({ kind: 'table', id: '2' })).toBe(1);
    expect(branch().dropTagged({ kind: 'shift', id: evening.shiftId })).toBe(1);
    expect(evening.hub.hub.stats()).toMatchObject({ cold_cache_entries: 0, cold_cache_tags: 0 });
  });

  it('H-CC-21 are dropped and read anew one by one', async () => {
    const done = { kind: 'done', result: { held: 'cold', difference: [] } };
    expect(await branch().checkOrder('c1', ADMIN)).toEqual(done);
    expect(cache()).toBe(3);
    expect(await branch().invalidateOrder('c1', ADMIN)).toEqual(done);
    expect(cache()).toBe(2);
    const none = { kind: 'done', result: { held: 'none', difference: [] } };
    expect(await branch().checkOrder('c1', ADMIN)).toEqual(none);
  });
});
