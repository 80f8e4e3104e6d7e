/** Money that is given back for an order that has been in the archive for weeks, through the hub's own door. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { SettableClock } from '../../src/base/clock.js';
import type { Store } from '../../src/store/port.js';
import { DATABASE_NAME } from '../../src/store/sqlite/open.js';
import { verifyDatabase } from '../../src/store/verify/verify-database.js';
import type { HubClient } from '../support/hub-client.js';
import { EVENING } from '../support/hub.js';
import { freshDirectory, openSqlite } from '../support/sqlite-store.js';
import { Evening } from './evening.js';

/** The store's workers start and end. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const DAY_MS = 86_400_000;
const RANGE = { from: '2019-05-01', to: '2019-07-01' };

const clock = new SettableClock(EVENING);
const { path: directory, remove } = freshDirectory();
let store: Store;
let evening: Evening;
let manager: HubClient;
let first: string;

beforeAll(async () => {
  store = await openSqlite(directory, { clock });
  evening = await Evening.begin({ store, clock, rollover: false });
  manager = await evening.hub.client({ role: 'manager', name: 'max' });
  first = evening.shiftId;
  for (const id of ['o1', 'o2']) {
    await evening.sent(id);
    await evening.bump(id, [`${id}-1`], 'served');
    const payment = { order_id: id, payment_id: `${id}-paid`, amount: 1_200 };
    await evening.give('payment.add', { ...payment, method: 'cash' });
    await evening.close(id);
  }
  await evening.closeShift();
  await evening.openShift();
});

afterAll(async () => {
  await evening.end();
  remove();
});

async function told(name: string, params: object): Promise<unknown> {
  const reply = await manager.query(name, params);
  if (reply.type !== 'result') throw new Error(`${name}: ${JSON.stringify(reply)}`);
  return reply.result;
}

/** What was given back in a shift: by its report, and what its drawer should hold. */
async function refundsIn(kind: 'x' | 'z', shiftId: string): Promise<unknown> {
  const { report } = (await told('shift.report', { kind, shift_id: shiftId })) as {
    report: { payments: unknown; drawer: { refunds: number; expected: number } };
  };
  const { refunds, expected } = report.drawer;
  return { payments: report.payments, refunds, expected };
}

/** Every report of both shifts in a comparable text; an open shift counts as none, and its drawer is not counted. */
async function figures(of: 'all' | 'open shift too' = 'all'): Promise<string[]> {
  const names = of === 'all' ? ['summary', 'shifts'] : [];
  const asked = [
    ...[...names, 'discounts', 'voids', 'kitchen'].map((name) => told(`report.${name}`, RANGE)),
    ...['day', 'item', 'method', 'staff'].map((group_by) =>
      told('report.sales', { ...RANGE, group_by }),
    ),
  ];
  const left = of === 'all' ? [] : ['open', 'shifts'];
  const text = (answer: unknown): string =>
    JSON.stringify(answer, (key, value: unknown) => (left.includes(key) ? undefined : value));
  return (await Promise.all(asked)).map(text);
}

async function archive(): Promise<number> {
  const closedBefore = clock.now() - 3 * DAY_MS;
  return (await store.upkeep?.archive({ closedBefore }))?.orders ?? 0;
}

test('S-ARC-20 a refund of an archived order counts in the shift that is open now, weeks later, and nothing else changes', async () => {
  const board = await evening.hub.client({ role: 'cashier' });
  await board.subscribe('orders');
  await board.subscribe('shift');
  clock.advance(21 * DAY_MS);
  expect(await archive()).toBe(2);
  const frozen = await told('shift.report', { kind: 'z', shift_id: first });
  const before = (await told('order.get', { order_id: 'o1' })) as Record<string, unknown>;
  const shown = board.rows('main/orders', 'order_header');

  const refund = { payment_id: 'o1-paid', refund_id: 'back', amount: 200, reason: 'cold food' };
  await evening.give('payment.refund', refund, { by: manager });
  await evening.pass(2);
  expect(board.rows('main/orders', 'order_header')).toEqual(shown);
  expect(board.rows('main/shift', 'shift_totals')).toMatchObject([
    { refunds: 200, expected_cash: 9_800 },
  ]);
  expect(board.gaps).toEqual([]);
  expect(await told('shift.report', { kind: 'z', shift_id: first })).toEqual(frozen);
  const taken = [{ method: 'cash', payments: 0, paid: 0, refunds: 1, refunded: 200 }];
  const given = { payments: taken, refunds: 200, expected: 9_800 };
  expect(await refundsIn('x', evening.shiftId)).toMatchObject(given);
  expect(await told('order.get', { order_id: 'o1' })).toMatchObject({
    ...{ header: { id: 'o1', status: 'closed', paid: 1_000 }, lines: before['lines'] },
    payments: [{ id: 'o1-paid' }, { id: 'back', shift_id: evening.shiftId }],
  });

  const hot = await figures('open shift too');
  const second = evening.shiftId;
  await evening.closeShift();
  expect(await refundsIn('z', second)).toMatchObject(given);
  expect(await figures('open shift too')).toEqual(hot);
  const warm = await figures();
  expect(await archive()).toBe(0);
  clock.advance(4 * DAY_MS);
  expect(await archive()).toBe(1);
  expect((await store.upkeep?.segments())?.map(({ archived }) => archived)).toEqual([1, 1]);
  expect(await figures()).toEqual(warm);
  expect(await refundsIn('z', second)).toMatchObject(given);
  const file = join(directory, DATABASE_NAME);
  expect(await verifyDatabase({ file })).toMatchObject({ clean: true, difference: null });
});
