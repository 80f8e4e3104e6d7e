/** The memory engine: the Store port's contract, and what is its own. */
import { describe, expect, test } from 'vitest';
import { SettableClock } from '../../src/base/clock.js';
import { uuidV7Source } from '../../src/base/ids.js';
import { createMemoryStore } from '../../src/store/memory/memory-store.js';
import { COMMITS_KEPT_MAX } from '../../src/store/memory/commit-log.js';
import {
  after,
  changed,
  commit,
  orderChanges,
  orderRequest,
  request,
  seedRequest,
  shiftRequest,
} from '../support/store.js';
import { NOON } from '../support/rows.js';
import { describeStore } from './contract.js';

const DAY_MS = 24 * 3_600_000;

/** A store whose ticks are run by hand. */
function byHand() {
  const clock = new SettableClock(NOON);
  const ticks: (() => void)[] = [];
  const nextTick = (run: () => void) => {
    ticks.push(run);
  };
  const tick = () => {
    for (const run of ticks.splice(0)) run();
  };
  const store = createMemoryStore({ clock, newId: uuidV7Source(clock), nextTick });
  return { clock, store, tick };
}

describeStore('memory', () => {
  const clock = new SettableClock(NOON);
  const newId = uuidV7Source(clock);
  const store = createMemoryStore({ clock, newId, nextTick: setImmediate });
  return Promise.resolve({ store, close: () => store.close() });
});

describe('the memory engine', () => {
  test('S-MEM-1 what is handed in within one turn is one group, settled on the next tick', async () => {
    const { store, tick } = byHand();
    const outcomes = Promise.all([
      commit(store, seedRequest('main')),
      commit(store, shiftRequest('main')),
      commit(store, orderRequest('main', { orderId: 'o', number: 1 })),
    ]);
    expect(store.stats()).toMatchObject({ groups: 0, commits: 0, queue_length: 3 });
    tick();
    expect(store.stats()).toMatchObject({ groups: 1, commits: 3, queue_length: 0 });
    expect((await outcomes).map(({ kind }) => kind)).toEqual(Array(3).fill('committed'));
  });

  test('S-MEM-2 durability is none', () => {
    expect(byHand().store.durability).toBe('none');
  });

  test('S-MEM-3 I9 a key is forgotten seven days after its commit', async () => {
    const { clock, store, tick } = byHand();
    const wanted = [
      seedRequest('main'),
      { ...shiftRequest('main'), key: 'old' },
      { ...orderRequest('main', { orderId: 'a', number: 1 }), key: 'new' },
      { ...orderRequest('main', { orderId: 'b', number: 2 }), key: 'last' },
    ];
    for (const [index, at] of [0, 0, 6, 7].entries()) {
      clock.set(NOON + at * DAY_MS);
      const request = wanted[index];
      if (request !== undefined) store.commit(request, () => undefined);
      tick();
    }
    expect(await store.answer('main', 'old')).toBeNull();
    expect(await store.answer('main', 'new')).toMatchObject({ version: 3 });
    expect(store.stats()).toMatchObject({ keys: 2 });
  });

  test('S-MEM-4 I9 it keeps its newest commits, and tells no history of an order that is older', async () => {
    const { store, tick } = byHand();
    const changes = orderChanges('main', { orderId: 'a', number: 1 });
    for (const wanted of [seedRequest('main'), shiftRequest('main')]) void commit(store, wanted);
    void commit(store, request('main', changes));
    const first = changes[0];
    if (first === undefined) throw new Error('an order has a header');
    let header = after('order_header', first);
    for (let version = 4; version <= COMMITS_KEPT_MAX + 2; version += 1) {
      const change = changed('order_header', header, { note: String(version) });
      header = after('order_header', change);
      void commit(store, request('main', [change]));
    }
    tick();
    const page = { after: { version: 0 }, limit: 1 };
    expect(await store.orderHistory('main', 'a', page)).toMatchObject({ kind: 'told' });
    const last = changed('order_header', header, { note: 'last' });
    void commit(store, request('main', [last]));
    tick();
    expect(await store.orderHistory('main', 'a', page)).toEqual({
      kind: 'untold',
      reason: 'memory keeps the newest 10000 commits, and the order is older',
    });
    expect(store.stats()).toMatchObject({ commits_kept: COMMITS_KEPT_MAX });
    const oldest = await store.audit('main', { cursor: '5' });
    expect(oldest.entries.map(({ version }) => version)).toEqual([4]);
  });
});
