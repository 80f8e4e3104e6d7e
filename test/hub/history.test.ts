/** An order's history as patches, and what it was at any moment, under random traffic and by hand. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Role } from '../../src/domain/rows.js';
import { orderAt, orderHistory, type HistoryEntry } from '../../src/hub/history/order-history.js';
import type { ViewRow } from '../../src/protocol/messages.js';
import { applyPatch } from '../../src/protocol/patch.js';
import type { OrderGetResult } from '../../src/protocol/results.js';
import type { OrderPage, Store } from '../../src/store/port.js';
import { memoryEngine, sqliteEngine } from '../support/random-traffic/engine.js';
import { Random } from '../support/random-traffic/random.js';
import { Restaurant } from '../support/random-traffic/restaurant.js';
import { runTraffic } from '../support/random-traffic/traffic.js';
import { seedsToRun } from '../support/seeds.js';
import { Evening } from './evening.js';

const ENGINES = [
  { engine: 'memory', makeEngine: memoryEngine },
  { engine: 'sqlite', makeEngine: sqliteEngine },
] as const;

const asked = (store: Store, orderId: string, branchId = 'main', role: Role = 'manager') => ({
  ...{ store, orderId, branchId, role },
});

/** All entries, page by page. */
async function entriesOf(of: ReturnType<typeof asked>, limit: number): Promise<HistoryEntry[]> {
  const entries: HistoryEntry[] = [];
  for (let after: number | null = 0; after !== null;) {
    const page = await orderHistory(of, { after, limit });
    if ('refusal' in page) throw new Error(page.refusal.message);
    entries.push(...page.result.entries);
    after = page.result.next;
  }
  return entries;
}

/** A document that is no row is patched like one. */
function patched(document: object, { patch }: HistoryEntry): object {
  return applyPatch(document as ViewRow, patch);
}

const keyed = (rows: readonly { readonly id: string }[]) =>
  Object.fromEntries(rows.map((row) => [row.id, row]));

/** What `order.get` gives, in the form of a history's document. */
function documentOf({ header, lines, payments, adjustments }: OrderGetResult) {
  return {
    ...{ header, lines: keyed(lines) },
    ...{ payments: keyed(payments), adjustments: keyed(adjustments) },
  };
}

/** Looks at every order of the branch; gives how many there are and how many entries they have. */
async function lookAtAll(restaurant: Restaurant, branchId: string, dice: Random) {
  const { store } = restaurant.engine;
  const manager = await restaurant.hub.client({ role: 'manager', branchId });
  const seen = { orders: 0, entries: 0 };
  let cursor: string | null = null;
  do {
    const page: OrderPage = await store.orders(branchId, cursor === null ? {} : { cursor });
    for (const { id } of page.orders) {
      const reply = await manager.query('order.get', { order_id: id });
      if (reply.type !== 'result') throw new Error(reply.message);
      const of = asked(store, id, branchId);
      const entries = await entriesOf(of, dice.whole(1, 9));
      let document = {};
      for (const entry of entries) {
        document = patched(document, entry);
        if (!dice.chance(0.2)) continue;
        const then = await orderAt(of, { version: entry.version });
        expect(then, id).toMatchObject({ result: { version: entry.version } });
        expect('result' in then && then.result.order, id).toEqual(document);
      }
      expect(document, id).toEqual(documentOf(reply.result as OrderGetResult));
      seen.orders += 1;
      seen.entries += entries.length;
    }
    ({ cursor } = page);
  } while (cursor !== null);
  manager.cut();
  return seen;
}

describe.each(ENGINES)('histories after random traffic on $engine', ({ makeEngine }) => {
  it.each(seedsToRun(2))(
    'HI-1 HI-2 patches from {} lead to what is there, and to each state on the way: seed %i',
    async (seed) => {
      const dice = new Random(seed);
      const restaurant = await Restaurant.open(makeEngine, dice);
      try {
        await runTraffic({ restaurant, dice, steps: 160 });
        const seen = [];
        for (const branchId of ['north', 'south']) {
          seen.push(await lookAtAll(restaurant, branchId, dice));
        }
        // Else it would have shown little.
        expect(seen.reduce((sum, { orders }) => sum + orders, 0)).toBeGreaterThan(10);
        expect(seen.reduce((sum, { entries }) => sum + entries, 0)).toBeGreaterThan(100);
      } finally {
        await restaurant.close();
        restaurant.engine.remove();
      }
    },
    60_000,
  );
});

describe('an order’s past', () => {
  let evening: Evening;
  afterEach(() => evening.end());

  it('HI-3 each entry says who, when, where and what', async () => {
    evening = await Evening.begin();
    await evening.order('o1', ['burger']);
    evening.hub.clock.advance(60_000);
    const waiter = await evening.hub.client({ role: 'waiter', name: 'sam', deviceId: 'pad-1' });
    await evening.give('order.send', { order_id: 'o1' }, { by: waiter });
    const entries = await entriesOf(asked(evening.hub.store, 'o1'), 9);
    const opened = evening.hub.clock.now() - 60_000;
    expect(entries.map(({ patch: _patch, correlation_id: _id, ...entry }) => entry)).toEqual([
      { version: 3, at: opened, by: 'cashier', device: 'till-1', command: 'order.open' },
      { version: 4, at: opened + 60_000, by: 'sam', device: 'pad-1', command: 'order.send' },
    ]);
    expect(entries[1]?.patch).toEqual(
      expect.arrayContaining([
        { op: 'replace', path: '/lines/o1-1/status', value: 'queued' },
        { op: 'replace', path: '/lines/o1-1/version', value: 2 },
      ]),
    );
  });

  it('HI-4 it holds no column that is the store’s own', async () => {
    evening = await Evening.begin();
    await evening.order('o1', ['burger']);
    const text = JSON.stringify(await entriesOf(asked(evening.hub.store, 'o1'), 9));
    expect(text).toContain('"unit_price"');
    expect(text).not.toMatch(/tax_included|voided_by|reopen_reason/);
  });

  it('HI-2 HI-5 a moment before the order has no state; later ones have that of the last commit', async () => {
    evening = await Evening.begin();
    const begun = evening.hub.clock.now();
    evening.hub.clock.advance(1_000);
    await evening.order('o1', ['burger']);
    evening.hub.clock.advance(1_000);
    await evening.give('order.send', { order_id: 'o1' });
    const at = (time: number, orderId = 'o1') =>
      orderAt(asked(evening.hub.store, orderId), { at: time });
    expect(await at(begun)).toMatchObject({ refusal: { code: 'not_found' } });
    expect(await at(begun + 5_000, 'o2')).toMatchObject({ refusal: { code: 'not_found' } });
    expect(await at(begun + 1_999)).toMatchObject({
      result: { version: 3, at: begun + 1_000, order: { lines: { 'o1-1': { status: 'new' } } } },
    });
    expect(await at(begun + 2_000)).toMatchObject({
      result: { version: 4, order: { lines: { 'o1-1': { status: 'queued' } } } },
    });
    expect(await orderHistory(asked(evening.hub.store, 'o2'), {})).toMatchObject({
      refusal: { code: 'not_found' },
    });
  });
});
