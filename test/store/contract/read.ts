/** The reads of the port: orders and their logs, pages, the lines served last, shifts, numbers, answers. */
import { expect, test } from 'vitest';
import type { RowChange } from '../../../src/domain/change-set.js';
import type { OrderHeader, OrderLine } from '../../../src/domain/rows.js';
import type { OrderFilter, OrderPage, Store } from '../../../src/store/port.js';
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
} from '../../support/store.js';
import {
  adjustmentRow,
  lineRow,
  movementRow,
  paymentRow,
  shiftRow,
} from '../../support/store-rows.js';
import { BUSINESS_DATE, makeLease, NOON } from '../../support/rows.js';
import { withStore, type OpenFresh } from './opened.js';

const IDS = seedIds('main');
const OF = { branch_id: 'main', shift_id: IDS.shift };

interface OpenOrder {
  readonly header: OrderHeader;
  readonly line: OrderLine;
}

async function openOrder(store: Store, number: number, columns = {}): Promise<OpenOrder> {
  const orderId = `order-${String(number)}`;
  const openedAt = NOON + number * 1000;
  const wanted = orderRequest('main', { orderId, number, openedAt });
  const changeSet = wanted.changeSet.map((change) =>
    change.table === 'order_header'
      ? inserted('order_header', { ...change.after, ...columns })
      : change,
  );
  await committed(store, { ...wanted, changeSet });
  const [header, line] = changeSet as [RowChange, RowChange];
  return { header: after('order_header', header), line: after('order_line', line) };
}

/** Serves the order's line at this time. */
async function serve(store: Store, { line }: OpenOrder, at: number, station?: string) {
  const columns = {
    status: 'served',
    served_at: at,
    ...(station !== undefined && { station }),
  } as const;
  const change = changed('order_line', line, columns);
  await committed(store, request('main', [change], { actor: 'cook', deviceId: 'screen-1', at }));
}

export function readContract(openFresh: OpenFresh): void {
  orderContract(openFresh);
  pageContract(openFresh);
  shiftContract(openFresh);
}

function orderContract(openFresh: OpenFresh): void {
  test('S-PORT-40 an order comes with its lines by seq, payments and adjustments by arrival', () =>
    withStore(openFresh, ['main'], async ({ store }) => {
      const { header, line } = await openOrder(store, 1, { customer_name: 'Zoë', note: '"x"' });
      const of = { ...OF, order_id: header.id };
      const third = lineRow({ ...line, id: 'a', seq: 3, tax_included: false, modifiers: [] });
      const second = lineRow({ ...line, id: 'z', seq: 2, note: 'no salt', course: 2 });
      await committed(
        store,
        request('main', [inserted('order_line', third), inserted('order_line', second)]),
      );
      const payments = ['z', 'a'].map((id) => paymentRow({ ...of, id: `pay-${id}`, amount: 1 }));
      const off = ['z', 'a'].map((id) => adjustmentRow({ ...of, id: `off-${id}` }));
      for (const row of payments) {
        await committed(store, request('main', [inserted('order_payment', row)]));
      }
      for (const row of off) {
        await committed(store, request('main', [inserted('order_adjustment', row)]));
      }
      const { logs: _logs, ...stored } = (await store.order('main', header.id)) ?? { logs: [] };
      expect(stored).toEqual({
        header,
        lines: [line, second, third],
        payments,
        adjustments: off,
      });
    }));

  test('S-PORT-41 the logs hold each status that came, by whom and when, in order of commits', () =>
    withStore(openFresh, ['main'], async ({ store }) => {
      const order = await openOrder(store, 1);
      const note = changed('order_line', order.line, { note: 'hot' });
      await committed(store, request('main', [note]));
      await serve(store, { ...order, line: after('order_line', note) }, NOON + 9);
      const logs = (await store.order('main', 'order-1'))?.logs ?? [];
      const opened = { at: NOON + 1000, by_staff: 'ada', device_id: 'till-1', version: 1 };
      const served = { at: NOON + 9, by_staff: 'cook', device_id: 'screen-1', version: 3 };
      const ofOrder = { order_id: 'order-1', line_id: null };
      const ofLine = { order_id: 'order-1', line_id: 'order-1-line-1' };
      expect(logs).toEqual([
        { ...ofOrder, status: 'open', ...opened },
        { ...ofLine, status: 'new', ...opened },
        { ...ofLine, status: 'served', ...served },
      ]);
    }));

  test('S-PORT-42 a line that moved to another order is read there', () =>
    withStore(openFresh, ['main'], async ({ store }) => {
      const from = await openOrder(store, 1);
      await openOrder(store, 2);
      const move = changed('order_line', from.line, { order_id: 'order-2', seq: 2, mark: 'moved' });
      await committed(store, request('main', [move]));
      expect((await store.order('main', 'order-1'))?.lines).toEqual([]);
      const there = (await store.order('main', 'order-2'))?.lines.map(({ id }) => id);
      expect(there).toEqual(['order-2-line-1', 'order-1-line-1']);
    }));

  test('S-PORT-43 I8 what is not there, or another branch’s, is null', () =>
    withStore(openFresh, ['main', 'other'], async ({ store }) => {
      const { header } = await openOrder(store, 1);
      const row = paymentRow({ ...OF, id: 'pay', order_id: header.id });
      await committed(store, request('main', [inserted('order_payment', row)], { key: 'k' }));
      expect(await store.orderIdOfPayment('main', 'pay')).toBe(header.id);
      for (const branchId of ['other', 'nowhere']) {
        expect(await store.order(branchId, header.id)).toBeNull();
        expect(await store.orderIdOfPayment(branchId, 'pay')).toBeNull();
        expect(await store.shift(branchId, IDS.shift)).toBeNull();
        expect(await store.answer(branchId, 'k')).toBeNull();
        expect(await store.orders(branchId, {})).toEqual({ orders: [], cursor: null });
        expect(await store.recentlyServed(branchId, null, 9)).toEqual([]);
        expect(await store.lastNumber(branchId, BUSINESS_DATE)).toBe(0);
      }
      expect(await store.order('main', 'no such')).toBeNull();
      expect(await store.orderIdOfPayment('main', 'no such')).toBeNull();
      expect(await store.answer('main', 'no such')).toBeNull();
    }));

  test('S-PORT-44 a read made when a commit has settled sees it', () =>
    withStore(openFresh, ['main'], async ({ store }) => {
      const wanted = orderRequest('main', { orderId: 'o', number: 1 });
      const reads = () =>
        Promise.all([
          store.order('main', 'o'),
          store.answer('main', wanted.key ?? ''),
          store.lastNumber('main', BUSINESS_DATE),
        ]);
      const [order, answer, lastNumber] = await new Promise<Awaited<ReturnType<typeof reads>>>(
        (resolve) => {
          store.commit(wanted, () => {
            resolve(reads());
          });
        },
      );
      expect(order).toMatchObject({ header: { id: 'o' } });
      expect(answer).toMatchObject({ version: 3, requestHash: wanted.requestHash });
      expect(lastNumber).toBe(1);
    }));
}

function pageContract(openFresh: OpenFresh): void {
  const numbers = (page: OrderPage) => page.orders.map(({ number }) => number);

  test('S-PORT-45 orders come newest first, in pages that neither repeat nor leave out', () =>
    withStore(openFresh, ['main'], async ({ store }) => {
      for (let number = 1; number <= 7; number += 1) {
        await openOrder(store, number, { opened_at: NOON + Math.floor(number / 3) });
      }
      const seen: number[] = [];
      let cursor: string | null = null;
      let pages = 0;
      do {
        const page: OrderPage = await store.orders('main', {
          limit: 2,
          ...(cursor !== null && { cursor }),
        });
        seen.push(...numbers(page));
        cursor = page.cursor;
        pages += 1;
        // A later order, newer than the page, does not disturb the walk.
        if (pages === 1) await openOrder(store, 8, { opened_at: NOON + 99 });
      } while (cursor !== null);
      expect(seen).toEqual([7, 6, 5, 4, 3, 2, 1]);
      expect(pages).toBe(4);
      expect((await store.orders('main', { limit: 8 })).cursor).toBeNull();
    }));

  test('S-PORT-46 a page holds 50 orders unless asked otherwise, and never more than 200', () =>
    withStore(openFresh, ['main'], async ({ store }) => {
      await Promise.all(
        Array.from({ length: 205 }, (_, index) =>
          commit(store, orderRequest('main', { orderId: `o-${String(index)}`, number: index + 1 })),
        ),
      );
      expect((await store.orders('main', {})).orders).toHaveLength(50);
      const most = await store.orders('main', { limit: 1000 });
      expect(most.orders).toHaveLength(200);
      expect(most.cursor).not.toBeNull();
    }));

  test('S-PORT-47 the filters of a page hold together', () =>
    withStore(openFresh, ['main'], async ({ store }) => {
      const done = { status: 'closed', closed_at: NOON + 9 } as const;
      await openOrder(store, 1, { table_no: '4' });
      await openOrder(store, 2, done);
      await openOrder(store, 3, { ...done, table_no: '4' });
      await openOrder(store, 4, { table_no: null });
      const cases: [OrderFilter, number[]][] = [
        [{ status: 'closed' }, [3, 2]],
        [{ table_no: '4' }, [3, 1]],
        [{ status: 'closed', table_no: '4' }, [3]],
        [{ number: 4 }, [4]],
        [{ number: 5 }, []],
        [{ from: NOON + 2000 }, [4, 3, 2]],
        [{ to: NOON + 2000 }, [1]],
        [{ from: NOON + 2000, to: NOON + 4000 }, [3, 2]],
      ];
      for (const [filter, expected] of cases) {
        expect(numbers(await store.orders('main', filter))).toEqual(expected);
        const small = await store.orders('main', { ...filter, limit: 1 });
        expect(numbers(small)).toEqual(expected.slice(0, 1));
        expect(small.cursor === null).toBe(expected.length <= 1);
      }
    }));

  test('S-PORT-48 the lines served last come newest first, of one station or of all', () =>
    withStore(openFresh, ['main'], async ({ store }) => {
      const orders: OpenOrder[] = [];
      for (let number = 1; number <= 4; number += 1) orders.push(await openOrder(store, number));
      const [first, second, third] = orders as [OpenOrder, OpenOrder, OpenOrder];
      await serve(store, second, NOON + 5000);
      await serve(store, first, NOON + 9000);
      await serve(store, third, NOON + 7000, IDS.fry);
      const served = async (station: string | null, limit: number) =>
        (await store.recentlyServed('main', station, limit)).map(({ order_id }) => order_id);
      expect(await served(null, 10)).toEqual(['order-1', 'order-3', 'order-2']);
      expect(await served(IDS.grill, 10)).toEqual(['order-1', 'order-2']);
      expect(await served(null, 2)).toEqual(['order-1', 'order-3']);
      const [line] = await store.recentlyServed('main', IDS.fry, 1);
      expect(line).toMatchObject({ id: third.line.id, served_at: NOON + 7000, version: 2 });
    }));
}

function shiftContract(openFresh: OpenFresh): void {
  test('S-PORT-49 a shift comes with its report and movements; null asks for the one closed last', () =>
    withStore(openFresh, ['main'], async ({ store }) => {
      expect(await store.shift('main', null)).toBeNull();
      const report = { kind: 'z', by_hour: [{ hour: 12, total: 1300 }], none: null, yes: true };
      const movements = ['z', 'a'].map((id) => movementRow({ ...OF, id }));
      for (const row of movements) {
        await committed(store, request('main', [inserted('cash_movement', row)]));
      }
      const open = shiftRow({ id: IDS.shift, branch_id: 'main' });
      expect(await store.shift('main', IDS.shift)).toEqual({ shift: open, movements });
      expect(await store.shift('main', null)).toBeNull();
      const close = changed('pos_shift', open, {
        status: 'closed',
        closed_by: 'ada',
        closed_at: NOON + 9,
        z_report: report,
      });
      const next = shiftRow({ id: 'shift-2', branch_id: 'main' });
      await committed(
        store,
        request('main', [close, inserted('pos_shift', next)], { zNumberOf: IDS.shift }),
      );
      const closed = { ...after('pos_shift', close), z_number: 1 };
      expect(await store.shift('main', IDS.shift)).toEqual({ shift: closed, movements });
      expect(await store.shift('main', null)).toEqual({ shift: closed, movements });
      const later = { closed_at: NOON + 10, closed_by: 'ada', status: 'closed' } as const;
      const closeNext = request('main', [changed('pos_shift', next, later)], {
        zNumberOf: 'shift-2',
      });
      await committed(store, closeNext);
      expect((await store.shift('main', null))?.shift).toMatchObject({
        id: 'shift-2',
        z_number: 2,
      });
    }));

  test('S-PORT-50 the last number is the highest given or leased on a business date', () =>
    withStore(openFresh, ['main'], async ({ store }) => {
      expect(await store.lastNumber('main', BUSINESS_DATE)).toBe(0);
      await openOrder(store, 12);
      await openOrder(store, 7);
      expect(await store.lastNumber('main', BUSINESS_DATE)).toBe(12);
      const lease = makeLease({ ...OF, id: 'lease', first_number: 13, last_number: 40 });
      await committed(store, request('main', [inserted('number_lease', lease)]));
      expect(await store.lastNumber('main', BUSINESS_DATE)).toBe(40);
      expect(await store.lastNumber('main', '2026-11-21')).toBe(0);
      const [header] = orderChanges('main', { orderId: 'next-day', number: 3 });
      if (header === undefined) throw new Error('an order has a header');
      const row = { ...after('order_header', header), business_date: '2026-11-21' };
      await committed(store, request('main', [inserted('order_header', row)]));
      expect(await store.lastNumber('main', '2026-11-21')).toBe(3);
    }));
}
