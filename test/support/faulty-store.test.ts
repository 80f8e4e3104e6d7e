/** The planted faults do what they say, and without one the wrapper changes nothing. */
import { describe, expect, test } from 'vitest';
import { SettableClock } from '../../src/base/clock.js';
import { uuidV7Source } from '../../src/base/ids.js';
import type { CommitOutcome } from '../../src/store/port.js';
import { createMemoryStore } from '../../src/store/memory/memory-store.js';
import { describeStore } from '../store/contract.js';
import { FaultyStore, type StoreFault } from './faulty-store.js';
import { commit, committed, inserted, request, seedIds } from './store.js';
import { orderRequest, seedRequest, shiftRequest } from './store.js';
import { movementRow } from './store-rows.js';
import { NOON } from './rows.js';

function openFaulty(): FaultyStore {
  const clock = new SettableClock(NOON);
  const newId = uuidV7Source(clock);
  return new FaultyStore(createMemoryStore({ clock, newId, nextTick: setImmediate }));
}

async function seeded(fault: StoreFault, commits?: number): Promise<FaultyStore> {
  const store = openFaulty();
  await committed(store, seedRequest('main'));
  await committed(store, shiftRequest('main'));
  store.switchOn(fault, commits);
  return store;
}

const order = orderRequest('main', { orderId: 'o', number: 1 });
const third: CommitOutcome = { kind: 'committed', version: 3, zNumber: null };

describeStore('a faulty store without a fault', () => {
  const store = openFaulty();
  return Promise.resolve({ store, close: () => store.close() });
});

describe('planted faults', () => {
  test('a lost write is settled and not there', async () => {
    const store = await seeded('lose_write', 1);
    expect(await commit(store, order)).toEqual(third);
    expect(await store.order('main', 'o')).toBeNull();
    expect(await commit(store, order)).toEqual(third);
    expect(await store.order('main', 'o')).not.toBeNull();
  });

  test('a change applied twice is there under two ids', async () => {
    const store = await seeded('apply_twice');
    const of = { branch_id: 'main', shift_id: seedIds('main').shift };
    const row = movementRow({ ...of, id: 'm' });
    expect(await commit(store, request('main', [inserted('cash_movement', row)]))).toEqual(third);
    const ids = (await store.shift('main', of.shift_id))?.movements.map(({ id }) => id);
    expect(ids).toEqual(['m', 'm-again']);
  });

  test('without keys a retry is no duplicate', async () => {
    const store = await seeded('forget_keys');
    await committed(store, order);
    expect((await commit(store, order)).kind).toBe('exists');
  });

  test('a wrong version is one too high, an accepted conflict is told as committed', async () => {
    const store = await seeded('wrong_version', 1);
    expect(await commit(store, order)).toEqual({ ...third, version: 4 });
    store.switchOn('accept_conflicts');
    const [seed] = seedRequest('main').changeSet;
    const stale = { ...seed, before: { ...seed?.after, version: 9 } } as never;
    expect(await commit(store, request('main', [stale]))).toEqual({ ...third, version: 4 });
  });

  test('an early acknowledgement comes before the write', async () => {
    const store = await seeded('early_ack', 1);
    expect(await commit(store, order)).toEqual(third);
    expect(await store.order('main', 'o')).toBeNull();
    store.release();
    await committed(store, orderRequest('main', { orderId: 'p', number: 2 }));
    expect(await store.order('main', 'o')).not.toBeNull();
  });

  test('a delayed settlement waits for its release, a doubled one comes twice', async () => {
    const store = await seeded('delay_settle', 1);
    store.switchOn('settle_twice', 1);
    const heard: CommitOutcome[] = [];
    store.commit(order, (outcome) => heard.push(outcome));
    await committed(store, orderRequest('main', { orderId: 'p', number: 2 }));
    expect([heard, store.held]).toEqual([[], 1]);
    store.release();
    expect(heard).toEqual([third, third]);
  });

  test('an unavailable store refuses and says so, until the fault is gone', async () => {
    const store = await seeded('unavailable');
    const heard: string[] = [];
    store.onStatus(({ state }) => heard.push(state));
    expect((await commit(store, order)).kind).toBe('unavailable');
    store.switchOff('unavailable');
    expect(await commit(store, order)).toEqual(third);
    expect(heard).toEqual(['recovering', 'ready']);
  });
});
