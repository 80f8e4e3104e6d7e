/** What a start loads: everything hot, nothing else, as it was written and in the order of the commits. */
import { expect, test } from 'vitest';
import type { ChangeSet } from '../../../src/domain/change-set.js';
import type { LoadedBranch, Store } from '../../../src/store/port.js';
import {
  after,
  changed,
  committed,
  inserted,
  orderChanges,
  orderRequest,
  request,
  seedIds,
  seedRequest,
} from '../../support/store.js';
import { adjustmentRow, movementRow, paymentRow, shiftRow } from '../../support/store-rows.js';
import { makeLease, NOON } from '../../support/rows.js';
import { branchNow, loadedNow, withStore, type OpenFresh } from './opened.js';

const OF = { branch_id: 'main', shift_id: seedIds('main').shift };

function idsOf(loaded: LoadedBranch, table: string): string[] {
  return loaded.rows
    .filter((entry) => entry.table === table)
    .map(({ row }) => row.id)
    .sort();
}

/** Opens an order with a payment and an adjustment, then sets these columns of its header. */
async function fullOrder(
  store: Store,
  orderId: string,
  columns: Parameters<typeof changed<'order_header'>>[2],
): Promise<void> {
  const number = Number(orderId.split('-')[1]);
  const opened = orderChanges('main', { orderId, number });
  const [header] = opened;
  if (header === undefined) throw new Error('an order has a header');
  const of = { ...OF, order_id: orderId };
  const more: ChangeSet = [
    inserted('order_payment', paymentRow({ ...of, id: `${orderId}-pay` })),
    inserted('order_adjustment', adjustmentRow({ ...of, id: `${orderId}-off` })),
  ];
  await committed(store, request('main', [...opened, ...more]));
  const change = changed('order_header', after('order_header', header), columns);
  await committed(store, request('main', [change]));
}

/** Five orders of a first shift, its close, and a second shift with one order. */
async function twoShifts(store: Store): Promise<void> {
  const done = { status: 'closed', closed_at: NOON + 9 } as const;
  await fullOrder(store, 'order-1', done);
  await fullOrder(store, 'order-2', { status: 'voided', void_reason: 'left' });
  await fullOrder(store, 'order-3', { status: 'ready' });
  await fullOrder(store, 'order-4', { ...done, stations: ['main-grill'] });
  const lease = makeLease({ ...OF, id: 'lease-1', first_number: 200, last_number: 249 });
  const movement = movementRow({ ...OF, id: 'move-1' });
  await committed(
    store,
    request('main', [inserted('number_lease', lease), inserted('cash_movement', movement)]),
  );
  const open = shiftRow({ id: OF.shift_id, branch_id: 'main' });
  const close = changed('pos_shift', open, { status: 'closed', closed_by: 'ada', closed_at: NOON });
  const next = inserted('pos_shift', shiftRow({ id: 'shift-2', branch_id: 'main' }));
  await committed(
    store,
    request('main', [close, next], { zNumberOf: OF.shift_id, raisesHorizon: true }),
  );
  await committed(
    store,
    orderRequest('main', { orderId: 'order-5', number: 5, shiftId: 'shift-2' }),
  );
  await secondShiftRows(store);
}

/** Records of the second shift: a lease, a movement, and a refund on an order of the first. */
async function secondShiftRows(store: Store): Promise<void> {
  const of = { branch_id: 'main', shift_id: 'shift-2' };
  const refund = {
    ...paymentRow({ ...of, id: 'refund-1', order_id: 'order-1', kind: 'refund' }),
    refund_of: 'order-1-pay',
    tendered: null,
    change_due: null,
  };
  await committed(
    store,
    request('main', [
      inserted('number_lease', makeLease({ ...of, id: 'lease-2' })),
      inserted('cash_movement', movementRow({ ...of, id: 'move-2', kind: 'no_sale', amount: 0 })),
      inserted('order_payment', refund),
    ]),
  );
}

export function loadContract(openFresh: OpenFresh): void {
  test('S-PORT-30 nothing is loaded from a store without data', () =>
    withStore(openFresh, [], async (opened) => {
      expect(await loadedNow(opened)).toEqual([]);
    }));

  test('S-PORT-31 I8 each branch is loaded with its own row, version and rows', () =>
    withStore(openFresh, ['main', 'other'], async (opened) => {
      await committed(opened.store, orderRequest('other', { orderId: 'elsewhere', number: 1 }));
      const loaded = [...(await loadedNow(opened))].sort((a, b) =>
        a.branch.id < b.branch.id ? -1 : 1,
      );
      expect(loaded.map(({ branch, version, horizon }) => [branch.id, version, horizon])).toEqual([
        ['main', 2, 0],
        ['other', 3, 0],
      ]);
      for (const { branch, rows } of loaded) {
        for (const { table, row } of rows) {
          const owner = table === 'branch' ? row.id : (row as { branch_id?: string }).branch_id;
          expect(owner).toBe(branch.id);
        }
      }
    }));

  test('S-PORT-32 rows come back column by column as they were written', () =>
    withStore(openFresh, ['main'], async (opened) => {
      const wanted = [
        ...seedRequest('main').changeSet,
        inserted('pos_shift', shiftRow({ id: OF.shift_id, branch_id: 'main' })),
      ];
      const { branch, rows } = await branchNow(opened, 'main');
      const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
      expect(rows.map(({ row }) => row).sort(byId)).toEqual(
        wanted.map((change) => change.after).sort(byId),
      );
      expect(branch).toEqual(wanted[0]?.after);
    }));

  test('S-PORT-33 the hot set is loaded and nothing else', () =>
    withStore(openFresh, ['main'], async (opened) => {
      await twoShifts(opened.store);
      const loaded = await branchNow(opened, 'main');
      const hot = ['order-3', 'order-4', 'order-5'];
      expect(idsOf(loaded, 'order_header')).toEqual(hot);
      expect(idsOf(loaded, 'order_line')).toEqual(hot.map((id) => `${id}-line-1`));
      expect(idsOf(loaded, 'order_adjustment')).toEqual(['order-3-off', 'order-4-off']);
      expect(idsOf(loaded, 'order_payment')).toEqual(['order-3-pay', 'order-4-pay', 'refund-1']);
      expect(idsOf(loaded, 'pos_shift')).toEqual(['shift-2']);
      expect(idsOf(loaded, 'cash_movement')).toEqual(['move-2']);
      expect(idsOf(loaded, 'number_lease')).toEqual(['lease-2']);
    }));

  test('S-PORT-34 rows are loaded in the order of the commits that last wrote them', () =>
    withStore(openFresh, ['main'], async (opened) => {
      await twoShifts(opened.store);
      const { rows, version } = await branchNow(opened, 'main');
      const versions = rows.map(({ commitVersion }) => commitVersion);
      expect(versions).toEqual([...versions].sort((a, b) => a - b));
      expect(versions.at(-1)).toBe(version);
      const of = (id: string) => rows.find(({ row }) => row.id === id)?.commitVersion;
      // Order 3 came with commit 7 and its header changed with commit 8.
      expect([of('order-3-line-1'), of('order-3')]).toEqual([7, 8]);
      expect(of('refund-1')).toBe(version);
    }));
}
