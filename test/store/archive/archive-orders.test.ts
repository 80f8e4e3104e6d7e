/** Orders of closed shifts move into segment files and are read as before, by whoever asks. */
import Database from 'better-sqlite3';
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Store, StoredRow } from '../../../src/store/port.js';
import type { Upkeep } from '../../../src/store/upkeep.js';
import { DATABASE_NAME } from '../../../src/store/sqlite/open.js';
import type { Book } from '../../support/book.js';
import { NOON } from '../../support/rows.js';
import { SmallDisk } from '../../support/small-disk.js';
import { freshDirectory, openSqlite } from '../../support/sqlite-store.js';
import { commit, orderRequest } from '../../support/store.js';
import { writeDay } from '../../support/store-day.js';
import { paymentRow } from '../../support/store-rows.js';

let directory: ReturnType<typeof freshDirectory>;
let store: Store;
let book: Book;

beforeEach(async () => {
  directory = freshDirectory();
  store = await openSqlite(directory.path);
  book = await writeDay(store, 'main');
});

afterEach(async () => {
  await store.close();
  directory.remove();
});

const LATER = { closedBefore: NOON + 3_600_000 };

function upkeep(): Upkeep {
  if (store.upkeep === null) throw new Error('SQLite keeps an archive');
  return store.upkeep;
}

async function reopen(): Promise<void> {
  await store.close();
  store = await openSqlite(directory.path);
}

/** All that anybody can read of the orders of the day. */
async function everything() {
  const ids = [1, 2, 3, 4, 5, 6].map((number) => `main-order-${String(number)}`);
  const pages = [];
  let cursor: string | null = null;
  do {
    const more: { cursor?: string } = cursor === null ? {} : { cursor };
    const page = await store.orders('main', { limit: 2, ...more });
    pages.push(page);
    ({ cursor } = page);
  } while (cursor !== null);
  const filters = [{ status: 'closed' }, { status: 'voided' }, { number: 2 }, { table_no: '4' }];
  return {
    pages,
    lists: await Promise.all(
      [...filters, { from: NOON, to: NOON + 1 }].map((filter) =>
        store.orders('main', filter as object),
      ),
    ),
    orders: await Promise.all(ids.map((id) => store.order('main', id))),
    stored: inOrder(await store.stored('main', { order_header: ids })),
    paid: await Promise.all(
      ['main-order-1-pay', 'main-order-2-pay', 'none'].map((id) =>
        store.orderIdOfPayment('main', id),
      ),
    ),
    served: await store.recentlyServed('main', null, 10),
    atGrill: await store.recentlyServed('main', 'main-grill', 10),
    number: await store.lastNumber('main', '2026-11-20'),
    histories: await Promise.all(
      ids.map((id) => store.orderHistory('main', id, { after: { version: 0 }, limit: 50 })),
    ),
    other: await store.order('other', 'main-order-1'),
  };
}

const inOrder = (rows: readonly StoredRow[]) =>
  [...rows].sort((a, b) => (a.row.id < b.row.id ? -1 : 1));

function rowsLeft(): Record<string, number> {
  const database = new Database(join(directory.path, DATABASE_NAME), { readonly: true });
  try {
    const count = (table: string) =>
      database
        .prepare(
          `SELECT count(*) FROM ${table} WHERE ${table === 'order_header' ? 'id' : 'order_id'} = ?`,
        )
        .pluck()
        .get('main-order-1') as number;
    const tables = [
      'order_header',
      'order_line',
      'order_payment',
      'order_status_log',
      'order_line_status_log',
    ];
    return Object.fromEntries(tables.map((table) => [table, count(table)]));
  } finally {
    database.close();
  }
}

const files = () => readdirSync(join(directory.path, 'archive'));

describe('archived orders', () => {
  test('S-ARC-5 S-ARC-6 finished orders of a closed shift leave the database and are read as before', async () => {
    const before = await everything();
    const seen: unknown[] = [];
    const report = await upkeep().archive({ ...LATER, onProgress: (at) => seen.push(at) });
    expect(report).toMatchObject({ segments: 1, orders: 3 });
    expect(seen.at(-1)).toEqual({ done: 1, total: 1 });
    expect(Object.values(rowsLeft()).every((count) => count === 0)).toBe(true);
    expect(await everything()).toEqual(before);
    expect(await upkeep().segments()).toMatchObject([
      { state: 'done', kind: 'orders', records: 3, archived: 3, businessDate: '2026-11-20' },
    ]);
    expect(store.stats()).toMatchObject({
      ...{ archive_segments: 1, archive_orders: 3, archive_records_moved_total: 3 },
      ...{ archive_runs_total: 1, archive_failures_total: 0 },
    });
    await reopen();
    expect(await everything()).toEqual(before);
    expect(files()).toHaveLength(1);
    expect(await upkeep().archive(LATER)).toMatchObject({ segments: 0 });
  });

  test('S-ARC-5 a shift that was closed too late stays, and so does an order with a payment of such a shift', async () => {
    expect(await upkeep().archive({ closedBefore: NOON })).toMatchObject({ segments: 0 });
    const shift = (await store.hotRecords('main')).pos_shift?.[0] ?? '';
    const refund = paymentRow({
      branch_id: 'main',
      id: 'late',
      order_id: 'main-order-2',
      shift_id: shift,
    });
    await book.write('payment.refund', [
      book.set('order_header', 'main-order-2', { paid: 70, payment_status: 'partial' }),
      book.add('order_payment', {
        ...refund,
        kind: 'refund',
        refund_of: 'main-order-2-pay',
        amount: 1100,
      }),
    ]);
    expect(await upkeep().archive(LATER)).toMatchObject({ orders: 2 });
    expect((await store.load())[0]?.rows.some(({ row }) => row.id === 'late')).toBe(true);
  });

  test('S-ARC-7 the id of an archived order stays taken, and its number is not given again', async () => {
    await upkeep().archive(LATER);
    const again = {
      orderId: 'main-order-1',
      number: 90,
      shiftId: (await store.hotRecords('main')).pos_shift?.[0] ?? '',
    };
    expect(await commit(store, orderRequest('main', again))).toEqual({
      ...{ kind: 'exists', table: 'order_header', id: 'main-order-1' },
    });
  });

  test('S-ARC-8 an archived order comes back as it was, is changed, and goes again', async () => {
    const before = await everything();
    await upkeep().archive(LATER);
    expect(await commit(store, refundRequest())).toMatchObject({ kind: 'conflict' });
    expect(await store.thaw('main', 'main-order-4')).toBe(false);
    expect(await store.thaw('main', 'main-order-2')).toBe(true);
    expect(await store.thaw('main', 'main-order-2')).toBe(false);
    expect(await everything()).toEqual(before);
    await book.write('payment.refund', [
      book.set('order_header', 'main-order-2', { note: 'asked twice' }),
    ]);
    const changed = await everything();
    expect(await upkeep().archive(LATER)).toMatchObject({ segments: 1, orders: 1 });
    expect(await everything()).toEqual(changed);
    // The copy that nobody reads any more is gone from the first file.
    expect(await upkeep().segments()).toMatchObject([
      { records: 1, archived: 1 },
      { records: 2, archived: 2 },
    ]);
  });

  test('S-ARC-9 a shift is brought back whole, and its files go', async () => {
    const before = await everything();
    await upkeep().archive(LATER);
    const shiftId = (await upkeep().segments())[0]?.shiftId ?? '';
    expect(await upkeep().restore('another')).toBe(0);
    expect(await upkeep().restore(shiftId)).toBe(3);
    expect(await everything()).toEqual(before);
    expect(files()).toEqual([]);
    expect(await upkeep().segments()).toEqual([]);
  });

  test('S-ARC-10 a segment that was damaged, swapped or lost is never served', async () => {
    await upkeep().archive(LATER);
    await reopen();
    const path = join(directory.path, 'archive', files()[0] ?? '');
    rmSync(path);
    await expect(store.order('main', 'main-order-1')).rejects.toThrow(
      `read ${path}: it is missing`,
    );
    writeFileSync(path, Buffer.alloc(5_000));
    const altered = 'its bytes from 23 on are not those that were written';
    await expect(store.order('main', 'main-order-1')).rejects.toThrow(altered);
    await expect(store.thaw('main', 'main-order-1')).rejects.toThrow(altered);
    expect(await store.order('main', 'main-order-4')).not.toBeNull();
  });

  test('S-ARC-11 a directory that takes no file fails the run alone', async () => {
    const before = await everything();
    const archive = join(directory.path, 'archive');
    // A file in its place refuses root as well.
    writeFileSync(archive, '');
    await expect(upkeep().archive(LATER)).rejects.toThrow('EEXIST');
    expect(store.stats()).toMatchObject({ archive_failures_total: 1 });
    expect(await everything()).toEqual(before);
    rmSync(archive);
    mkdirSync(archive);
    chmodSync(archive, 0o700);
    expect(await upkeep().archive(LATER)).toMatchObject({ orders: 3 });
    expect(existsSync(archive)).toBe(true);
    expect(await everything()).toEqual(before);
  });

  test('S-ARC-11 a disk that is full or read-only as the file is written fails the run alone', async () => {
    const before = await everything();
    const disk = SmallDisk.mount(join(directory.path, 'archive'), 1);
    try {
      disk.fill();
      await expect(upkeep().archive(LATER)).rejects.toThrow('ENOSPC');
      expect(files()).toEqual(['ballast']);
      disk.makeRoom();
      disk.setReadOnly(true);
      await expect(upkeep().archive(LATER)).rejects.toThrow('EROFS');
      expect(await everything()).toEqual(before);
      disk.setReadOnly(false);
      expect(await upkeep().archive(LATER)).toMatchObject({ orders: 3 });
      expect(await everything()).toEqual(before);
    } finally {
      disk.unmount();
    }
  });
});

function refundRequest() {
  const header = book.set('order_header', 'main-order-2', { note: 'late' });
  return {
    ...orderRequest('main', { orderId: 'x', number: 99 }),
    requiresShift: null,
    changeSet: [header],
  };
}
