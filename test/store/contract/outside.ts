/** Records as they stand, and commits that take over what another program did: where nothing was done, nothing is taken over. */
import { expect, test } from 'vitest';
import type { Adoption, CommitRequest, LoadedRow, Store } from '../../../src/store/port.js';
import {
  changed,
  commit,
  committed,
  inserted,
  orderRequest,
  request,
  seedIds,
} from '../../support/store.js';
import type { itemRow } from '../../support/store-rows.js';
import { paymentRow } from '../../support/store-rows.js';
import { withStore, type OpenFresh } from './opened.js';

const ids = seedIds('main');
const NOTHING: Adoption = { found: [], restored: [] };

function names(rows: readonly LoadedRow[]): string[] {
  return rows.map(({ table, row, commitVersion }) => `${table} ${row.id} ${String(commitVersion)}`);
}

async function item(store: Store) {
  const [found] = await store.stored('main', { menu_item: [ids.kebab] });
  if (found?.table !== 'menu_item') throw new Error('the kebab is there');
  return found.row as ReturnType<typeof itemRow>;
}

function adopting(changeSet: CommitRequest['changeSet'], adopts: Partial<Adoption>): CommitRequest {
  const more = { key: null, command: 'external.change', adopts: { ...NOTHING, ...adopts } };
  return request('main', changeSet, more);
}

export function outsideContract(openFresh: OpenFresh): void {
  test('S-CC-1 records are read as they stand, an order with all of its rows, and what is not there is left out', async () => {
    await withStore(openFresh, ['main', 'other'], async ({ store }) => {
      await committed(store, orderRequest('main', { orderId: 'o1', number: 1 }));
      const payment = paymentRow({
        branch_id: 'main',
        shift_id: ids.shift,
        order_id: 'o1',
        id: 'p1',
      });
      await committed(store, request('main', [inserted('order_payment', payment)]));
      const rows = await store.stored('main', {
        order_header: ['o1', 'o2'],
        menu_item: [ids.water, seedIds('other').water],
      });
      expect(names(rows).sort()).toEqual([
        `menu_item ${ids.water} 1`,
        'order_header o1 3',
        'order_line o1-line-1 3',
        'order_payment p1 4',
      ]);
      expect(rows.some(({ foreign }) => foreign)).toBe(false);
    });
  });

  test('S-CC-1 what belongs in memory is told by ids, of an order by its own', async () => {
    await withStore(openFresh, ['main', 'other'], async ({ store }) => {
      await committed(store, orderRequest('main', { orderId: 'o1', number: 1 }));
      const hot = await store.hotRecords('main');
      const told = Object.fromEntries(
        Object.entries(hot)
          .filter((entry) => entry[1].length > 0)
          .map(([table, some]) => [table, [...some].sort()]),
      );
      expect(told).toEqual({
        branch: ['main'],
        station: [ids.fry, ids.grill],
        menu_item: [ids.kebab, ids.water],
        staff: ['main-ada'],
        device: ['main-till-1'],
        pos_shift: [ids.shift],
        order_header: ['o1'],
      });
    });
  });

  test('S-CC-2 a row is taken over only while it stands as it was found', async () => {
    await withStore(openFresh, ['main'], async ({ store }) => {
      const kebab = await item(store);
      const change = changed('menu_item', kebab, { price: 1 });
      const other = { table: 'menu_item', row: { ...kebab, price: 2 } } as const;
      const refused = await commit(store, adopting([change], { found: [other] }));
      expect(refused).toEqual({ kind: 'conflict', table: 'menu_item', id: ids.kebab });
      const same = { table: 'menu_item', row: kebab } as const;
      expect(await commit(store, adopting([change], { found: [same] }))).toMatchObject({
        version: 3,
      });
      expect(await item(store)).toEqual({ ...kebab, price: 1, version: 2 });
    });
  });

  test('S-CC-2 a row that some commit wrote is no new one, and one that is there is not restored', async () => {
    await withStore(openFresh, ['main'], async ({ store }) => {
      const kebab = await item(store);
      const there = { kind: 'exists', table: 'menu_item', id: ids.kebab };
      const found = [{ table: 'menu_item', row: kebab }] as const;
      expect(await commit(store, adopting([inserted('menu_item', kebab)], { found }))).toEqual(
        there,
      );
      const restored = [{ table: 'menu_item', row: kebab, commitVersion: 1 }] as const;
      expect(await commit(store, adopting([], { restored }))).toEqual(there);
      expect(await store.lookOutside()).toBe(false);
    });
  });
}
