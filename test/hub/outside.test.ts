/** Another program writes to the database while the hub runs: what it did reaches history, memory and every screen. */
import Database from 'better-sqlite3';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../src/store/port.js';
import { DATABASE_NAME } from '../../src/store/sqlite/open.js';
import { verifyDatabase } from '../../src/store/verify/verify-database.js';
import type { HubClient } from '../support/hub-client.js';
import { ManualTimers } from '../support/manual-timers.js';
import { freshDirectory, openSqlite } from '../support/sqlite-store.js';
import { Evening } from './evening.js';

let directory: ReturnType<typeof freshDirectory>;
let store: Store;
let evening: Evening;
let outsider: Database.Database;
let screens: readonly HubClient[];

beforeEach(async () => {
  directory = freshDirectory();
  // Its own look never comes: the tests say when.
  store = await openSqlite(directory.path, { timers: new ManualTimers() });
  evening = await Evening.begin({ store });
  await evening.sent('o1', ['burger', 'chips']);
  screens = [
    await evening.hub.client({ role: 'waiter' }),
    await evening.hub.client({ role: 'manager', encoding: 'json' }),
  ];
  for (const screen of screens) {
    await screen.subscribe('orders');
    await screen.subscribe('menu');
    await screen.subscribe('kitchen');
  }
  outsider = new Database(join(directory.path, DATABASE_NAME));
});

afterEach(async () => {
  outsider.close();
  await evening.end();
  directory.remove();
});

/** Notices what was done, and waits until memory has it. */
async function noticed(): Promise<void> {
  await store.lookOutside();
  for (const { consistency } of evening.hub.hub.branches.values()) {
    await consistency.outside.lookIfDue();
  }
  await evening.settle();
  evening.hub.timers.advance(1_000);
  await evening.settle();
}

async function expectClean(): Promise<void> {
  const report = await verifyDatabase({ file: join(directory.path, DATABASE_NAME) });
  expect(report.difference).toBeNull();
}

/** Both screens hold what one that comes now is shown, and met no gap. */
async function expectConverged(): Promise<void> {
  const fresh = await evening.hub.client({ role: 'manager' });
  for (const view of ['orders', 'menu', 'kitchen'] as const) {
    await fresh.subscribe(view);
    for (const [table, rows] of fresh.replicas.get(`main/${view}`)?.tables ?? []) {
      for (const screen of screens) {
        expect(screen.replicas.get(`main/${view}`)?.tables.get(table)).toEqual(rows);
      }
    }
  }
  for (const screen of screens) expect(screen.gaps).toEqual([]);
}

function events(): { version: number; actor: string; device: string; changes: string }[] {
  return outsider
    .prepare(
      `SELECT version, actor, device, changes FROM sync_event WHERE branch_id = 'main'
       AND command = 'external.change' ORDER BY version`,
    )
    .all() as ReturnType<typeof events>;
}

describe('a change from outside', () => {
  it('H-CC-1 of a price becomes a commit of its own, and an ordinary delta to every screen', async () => {
    outsider.exec(`UPDATE menu_item SET price = 1333 WHERE branch_id = 'main' AND id = 'burger'`);
    await noticed();
    expect(events()).toMatchObject([{ actor: 'external', device: 'external' }]);
    expect(JSON.parse(events()[0]?.changes ?? '')).toEqual({
      menu_item: { updated: [{ id: 'burger', version: 2, changes: { price: 1333 } }] },
    });
    for (const screen of screens) {
      expect(screen.row('main/menu', 'menu_item', 'burger')).toMatchObject({
        price: 1333,
        version: 2,
      });
      expect(screen.notices).toEqual([]);
    }
    await expectConverged();
    await expectClean();
    expect(evening.hub.hub.stats()).toMatchObject({ external_changes_total: 1, repairs_total: 0 });
  });

  it.each(['version', 'version + 1', 'version + 40'])(
    'H-CC-2 of a line is taken over with its version set to %s',
    async (version) => {
      outsider.exec(
        `UPDATE order_line SET note = 'no salt', version = ${version} WHERE id = 'o1-1'`,
      );
      await noticed();
      for (const screen of screens) {
        expect(screen.row('main/kitchen', 'order_line', 'o1-1')).toMatchObject({ note: 'no salt' });
      }
      const seen = screens[0]?.row('main/kitchen', 'order_line', 'o1-1')?.version ?? 0;
      const bumped = await (screens[1] ?? evening.till).command(
        'kitchen.set_status',
        { order_id: 'o1', line_ids: ['o1-1'], status: 'ready' },
        { expect: { order_line: { 'o1-1': seen } } },
      );
      expect(bumped).toMatchObject({ type: 'ack' });
      await evening.settle();
      await expectConverged();
      await expectClean();
    },
  );

  it('H-CC-3 that adds an item is taken over as inserted; one that removes an item is undone, and logged', async () => {
    outsider.exec(`INSERT INTO menu_item SELECT branch_id, 'soup', 'Soup', '{ }', category, station, 410, tax_rate,
      tax_included, modifier_groups, allergens, prep_seconds, available, remaining, 9, 7, 3
      FROM menu_item WHERE branch_id = 'main' AND id = 'chips'`);
    outsider.exec(`DELETE FROM menu_item WHERE branch_id = 'main' AND id = 'lager'`);
    await noticed();
    for (const screen of screens) {
      expect(screen.row('main/menu', 'menu_item', 'soup')).toMatchObject({
        price: 410,
        version: 1,
      });
      expect(screen.row('main/menu', 'menu_item', 'lager')).toMatchObject({ version: 2 });
    }
    await evening.order('o2', ['soup', 'lager']);
    await expectConverged();
    await expectClean();
  });

  it('H-CC-4 in the middle of traffic: commands that meet it are decided again, nothing is lost', async () => {
    const given: Promise<unknown>[] = [];
    for (let round = 1; round <= 8; round += 1) {
      given.push(evening.order(`r${String(round)}`, ['burger']));
      outsider.exec(`UPDATE order_line SET note = 'round ${String(round)}', version = version + ${String(round % 3)}
        WHERE id = 'o1-1'`);
      outsider.exec(
        `UPDATE menu_item SET price = ${String(1_200 + round)} WHERE branch_id = 'main' AND id = 'chips'`,
      );
      given.push(
        evening.till.command('order.add_lines', {
          order_id: 'o1',
          lines: [{ item_id: 'water', qty: 1 }],
        }),
      );
      if (round % 2 === 0) void store.lookOutside();
    }
    await Promise.all(given);
    await noticed();
    const lines = screens[0]?.rows('main/orders', 'order_line') ?? [];
    expect(lines.filter(({ item_id }) => item_id === 'water')).toHaveLength(8);
    expect(lines.find(({ id }) => id === 'o1-1')).toMatchObject({ note: 'round 8' });
    await expectConverged();
    await expectClean();
  });

  it('H-CC-4 a command on a record whose version was changed is told to look, and goes through', async () => {
    outsider.exec(
      `UPDATE order_header SET note = 'by the window', version = version + 1 WHERE id = 'o1'`,
    );
    const paid = await evening.till.command('payment.add', {
      order_id: 'o1',
      method: 'card',
      amount: 100,
    });
    expect(paid).toMatchObject({ type: 'ack' });
    await noticed();
    expect(screens[0]?.row('main/orders', 'order_header', 'o1')).toMatchObject({
      note: 'by the window',
      paid: 100,
    });
    await expectConverged();
    await expectClean();
  });

  it('H-CC-5 that no row may hold is left alone: memory stays, the rest is taken over, nothing breaks', async () => {
    outsider.pragma('ignore_check_constraints = ON');
    outsider.exec(
      `UPDATE menu_item SET names = 'broken' WHERE branch_id = 'main' AND id = 'burger'`,
    );
    outsider.exec(`UPDATE menu_item SET price = -5 WHERE branch_id = 'main' AND id = 'chips'`);
    outsider.exec(`UPDATE menu_item SET price = 600 WHERE branch_id = 'main' AND id = 'lager'`);
    await noticed();
    for (const screen of screens) {
      expect(screen.row('main/menu', 'menu_item', 'burger')).toMatchObject({
        names: {},
        version: 1,
      });
      expect(screen.row('main/menu', 'menu_item', 'chips')).toMatchObject({
        price: 350,
        version: 1,
      });
      expect(screen.row('main/menu', 'menu_item', 'lager')).toMatchObject({
        price: 600,
        version: 2,
      });
    }
    await evening.order('o2', ['burger', 'lager']);
    await expectConverged();
  });

  it('H-CC-6 of an order that is not hot empties the cache of cold orders: the next read is right', async () => {
    await evening.bump('o1', ['o1-1', 'o1-2'], 'served');
    await evening.pay('o1', 1_550);
    await evening.close('o1');
    await evening.closeShift();
    const manager = screens[1];
    await manager?.query('order.get', { order_id: 'o1' });
    outsider.exec(`UPDATE order_header SET note = 'found later' WHERE id = 'o1'`);
    await noticed();
    const read = await manager?.query('order.get', { order_id: 'o1' });
    expect(read).toMatchObject({ result: { header: { note: 'found later' } } });
    expect(events()).toEqual([]);
  });

  it('H-CC-7 that moves an order into another shift sends the screens a new snapshot', async () => {
    await evening.closeShift(true);
    await evening.openShift();
    const old = outsider.prepare(`SELECT id FROM pos_shift WHERE status = 'closed'`).pluck().get();
    outsider.prepare(`UPDATE order_header SET shift_id = ? WHERE id = 'o1'`).run(old);
    await noticed();
    for (const screen of screens) expect(screen.rows('main/orders', 'order_line')).toEqual([]);
    await expectConverged();
    await expectClean();
  });
});
