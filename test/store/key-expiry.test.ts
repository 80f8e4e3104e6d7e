/** Idempotency keys whose time is over are taken away in small steps, and what is left stays a valid database. */
import Database from 'better-sqlite3';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SettableClock } from '../../src/base/clock.js';
import type { Store } from '../../src/store/port.js';
import { KeyExpiry } from '../../src/store/sqlite/key-expiry.js';
import { DATABASE_NAME } from '../../src/store/sqlite/open.js';
import { verifyDatabase } from '../../src/store/verify/verify-database.js';
import { ManualTimers } from '../support/manual-timers.js';
import { NOON } from '../support/rows.js';
import { freshDirectory, openSqlite } from '../support/sqlite-store.js';
import { commit, committed, orderRequest, seedRequest, shiftRequest } from '../support/store.js';

const DAY_MS = 24 * 3_600_000;
const HOUR_MS = 3_600_000;

let directory: ReturnType<typeof freshDirectory>;
let clock: SettableClock;
let timers: ManualTimers;

beforeEach(() => {
  directory = freshDirectory();
  clock = new SettableClock(NOON);
  timers = new ManualTimers();
});

afterEach(() => {
  directory.remove();
});

const open = () => openSqlite(directory.path, { clock, timers });
const file = () => join(directory.path, DATABASE_NAME);
const expired = (store: Store) => store.stats()['keys_expired_total'] ?? 0;

/** Turns the event loop until so many keys have expired. */
async function untilExpired(store: Store, keys: number): Promise<void> {
  while (expired(store) < keys) await new Promise((resolve) => setImmediate(resolve));
  expect(expired(store)).toBe(keys);
}

/** Orders of this time, under keys called after them. */
async function orders(store: Store, first: number, count: number, at: number): Promise<void> {
  const requests = Array.from({ length: count }, (_, index) => {
    const number = first + index;
    const wanted = orderRequest('main', { orderId: `o${String(number)}`, number, openedAt: at });
    return { ...wanted, key: `k${String(number)}` };
  });
  await Promise.all(requests.map((wanted) => commit(store, wanted)));
}

async function begin(store: Store, count: number): Promise<void> {
  await committed(store, seedRequest('main'));
  await committed(store, { ...shiftRequest('main'), key: null });
  await orders(store, 1, count, NOON);
}

const kept = async (store: Store, number: number) =>
  (await store.answer('main', `k${String(number)}`)) !== null;

describe('the expiry of keys', () => {
  test('K-1 a key holds for seven days and is gone with the next round, hourly and at the start', async () => {
    let store = await open();
    await begin(store, 3);
    await orders(store, 4, 2, NOON + DAY_MS);
    clock.set(NOON + 7 * DAY_MS - 1);
    timers.advance(HOUR_MS);
    clock.set(NOON + 7 * DAY_MS);
    expect(await kept(store, 1)).toBe(true);
    timers.advance(HOUR_MS);
    await untilExpired(store, 3);
    expect([await kept(store, 3), await kept(store, 4)]).toEqual([false, true]);
    await store.close();
    clock.set(NOON + 8 * DAY_MS);
    store = await open();
    await untilExpired(store, 2);
    await store.close();
  });

  test('K-2 many go in many steps, and commits go on between them', async () => {
    const store = await open();
    await begin(store, 1_500);
    clock.set(NOON + 7 * DAY_MS);
    timers.advance(HOUR_MS);
    let between = 0;
    for (let number = 2_000; expired(store) < 1_500; number += 1) {
      await orders(store, number, 1, clock.now());
      if (expired(store) > 0 && expired(store) < 1_500) between += 1;
    }
    expect(between).toBeGreaterThan(0);
    await store.close();
    expect(await verifyDatabase({ file: file() })).toMatchObject({ clean: true });
  });

  test('K-3 I1 S-VER-6 an end between two steps leaves a database that verifies, and the next start goes on', async () => {
    let store = await open();
    await begin(store, 100);
    await store.close();
    const now = NOON + 30 * DAY_MS;
    const database = new Database(file());
    let gone = 0;
    const expiry = new KeyExpiry(database, {
      durability: 'full',
      onExpired: (keys) => (gone += keys),
      onError: (error) => {
        throw error;
      },
    });
    expiry.begin(now);
    expiry.stop();
    expect(database.pragma('synchronous', { simple: true })).toBe(2);
    database.close();
    expect(gone).toBeGreaterThan(0);
    expect(gone).toBeLessThan(100);
    expect(await verifyDatabase({ file: file() })).toMatchObject({ clean: true, differences: {} });
    clock.set(now);
    store = await open();
    await untilExpired(store, 100 - gone);
    await store.close();
    expect(await verifyDatabase({ file: file() })).toMatchObject({ clean: true });
  });

  test('K-3 S-VER-14 a key that is gone before its time is still a difference', async () => {
    const store = await open();
    await begin(store, 2);
    await store.close();
    const database = new Database(file());
    database.exec("DELETE FROM idempotency_request WHERE key = 'k2'");
    database
      .prepare("INSERT INTO meta VALUES ('keys_expired_until', ?)")
      .run(String(NOON + 7 * DAY_MS - 1));
    database.close();
    expect(await verifyDatabase({ file: file() })).toMatchObject({ differences: { key: 1 } });
  });

  test('K-4 keys of a clock that ran ahead keep no others', async () => {
    const store = await open();
    await begin(store, 0);
    await orders(store, 1, 600, NOON + 400 * DAY_MS);
    await orders(store, 700, 5, NOON);
    clock.set(NOON + 7 * DAY_MS);
    timers.advance(HOUR_MS);
    await untilExpired(store, 5);
    expect([await kept(store, 1), await kept(store, 700)]).toEqual([true, false]);
    await store.close();
  });
});
