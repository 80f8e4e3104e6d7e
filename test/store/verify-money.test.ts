/** Money that does not add up is noticed even where events and rows agree: the commits themselves were wrong. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { RowChange } from '../../src/domain/change-set.js';
import { DATABASE_NAME } from '../../src/store/sqlite/open.js';
import type { Check, VerifyReport } from '../../src/store/verify/findings.js';
import { verifyDatabase } from '../../src/store/verify/verify-database.js';
import type { Book } from '../support/book.js';
import { freshDirectory, openSqlite } from '../support/sqlite-store.js';
import { openBook, openOrder } from '../support/store-day.js';
import { paymentRow } from '../support/store-rows.js';
import { NOON } from '../support/rows.js';
import { forgeEvent, verifyTampered } from '../support/tampered.js';

const ORDER = 'main-order-1';
const LINE = `${ORDER}-line-1`;
const SHIFT = 'main-shift-1';
const of = { branch_id: 'main', order_id: ORDER, shift_id: SHIFT };

/** Verifies a branch with one order of 13.00 and one more commit. */
async function verifyAfter(changes: (book: Book) => readonly RowChange[]): Promise<VerifyReport> {
  const { path, remove } = freshDirectory();
  const store = await openSqlite(path);
  try {
    await store.load();
    const book = await openBook(store, 'main');
    await openOrder(book, 1);
    const changeSet = changes(book);
    const closed = changeSet.find(({ table }) => table === 'pos_shift');
    await book.write('test.wrong', changeSet, { zNumberOf: closed === undefined ? null : SHIFT });
    await store.close();
    return await verifyDatabase({ file: join(path, DATABASE_NAME) });
  } finally {
    await store.close();
    remove();
  }
}

interface Case {
  readonly what: string;
  readonly wrong: (book: Book) => readonly RowChange[];
  readonly check: Check;
  readonly says: string;
}

function notices(cases: readonly Case[]): void {
  for (const { what, wrong, check, says } of cases) {
    test(`notices ${what}`, async () => {
      const report = await verifyAfter(wrong);
      expect(report.difference).toBe(says);
      expect(report.differences[check]).toBeGreaterThan(0);
      expect(report.differences).not.toHaveProperty('row');
    });
  }
}

const header =
  (columns: Parameters<typeof Book.prototype.set<'order_header'>>[2]) => (book: Book) => [
    book.set('order_header', ORDER, columns),
  ];
const line = (columns: Parameters<typeof Book.prototype.set<'order_line'>>[2]) => (book: Book) => [
  book.set('order_line', LINE, columns),
];
const closed = (columns: Parameters<typeof Book.prototype.set<'pos_shift'>>[2]) => (book: Book) => [
  book.set('pos_shift', SHIFT, {
    ...{ status: 'closed', closed_by: 'ada', closed_at: NOON, counted_cash: 10_000 },
    ...columns,
  }),
];

describe('S-VER-20 I6 each line comes to its quantity and price, less discount, with its tax', () => {
  notices([
    {
      what: 'a discount above the line',
      wrong: line({ discount: 1400, tax: 0, total: -100 }),
      check: 'line_money',
      says: `order_line main ${LINE}: discount is 1400, reckoned anew it is 1300`,
    },
    {
      what: 'a tax a penny off',
      wrong: (book) => [...line({ tax: 218 })(book), ...header({ tax: 218 })(book)],
      check: 'line_money',
      says: `order_line main ${LINE}: tax is 218, reckoned anew it is 217`,
    },
    {
      what: 'a total without its modifier',
      wrong: (book) => [...line({ total: 1250 })(book), ...header({ total: 1250 })(book)],
      check: 'line_money',
      says: `order_line main ${LINE}: total is 1250, reckoned anew it is 1300`,
    },
    {
      what: 'a voided line that still counts',
      wrong: line({ status: 'voided' }),
      check: 'line_money',
      says: `order_line main ${LINE}: tax is 217, reckoned anew it is 0`,
    },
  ]);
});

describe('S-VER-21 I6 each order is the sum of its lines, adjustments and payments', () => {
  const reckoned = (column: string, found: number, expected: number) =>
    `order_header main ${ORDER}: ${column} is ${String(found)}, reckoned anew it is ${String(expected)}`;
  const cases: [string, number, number][] = [
    ['subtotal', 1301, 1300],
    ['discount', 1, 0],
    ['service_charge', 10, 0],
    ['total', 1299, 1300],
    ['tax', 216, 217],
    ['paid', 1300, 0],
    ['tip', 5, 0],
  ];
  notices(
    cases.map(([column, found, expected]) => ({
      what: `${column} that is wrong`,
      wrong: header({
        [column]: found,
        ...(column === 'service_charge' && { total: 1310 }),
      }),
      check: 'order_money',
      says: reckoned(column, found, expected),
    })),
  );
});

describe('S-VER-25 I6 no order has a discount that nobody gave', () => {
  notices([
    {
      what: 'a discount without an adjustment',
      wrong: (book) => [
        ...line({ discount: 100, tax: 200, total: 1200 })(book),
        ...header({ discount: 100, tax: 200, total: 1200 })(book),
      ],
      check: 'order_money',
      says: `order_header main ${ORDER}: discount without an adjustment is 100, reckoned anew it is 0`,
    },
  ]);
});

describe('S-VER-22 I6 payments cover what is closed, give the right change and are refunded once', () => {
  const pay = paymentRow({ ...of, id: 'pay' });
  const back = {
    ...paymentRow({ ...of, id: 'back', kind: 'refund', refund_of: 'pay', amount: 800 }),
    ...{ tendered: null, change_due: null },
  };
  notices([
    {
      what: 'an order closed unpaid',
      wrong: header({ status: 'closed', closed_at: NOON }),
      check: 'payment',
      says: `order_header main ${ORDER}: payments of a closed order is 0, reckoned anew it is 1300`,
    },
    {
      what: 'change that is wrong',
      wrong: (book) => [
        ...header({ paid: 1300 })(book),
        book.add('order_payment', { ...pay, change_due: 800 }),
      ],
      check: 'payment',
      says: 'order_payment main pay: change_due is 800, reckoned anew it is 700',
    },
    {
      what: 'more given back than was paid',
      wrong: (book) => [
        ...header({ paid: -300 })(book),
        book.add('order_payment', pay),
        book.add('order_payment', back),
        book.add('order_payment', { ...back, id: 'again' }),
      ],
      check: 'payment',
      says: 'order_payment main pay: sum of refunds is 1600, reckoned anew it is 1300',
    },
    {
      what: 'a refund of nothing',
      wrong: (book) => [
        ...header({ paid: -800 })(book),
        book.add('order_payment', { ...back, refund_of: null }),
      ],
      check: 'payment',
      says: 'order_payment main back: sum of refunds is 800, reckoned anew it is empty',
    },
  ]);
});

describe('S-VER-23 I6 a closed shift expects what went in and out of its drawer', () => {
  notices([
    {
      what: 'expected cash that is wrong',
      wrong: closed({ expected_cash: 10_001, over_short: -1 }),
      check: 'drawer',
      says: `pos_shift main ${SHIFT}: expected_cash is 10001, reckoned anew it is 10000`,
    },
    {
      what: 'a difference that is wrong',
      wrong: closed({ expected_cash: 10_000, over_short: 1 }),
      check: 'drawer',
      says: `pos_shift main ${SHIFT}: over_short is 1, reckoned anew it is 0`,
    },
  ]);
});

test('S-VER-24 Z numbers of a register count up from 1 without a gap', async () => {
  const { path, remove } = freshDirectory();
  const store = await openSqlite(path);
  await store.load();
  const book = await openBook(store, 'main');
  const count = closed({ expected_cash: 10_000, over_short: 0 });
  await book.write('shift.close', count(book), { zNumberOf: SHIFT });
  await store.close();
  const report = await verifyTampered(path, (database) => {
    database.exec('UPDATE pos_shift SET z_number = 2');
    forgeEvent(3, '"z_number":1', '"z_number":2')(database);
  });
  remove();
  expect(report.differences).toMatchObject({ z_number: 1, remembered: 1 });
  expect(report.difference).toBe(`pos_shift main ${SHIFT}: z_number is 2, reckoned anew it is 1`);
});
