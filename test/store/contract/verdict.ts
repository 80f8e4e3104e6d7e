/** Which commits are refused, and that a refused one writes nothing and harms no neighbour. */
import { expect, test } from 'vitest';
import type { CommitRequest } from '../../../src/store/port.js';
import {
  after,
  changed,
  commit,
  committed,
  inserted,
  orderChanges,
  orderRequest,
  request,
  seedIds,
  seedRequest,
  shiftRequest,
} from '../../support/store.js';
import { movementRow, shiftRow } from '../../support/store-rows.js';
import { makeLease, NOON } from '../../support/rows.js';
import { branchNow, withStore, type OpenFresh } from './opened.js';

const { kebab, shift: SHIFT } = seedIds('main');
const openOrder = (number: number, orderId = `order-${String(number)}`): CommitRequest =>
  orderRequest('main', { orderId, number });

/** The kebab's price as one commit sees it. */
function priceRequest(seen: number, price: number, more: Partial<CommitRequest> = {}) {
  const seed = seedRequest('main').changeSet.find((change) => change.after.id === kebab);
  if (seed?.table !== 'menu_item') throw new Error('the seed has a kebab');
  const change = changed('menu_item', { ...seed.after, version: seen }, { price });
  return request('main', [change], { key: `price ${String(seen)} ${String(price)}`, ...more });
}

/** Closes one shift and gives it its Z number. */
function closeShift(shiftId: string, registerId: string): CommitRequest {
  const open = shiftRow({ id: shiftId, branch_id: 'main', register_id: registerId });
  const change = changed('pos_shift', open, {
    status: 'closed',
    closed_by: 'ada',
    closed_at: NOON + 1,
    counted_cash: 10_000,
    expected_cash: 10_000,
    over_short: 0,
    z_report: { gross: 0, by_hour: [] },
  });
  return request('main', [change], { zNumberOf: shiftId, raisesHorizon: true });
}

export function verdictContract(openFresh: OpenFresh): void {
  duplicateContract(openFresh);
  versionContract(openFresh);
  existsContract(openFresh);
  shiftContract(openFresh);
}

function duplicateContract(openFresh: OpenFresh): void {
  test('S-PORT-10 I1 a used key gets the stored answer, whatever else would refuse it', () =>
    withStore(openFresh, ['main'], async ({ store }) => {
      const result = { records: { menu_item: { [kebab]: 2 } }, more: ['a', null, true, 1.5] };
      const first = priceRequest(1, 1300, { key: 'k', requestHash: 'h', result });
      const answer = { requestHash: 'h', version: 3, durability: store.durability, result };
      expect(await commit(store, first)).toEqual({ kind: 'committed', version: 3, zNumber: null });
      const retries = [first, priceRequest(2, 9, { key: 'k', requestHash: 'other' })];
      retries.push({ ...first, requiresShift: 'no such shift' });
      for (const retry of retries) {
        expect(await commit(store, retry)).toEqual({ kind: 'duplicate', answer });
      }
      expect(await store.answer('main', 'k')).toEqual(answer);
      expect(await committed(store, priceRequest(2, 1400))).toBe(4);
    }));

  test('S-PORT-11 the same key ten times in one go has one effect', () =>
    withStore(openFresh, ['main'], async ({ store }) => {
      const wanted = openOrder(1);
      const outcomes = await Promise.all(Array.from({ length: 10 }, () => commit(store, wanted)));
      expect(outcomes.map(({ kind }) => kind)).toEqual([
        'committed',
        ...Array.from({ length: 9 }, () => 'duplicate'),
      ]);
    }));

  test('S-PORT-12 a key is its branch’s own, and null is no key', () =>
    withStore(openFresh, ['main', 'other'], async ({ store }) => {
      expect(await committed(store, { ...openOrder(1), key: 'k' })).toBe(3);
      const elsewhere = orderRequest('other', { orderId: 'elsewhere', number: 1 });
      expect(await committed(store, { ...elsewhere, key: 'k' })).toBe(3);
      expect(await committed(store, { ...openOrder(2), key: null })).toBe(4);
      expect(await committed(store, { ...openOrder(3), key: null })).toBe(5);
    }));

  test('S-PORT-13 a refusal keeps no key: the same key may be tried again', () =>
    withStore(openFresh, ['main'], async ({ store }) => {
      const wrong = await commit(store, priceRequest(7, 1300, { key: 'k' }));
      expect(wrong.kind).toBe('conflict');
      expect(await store.answer('main', 'k')).toBeNull();
      expect(await committed(store, priceRequest(1, 1300, { key: 'k' }))).toBe(3);
    }));
}

function versionContract(openFresh: OpenFresh): void {
  test('S-PORT-14 I5 of fifty changes made on one version, one succeeds', () =>
    withStore(openFresh, ['main'], async (opened) => {
      const outcomes = await Promise.all(
        Array.from({ length: 50 }, (_, index) =>
          commit(opened.store, priceRequest(1, 2000 + index)),
        ),
      );
      expect(outcomes[0]).toEqual({ kind: 'committed', version: 3, zNumber: null });
      const conflict = { kind: 'conflict', table: 'menu_item', id: kebab };
      expect(outcomes.slice(1)).toEqual(Array.from({ length: 49 }, () => conflict));
      const { rows, version } = await branchNow(opened, 'main');
      expect(version).toBe(3);
      expect(rows.find(({ row }) => row.id === kebab)?.row).toMatchObject({ price: 2000 });
    }));

  test('S-PORT-15 a refused change set writes nothing and leaves its neighbours whole', () =>
    withStore(openFresh, ['main'], async ({ store }) => {
      const half = request('main', [
        ...orderChanges('main', { orderId: 'half', number: 2 }),
        ...priceRequest(9, 1).changeSet,
      ]);
      const outcomes = await Promise.all(
        [openOrder(1), half, openOrder(3), priceRequest(8, 1), openOrder(2)].map((wanted) =>
          commit(store, wanted),
        ),
      );
      expect(outcomes).toEqual([
        { kind: 'committed', version: 3, zNumber: null },
        { kind: 'conflict', table: 'menu_item', id: kebab },
        { kind: 'committed', version: 4, zNumber: null },
        { kind: 'conflict', table: 'menu_item', id: kebab },
        { kind: 'committed', version: 5, zNumber: null },
      ]);
      expect(await store.order('main', 'half')).toBeNull();
      expect((await store.order('main', 'order-1'))?.lines).toHaveLength(1);
      expect((await store.order('main', 'order-3'))?.lines).toHaveLength(1);
    }));

  test('S-PORT-16 a change of a row that is not there is a conflict', () =>
    withStore(openFresh, ['main'], async ({ store }) => {
      const [headerChange] = orderChanges('main', { orderId: 'ghost', number: 1 });
      if (headerChange === undefined) throw new Error('an order has a header');
      const header = after('order_header', headerChange);
      const outcome = await commit(
        store,
        request('main', [changed('order_header', header, { note: 'boo' })]),
      );
      expect(outcome).toEqual({ kind: 'conflict', table: 'order_header', id: 'ghost' });
    }));
}

function existsContract(openFresh: OpenFresh): void {
  test('S-PORT-17 a taken id exists already', () =>
    withStore(openFresh, ['main'], async ({ store }) => {
      await committed(store, openOrder(1));
      const again = { ...openOrder(2, 'order-1'), key: 'another key' };
      expect(await commit(store, again)).toEqual({
        kind: 'exists',
        table: 'order_header',
        id: 'order-1',
      });
      const row = movementRow({ id: 'm', branch_id: 'main', shift_id: SHIFT });
      const movement = request('main', [inserted('cash_movement', row)]);
      await committed(store, movement);
      expect(await commit(store, { ...movement, key: 'yet another key' })).toEqual({
        kind: 'exists',
        table: 'cash_movement',
        id: 'm',
      });
    }));

  test('S-PORT-18 an order number is given once in a branch and business date', () =>
    withStore(openFresh, ['main', 'other'], async ({ store }) => {
      await committed(store, openOrder(1));
      expect(await commit(store, openOrder(1, 'second'))).toEqual({
        kind: 'exists',
        table: 'order_header',
        id: 'second',
      });
      const elsewhere = orderRequest('other', { orderId: 'elsewhere', number: 1 });
      expect(await committed(store, elsewhere)).toBe(3);
    }));

  test('S-PORT-24 a lease that ends where another does exists already', () =>
    withStore(openFresh, ['main'], async ({ store }) => {
      const of = { branch_id: 'main', shift_id: SHIFT };
      const lease = (id: string) =>
        request('main', [inserted('number_lease', makeLease({ ...of, id }))]);
      await committed(store, lease('first'));
      expect(await commit(store, lease('second'))).toEqual({
        kind: 'exists',
        table: 'number_lease',
        id: 'second',
      });
    }));

  test('S-PORT-19 a second open shift exists already', () =>
    withStore(openFresh, ['main'], async ({ store }) => {
      expect(await commit(store, shiftRequest('main', 'shift-2'))).toEqual({
        kind: 'exists',
        table: 'pos_shift',
        id: 'shift-2',
      });
    }));
}

function shiftContract(openFresh: OpenFresh): void {
  test('S-PORT-20 a commit that needs a shift is refused once that shift is closed', () =>
    withStore(openFresh, ['main'], async ({ store }) => {
      const [closed, late] = await Promise.all([
        commit(store, closeShift(SHIFT, 'register-1')),
        commit(store, openOrder(1)),
      ]);
      expect(closed).toEqual({ kind: 'committed', version: 3, zNumber: 1 });
      expect(late).toEqual({ kind: 'shift_closed' });
      const never = await commit(store, { ...openOrder(1), requiresShift: 'never was' });
      expect(never).toEqual({ kind: 'shift_closed' });
      expect(await store.order('main', 'order-1')).toBeNull();
    }));

  test('S-PORT-21 Z numbers are gapless for each register, refused closes take none', () =>
    withStore(openFresh, ['main'], async ({ store }) => {
      const given: (number | null)[] = [];
      let openShift = SHIFT;
      const registers = ['register-1', 'b', 'b', 'register-1'];
      for (const [index, register] of registers.entries()) {
        const close = closeShift(openShift, register);
        const refused = await commit(store, { ...close, key: null, requiresShift: 'no such' });
        expect(refused).toEqual({ kind: 'shift_closed' });
        const outcome = await commit(store, close);
        given.push(outcome.kind === 'committed' ? outcome.zNumber : null);
        expect((await store.shift('main', openShift))?.shift.z_number).toBe(given.at(-1));
        const next = registers[index + 1];
        if (next === undefined) break;
        openShift = `shift-${String(index + 2)}`;
        const row = shiftRow({ id: openShift, branch_id: 'main', register_id: next });
        await committed(store, request('main', [inserted('pos_shift', row)]));
      }
      expect(given).toEqual([1, 1, 2, 2]);
    }));

  test('S-PORT-22 a handover closes one shift and opens the next in one commit', () =>
    withStore(openFresh, ['main'], async ({ store }) => {
      const close = closeShift(SHIFT, 'register-1');
      const next = inserted('pos_shift', shiftRow({ id: 'next', branch_id: 'main' }));
      const handover = { ...close, changeSet: [...close.changeSet, next] };
      expect(await commit(store, handover)).toEqual({ kind: 'committed', version: 3, zNumber: 1 });
      const order = orderRequest('main', { orderId: 'o', number: 1, shiftId: 'next' });
      expect(await committed(store, order)).toBe(4);
    }));

  test('S-PORT-23 the horizon is the version of the last commit that raised it', () =>
    withStore(openFresh, ['main'], async (opened) => {
      await committed(opened.store, closeShift(SHIFT, 'register-1'));
      await committed(opened.store, priceRequest(1, 1300));
      const { horizon, version } = await branchNow(opened, 'main');
      expect({ horizon, version }).toEqual({ horizon: 3, version: 4 });
    }));
}
