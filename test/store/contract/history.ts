/** What the port tells of the past: an order after each of its commits, and who committed what. */
import { expect, test } from 'vitest';
import type { ChangeSet } from '../../../src/domain/change-set.js';
import type { OrderHeader, OrderLine } from '../../../src/domain/rows.js';
import type { AuditFilter, AuditPage, OrderHistory } from '../../../src/store/history.js';
import type { Store } from '../../../src/store/port.js';
import { NOON } from '../../support/rows.js';
import {
  after,
  changed,
  committed,
  inserted,
  orderChanges,
  request,
  seedIds,
} from '../../support/store.js';
import { adjustmentRow, lineRow, paymentRow } from '../../support/store-rows.js';
import { withStore, type OpenFresh } from './opened.js';

const IDS = seedIds('main');

type Told = Extract<OrderHistory, { kind: 'told' }>;

async function told(store: Store, orderId: string, after = 0, limit = 100): Promise<Told> {
  const history = await store.orderHistory('main', orderId, { after: { version: after }, limit });
  if (history?.kind !== 'told') throw new Error(`not told: ${JSON.stringify(history)}`);
  return history;
}

/** Versions of the branch with the rows that each wrote of the order: `line-1 v2`, `line-1 gone`. */
function steps({ commits }: Told): string[] {
  return commits.map(({ version, rows }) => {
    const written = rows.map(
      ({ id, row }) => `${id} ${row === null ? 'gone' : String(row.version)}`,
    );
    return `${String(version)}: ${written.join(', ')}`;
  });
}

/** What all commits come to, by table and id. */
function last({ before, commits }: Told) {
  const rows = new Map<string, unknown>();
  for (const { table, id, row } of [...before, ...commits.flatMap(({ rows }) => rows)]) {
    if (row === null) rows.delete(`${table} ${id}`);
    else rows.set(`${table} ${id}`, row);
  }
  return rows;
}

/** The order as it stands, in the same form. */
async function stands(store: Store, orderId: string) {
  const order = await store.order('main', orderId);
  if (order === null) throw new Error(`no order ${orderId}`);
  const { header, lines, payments, adjustments } = order;
  return new Map<string, unknown>([
    [`order_header ${orderId}`, header],
    ...lines.map((row) => [`order_line ${row.id}`, row] as const),
    ...payments.map((row) => [`order_payment ${row.id}`, row] as const),
    ...adjustments.map((row) => [`order_adjustment ${row.id}`, row] as const),
  ]);
}

function rowsOf(changes: ChangeSet): [OrderHeader, OrderLine] {
  const [header, line] = changes;
  if (header === undefined || line === undefined) throw new Error('an order has two rows');
  return [after('order_header', header), after('order_line', line)];
}

async function openOrder(store: Store, orderId: string, number: number) {
  const changes = orderChanges('main', { orderId, number });
  await committed(store, request('main', changes, { command: 'order.open' }));
  return rowsOf(changes);
}

export function historyContract(openFresh: OpenFresh): void {
  orderContract(openFresh);
  movedLines(openFresh);
  auditContract(openFresh);
}

function orderContract(openFresh: OpenFresh): void {
  test('S-PORT-60 an order’s commits come in order with its rows as each left them, and by whom', () =>
    withStore(openFresh, ['main'], async ({ store }) => {
      const [header, line] = await openOrder(store, 'a', 1);
      await openOrder(store, 'b', 2);
      const note = changed('order_line', line, { note: 'hot', modifiers: [] });
      const who = { actor: 'sam', deviceId: 'till-2', correlationId: 'trace', at: NOON + 5 };
      await committed(store, request('main', [note], { ...who, key: 'k', command: 'test.note' }));
      const of = { branch_id: 'main', shift_id: IDS.shift, order_id: 'a' };
      const paid = changed('order_header', header, { paid: 1300, payment_status: 'paid' });
      const pay = inserted('order_payment', paymentRow({ ...of, id: 'p' }));
      const off = inserted('order_adjustment', adjustmentRow({ ...of, id: 'd' }));
      await committed(store, request('main', [paid, pay, off]));
      const history = await told(store, 'a');
      expect(history).toMatchObject({ base: null, before: [], more: false });
      expect(steps(history)).toEqual(['3: a 1, a-line-1 1', '5: a-line-1 2', '6: a 2, p 1, d 1']);
      const { rows, ...record } = history.commits[1] ?? {};
      expect(record).toEqual({
        ...{ version: 5, at: NOON + 5, actor: 'sam', device: 'till-2', command: 'test.note' },
        ...{ key: 'k', correlation_id: 'trace' },
      });
      expect(rows).toEqual([
        { table: 'order_line', id: 'a-line-1', row: after('order_line', note) },
      ]);
      expect(last(history)).toEqual(await stands(store, 'a'));
    }));

  test('S-PORT-61 a page begins behind a version or a moment, with the rows as they were there', () =>
    withStore(openFresh, ['main'], async ({ store }) => {
      const [, line] = await openOrder(store, 'a', 1);
      let row = line;
      for (const [index, seat] of [1, 2, 3].entries()) {
        const change = changed('order_line', row, { seat });
        row = after('order_line', change);
        await committed(store, request('main', [change], { at: NOON + (index + 1) * 1000 }));
      }
      const page = await told(store, 'a', 4, 1);
      expect(page).toMatchObject({ base: { version: 4, at: NOON + 1000 }, more: true });
      expect(page.before.find(({ table }) => table === 'order_line')?.row).toMatchObject({
        seat: 1,
      });
      expect(steps(page)).toEqual(['5: a-line-1 3']);
      expect(last(await told(store, 'a', 5))).toEqual(await stands(store, 'a'));
      const at = { after: { at: NOON + 2999 }, limit: 0 };
      expect(await store.orderHistory('main', 'a', at)).toMatchObject({
        ...{ kind: 'told', base: { version: 5 }, commits: [], more: true },
        before: [{ table: 'order_header' }, { table: 'order_line', row: { seat: 2 } }],
      });
      const tooEarly = { after: { at: NOON - 1 }, limit: 0 };
      expect(await store.orderHistory('main', 'a', tooEarly)).toMatchObject({
        ...{ base: null, before: [], more: true },
      });
    }));

  test('S-PORT-62 I8 an order that is not there, or another branch’s, has no history', () =>
    withStore(openFresh, ['main', 'other'], async ({ store }) => {
      await openOrder(store, 'a', 1);
      const page = { after: { version: 0 }, limit: 10 };
      for (const [branchId, orderId] of [
        ['other', 'a'],
        ['main', 'b'],
        ['nowhere', 'a'],
      ] as const) {
        expect(await store.orderHistory(branchId, orderId, page)).toBeNull();
      }
    }));

  test('S-PORT-63 a personal value is shown as long as the order has it', () =>
    withStore(openFresh, ['main'], async ({ store }) => {
      const changes = orderChanges('main', { orderId: 'a', number: 1, customerName: 'Grace' });
      await committed(store, request('main', changes));
      const [header] = rowsOf(changes);
      const names = async () =>
        (await told(store, 'a')).commits
          .flatMap(({ rows }) => rows)
          .flatMap(({ table, row }) => (table === 'order_header' ? [row?.customer_name] : []));
      const note = changed('order_header', header, { note: 'window' });
      await committed(store, request('main', [note]));
      expect(await names()).toEqual(['Grace', 'Grace']);
      const renamed = changed('order_header', after('order_header', note), {
        customer_name: 'Ada',
      });
      await committed(store, request('main', [renamed]));
      expect(await names()).toEqual([null, null, 'Ada']);
    }));

  test('S-PORT-68 so are notes, of the order and of a line that has left it', () =>
    withStore(openFresh, ['main'], async ({ store }) => {
      const [header, line] = await openOrder(store, 'a', 1);
      await openOrder(store, 'b', 2);
      const noted = changed('order_header', header, { note: 'window' });
      const hot = changed('order_line', line, { note: 'hot' });
      await committed(store, request('main', [noted, hot]));
      const cold = changed('order_line', after('order_line', hot), { note: 'cold', seat: 2 });
      await committed(store, request('main', [cold]));
      const toB = changed('order_line', after('order_line', cold), { order_id: 'b', seq: 2 });
      await committed(store, request('main', [toB]));
      const notes = async () =>
        (await told(store, 'a')).commits
          .flatMap(({ rows }) => rows)
          .map(({ row }) => (row === null ? 'gone' : 'note' in row && row.note));
      expect(await notes()).toEqual([null, null, 'window', null, 'cold', 'gone']);
      const none = changed('order_line', after('order_line', toB), { note: null });
      await committed(store, request('main', [none]));
      expect(await notes()).toEqual([null, null, 'window', null, null, 'gone']);
    }));
}

function movedLines(openFresh: OpenFresh): void {
  test('S-PORT-64 a line that comes brings its row, one that goes is gone, and neither is lost on the way', () =>
    withStore(openFresh, ['main'], async ({ store }) => {
      const [, line] = await openOrder(store, 'a', 1);
      const [b] = await openOrder(store, 'b', 2);
      await openOrder(store, 'c', 3);
      // Versions 3 to 5. Nothing but the line changes until it moves, and a line that costs nothing moves without the header.
      const hot = changed('order_line', line, { note: 'hot' });
      const marked = changed('order_line', after('order_line', hot), { mark: 'changed' });
      const clear = changed('order_line', after('order_line', marked), { mark: null });
      const toB = changed('order_line', after('order_line', clear), { order_id: 'b', seq: 2 });
      const inB = changed('order_line', after('order_line', toB), { status: 'queued' });
      const seat = changed('order_line', after('order_line', inB), { seat: 3 });
      const split = changed('order_line', after('order_line', seat), { order_id: 'd', seq: 1 });
      for (const change of [hot, marked, clear]) await committed(store, request('main', [change]));
      const into = changed('order_header', b, { note: 'merged' });
      await committed(store, request('main', [into, toB], { command: 'order.merge' }));
      for (const change of [inB, seat]) await committed(store, request('main', [change]));
      const [d] = orderChanges('main', { orderId: 'd', number: 4 });
      if (d === undefined) throw new Error('an order has a header');
      const child = inserted('order_header', { ...after('order_header', d), split_from: 'b' });
      await committed(store, request('main', [child, split], { command: 'order.split' }));
      const inD = changed('order_line', after('order_line', split), { seat: 4 });
      await committed(store, request('main', [inD]));

      const moved = 'a-line-1';
      expect(steps(await told(store, 'a'))).toEqual([
        ...['3: a 1, a-line-1 1', `6: ${moved} 2`, `7: ${moved} 3`, `8: ${moved} 4`],
        `9: ${moved} gone`,
      ]);
      expect(steps(await told(store, 'b'))).toEqual([
        ...['4: b 1, b-line-1 1', `9: b 2, ${moved} 5`, `10: ${moved} 6`, `11: ${moved} 7`],
        `12: ${moved} gone`,
      ]);
      expect(steps(await told(store, 'd'))).toEqual([`12: d 1, ${moved} 8`, `13: ${moved} 9`]);
      for (const id of ['a', 'b', 'c', 'd']) {
        expect(last(await told(store, id)), id).toEqual(await stands(store, id));
      }
      const came = (await told(store, 'b')).commits[1]?.rows.find(({ id }) => id === moved);
      expect(came?.row).toEqual(after('order_line', toB));
    }));

  test('S-PORT-65 a history holds what came after the order’s end, and after it was opened again', () =>
    withStore(openFresh, ['main'], async ({ store }) => {
      const [header, line] = await openOrder(store, 'a', 1);
      const closed = changed('order_header', header, { status: 'closed', closed_at: NOON });
      await committed(store, request('main', [closed]));
      await openOrder(store, 'b', 2);
      const mark = changed('order_line', line, { mark: 'changed' });
      const clear = changed('order_line', after('order_line', mark), { mark: null });
      const served = changed('order_line', after('order_line', clear), { status: 'served' });
      const note = changed('order_header', after('order_header', closed), { note: 'late' });
      for (const change of [mark, clear, served, note]) {
        await committed(store, request('main', [change]));
      }
      const again = changed('order_header', after('order_header', note), { status: 'open' });
      await committed(store, request('main', [again]));
      const of = { branch_id: 'main', order_id: 'a', item_id: IDS.water };
      const free = lineRow({ ...of, id: 'free', seq: 2, total: 0, tax: 0, unit_price: 0 });
      await committed(store, request('main', [inserted('order_line', free)]));
      const history = await told(store, 'a');
      expect(steps(history).map((step) => step.split(':')[0])).toEqual([
        ...['3', '4', '6', '7', '8', '9', '10', '11'],
      ]);
      expect(last(history)).toEqual(await stands(store, 'a'));
    }));
}

function auditContract(openFresh: OpenFresh): void {
  const versions = ({ entries }: AuditPage) => entries.map(({ version }) => version);

  test('S-PORT-66 the audit list names who, when, where, what and which records, newest first', () =>
    withStore(openFresh, ['main', 'other'], async ({ store }) => {
      const changes = orderChanges('main', { orderId: 'a', number: 1 });
      const who = { actor: 'sam', deviceId: 'till-2', correlationId: 'trace', at: NOON + 5 };
      await committed(store, request('main', changes, { ...who, key: 'k', command: 'order.open' }));
      const [header] = rowsOf(changes);
      await committed(
        store,
        request('main', [changed('order_header', header, { note: 'x' })], { at: NOON + 6 }),
      );
      const { entries, cursor } = await store.audit('main', {});
      expect(cursor).toBeNull();
      expect(entries.map(({ version }) => version)).toEqual([4, 3, 2, 1]);
      expect(entries[0]).toMatchObject({ records: { order_header: ['a'] } });
      expect(entries[1]).toEqual({
        ...{ version: 3, at: NOON + 5, actor: 'sam', device: 'till-2', command: 'order.open' },
        ...{ key: 'k', correlation_id: 'trace' },
        records: { order_header: ['a'], order_line: ['a-line-1'] },
      });
      expect(entries[3]).toMatchObject({ actor: 'system', command: 'branch.seed', key: null });
      expect(await store.audit('nowhere', {})).toEqual({ entries: [], cursor: null });
    }));

  test('S-PORT-67 its filters hold together, and its pages neither repeat nor leave out', () =>
    withStore(openFresh, ['main'], async ({ store }) => {
      for (let number = 1; number <= 6; number += 1) {
        const changes = orderChanges('main', { orderId: `o${String(number)}`, number });
        const odd = number % 2 === 1;
        await committed(
          store,
          request('main', changes, {
            ...{ at: NOON + number * 1000, command: number > 3 ? 'late' : 'early' },
            ...{ actor: odd ? 'ada' : 'sam', deviceId: odd ? 'till-1' : 'till-2' },
          }),
        );
      }
      const cases: [AuditFilter, number[]][] = [
        [{ actor: 'sam' }, [8, 6, 4]],
        [{ device: 'till-2', command: 'late' }, [8, 6]],
        [{ from: NOON + 2000, to: NOON + 5000 }, [6, 5, 4]],
        [{ from: NOON + 9000 }, []],
        [{ to: NOON + 1000 }, [2, 1]],
        [{ command: 'never' }, []],
      ];
      for (const [filter, expected] of cases) {
        expect(versions(await store.audit('main', filter))).toEqual(expected);
        const seen: number[] = [];
        for (let cursor: string | null | undefined; cursor !== null;) {
          const place = cursor === undefined ? {} : { cursor };
          const page: AuditPage = await store.audit('main', { ...filter, ...place, limit: 1 });
          seen.push(...versions(page));
          ({ cursor } = page);
        }
        expect(seen).toEqual(expected);
      }
      const after = await store.audit('main', { cursor: 'nonsense' });
      expect(after).toEqual({ entries: [], cursor: null });
    }));
}
