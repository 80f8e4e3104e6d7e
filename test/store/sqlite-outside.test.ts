/** What the SQLite engine notices of other programs that write to its file, and how it takes that over. */
import Database from 'better-sqlite3';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Adoption, Store, StoredRow } from '../../src/store/port.js';
import { HOT_ID_SQL } from '../../src/store/sqlite/load.js';
import { DATABASE_NAME } from '../../src/store/sqlite/open.js';
import { STORED_SQL } from '../../src/store/sqlite/stored-rows.js';
import { verifyDatabase } from '../../src/store/verify/verify-database.js';
import { ManualTimers } from '../support/manual-timers.js';
import { freshDirectory, openSqlite } from '../support/sqlite-store.js';
import {
  changed,
  commit,
  committed,
  inserted,
  request,
  seedIds,
  seedRequest,
  shiftRequest,
} from '../support/store.js';
import type { itemRow } from '../support/store-rows.js';

const ids = seedIds('main');
let directory: ReturnType<typeof freshDirectory>;
let store: Store;
let timers: ManualTimers;
let outsider: Database.Database;

beforeEach(async () => {
  directory = freshDirectory();
  timers = new ManualTimers();
  store = await openSqlite(directory.path, { timers });
  await committed(store, seedRequest('main'));
  await committed(store, shiftRequest('main'));
  outsider = new Database(join(directory.path, DATABASE_NAME));
});

afterEach(async () => {
  outsider.close();
  await store.close();
  directory.remove();
});

const nextTurn = () => new Promise((resolve) => setTimeout(resolve, 0));
const row = async (id: string): Promise<StoredRow> => {
  const [found] = await store.stored('main', { menu_item: [id] });
  if (found === undefined) throw new Error(`${id} is there`);
  return found;
};

async function changePrice(price: number): Promise<void> {
  const { row: item } = await row(ids.water);
  const change = changed('menu_item', item as ReturnType<typeof itemRow>, { price });
  await committed(store, request('main', [change]));
}

async function adopt(changeSet: Parameters<typeof request>[1], adopts: Partial<Adoption>) {
  const whole: Adoption = { found: [], restored: [], ...adopts };
  return commit(store, request('main', changeSet, { key: null, adopts: whole }));
}

async function difference(): Promise<string | null> {
  const report = await verifyDatabase({ file: join(directory.path, DATABASE_NAME) });
  return report.difference;
}

test('S-CC-3 what another connection wrote is noticed, the store’s own commits and reads are not', async () => {
  const heard: string[] = [];
  store.onOutsideChange(() => heard.push('changed'));
  await changePrice(5);
  expect(await store.lookOutside()).toBe(false);
  outsider.exec(`UPDATE menu_item SET price = 7`);
  expect(await store.lookOutside()).toBe(true);
  expect(await store.lookOutside()).toBe(false);
  expect(heard).toEqual(['changed']);
});

test('S-CC-3 a checkpoint by another connection is no change', async () => {
  await changePrice(5);
  outsider.pragma('wal_checkpoint(PASSIVE)');
  await changePrice(6);
  outsider.pragma('wal_checkpoint(PASSIVE)');
  expect(await store.lookOutside()).toBe(false);
});

test('S-CC-4 it looks once a second, however many groups are committed meanwhile', async () => {
  const looks = () => store.stats()['outside_looks_total'];
  for (let second = 1; second <= 3; second += 1) {
    for (let price = 1; price <= 10; price += 1) await changePrice(price);
    timers.advance(1_000);
    while (looks() !== second) await nextTurn();
  }
  expect(store.stats()['groups']).toBeGreaterThan(30);
  expect(looks()).toBe(3);
});

test('S-CC-5 a changed row is taken over whatever was done to its version, and the history verifies', async () => {
  for (const version of ['version', 'version + 1', '900', '1']) {
    const { row: before } = await row(ids.kebab);
    const known = before as ReturnType<typeof itemRow>;
    outsider.exec(`UPDATE menu_item SET price = price + 10, version = ${version},
      names = '{ "de" : "Spieß" }' WHERE id = '${ids.kebab}'`);
    const { row: found, foreign } = await row(ids.kebab);
    expect(foreign).toBe(true);
    const change = changed('menu_item', known, {
      price: known.price + 10,
      names: (found as ReturnType<typeof itemRow>).names,
    });
    const outcome = await adopt([change], { found: [{ table: 'menu_item', row: found }] });
    expect(outcome.kind).toBe('committed');
    expect(await row(ids.kebab)).toMatchObject({
      row: { price: known.price + 10, version: known.version + 1 },
      foreign: false,
    });
  }
  expect(await difference()).toBeNull();
});

test('S-CC-5 a new row is taken over as inserted, a removed one is restored', async () => {
  const { row: water } = await row(ids.water);
  outsider.exec(`DELETE FROM menu_item WHERE id = '${ids.water}'`);
  outsider.exec(`INSERT INTO menu_item SELECT branch_id, 'tea', 'Tea', names, category, station, price, tax_rate,
    tax_included, modifier_groups, allergens, prep_seconds, available, remaining, 9, 44, 77
    FROM menu_item WHERE id = '${ids.kebab}'`);
  const tea = await row('tea');
  const back = changed('menu_item', water as ReturnType<typeof itemRow>, {});
  const fresh = { ...(tea.row as ReturnType<typeof itemRow>), version: 1 };
  const outcome = await adopt([back, inserted('menu_item', fresh)], {
    found: [{ table: 'menu_item', row: tea.row }],
    restored: [{ table: 'menu_item', row: back.after, commitVersion: null }],
  });
  expect(outcome).toMatchObject({ kind: 'committed', version: 3 });
  expect(await row(ids.water)).toMatchObject({ row: { version: 2 }, commitVersion: 3 });
  expect(await row('tea')).toMatchObject({ row: { version: 1 }, commitVersion: 3 });
  expect(await difference()).toBeNull();
});

test('S-CC-5 text that is no JSON, in a database whose checks were switched off, breaks no read', async () => {
  outsider.pragma('ignore_check_constraints = ON');
  outsider.exec(`UPDATE menu_item SET names = 'broken' WHERE id = '${ids.kebab}'`);
  expect(await row(ids.kebab)).toMatchObject({ foreign: true, row: { names: 'broken' } });
});

test('S-CC-1 every record is found by a key or an index', () => {
  for (const [, sql] of [...STORED_SQL, ...HOT_ID_SQL]) {
    const plan = outsider
      .prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .all({ branch_id: 'm', id: 'i', branch: 'm' });
    for (const { detail } of plan as { detail: string }[]) {
      expect(detail).not.toMatch(/^SCAN [a-z]+_/);
    }
  }
});
