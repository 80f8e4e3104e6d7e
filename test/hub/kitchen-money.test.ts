import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HubMessage } from '../../src/protocol/messages.js';
import { testSeed } from '../support/seed.js';
import type { HubClient } from '../support/hub-client.js';
import { Evening } from './evening.js';

/** Amounts that stand nowhere else: no id, time or count comes to them. */
const PRICES = {
  burger: 717_171,
  cheese: 313_131,
  discount: 191_919,
  payment: 232_323,
  tip: 121_212,
};
const MONEY = new Set<number>([
  ...Object.values(PRICES),
  PRICES.burger + PRICES.cheese,
  PRICES.burger + PRICES.cheese - PRICES.discount,
]);
const MONEY_WORDS =
  /^(price|unit_price|subtotal|discount|service_charge|tax|tax_rate|tax_included|rounding|total|paid|tip|amount|tendered|change_due|value|payment_status|customer_name)$/;

let evening: Evening;
let cook: HubClient;
beforeEach(async () => {
  const seed = testSeed('main');
  const items = seed.items.map((item) =>
    item.id === 'burger'
      ? {
          ...item,
          price: PRICES.burger,
          modifier_groups: [
            {
              id: 'extras',
              name: 'Extras',
              min: 0,
              max: 1,
              options: [{ id: 'cheese', name: 'Cheese', price: PRICES.cheese, available: true }],
            },
          ],
        }
      : item,
  );
  evening = await Evening.begin({ seeds: [{ ...seed, items }] });
  cook = await evening.hub.client({ role: 'kitchen' });
});
afterEach(async () => {
  await evening.end();
});

/** Every key and number anywhere in a message. */
function* inside(value: unknown, path = ''): Generator<readonly [string, unknown]> {
  yield [path, value];
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) yield* inside(inner, `${path}/${key}`);
}

function moneyIn(messages: readonly HubMessage[]): string[] {
  const found: string[] = [];
  for (const message of messages) {
    for (const [path, value] of inside(message)) {
      const key = path.split('/').at(-1) ?? '';
      if (MONEY_WORDS.test(key) || (typeof value === 'number' && MONEY.has(value))) {
        found.push(`${message.type}${path}`);
      }
    }
  }
  return found;
}

/** A whole order's life: rung up with an extra, discounted, part-paid, changed, split, voided. */
async function service(): Promise<void> {
  await evening.give('order.open', {
    order_id: 'o1',
    order_type: 'dine_in',
    customer_name: 'Ada',
    lines: [
      { line_id: 'l1', item_id: 'burger', qty: 1, modifiers: ['cheese'] },
      { line_id: 'l2', item_id: 'chips', qty: 2 },
    ],
  });
  await evening.give('order.send', { order_id: 'o1' });
  await evening.give(
    'order.discount',
    { order_id: 'o1', line_id: 'l1', kind: 'amount', value: PRICES.discount, reason: 'late' },
    { changing: { order_line: ['l1'] } },
  );
  const { payment: amount, tip } = PRICES;
  await evening.give('payment.add', { order_id: 'o1', method: 'card', amount, tip });
  await evening.give(
    'order.update_line',
    { order_id: 'o1', line_id: 'l1', note: 'no onions' },
    { changing: { order_line: ['l1'] } },
  );
  await evening.give(
    'order.split',
    { order_id: 'o1', new_order_id: 'o2', lines: [{ line_id: 'l2', qty: 1 }] },
    { changing: { order_header: ['o1'] } },
  );
  await evening.settle();
}

describe('what a kitchen token receives', () => {
  it('H-KITCHEN-1 no delta, snapshot or catch-up of a kitchen or board view carries money', async () => {
    await cook.subscribe('kitchen');
    await cook.subscribe('kitchen', { station: 'grill' });
    await cook.subscribe('board');
    const since = { epoch: evening.hub.store.epoch, version: 2 };
    await service();
    await evening.bump('o1', ['l1'], 'ready', cook);
    await evening.settle();
    await cook.subscribe('kitchen');
    expect(cook.ofType('delta').length).toBeGreaterThan(5);
    const late = await evening.hub.client({ role: 'kitchen', encoding: 'json' });
    await late.subscribe('kitchen', { since });
    expect(moneyIn(cook.received)).toEqual([]);
    expect(moneyIn(late.received)).toEqual([]);
    const modifiers = cook.row('main/kitchen', 'order_line', 'l1')?.['modifiers'];
    expect(modifiers).toEqual([{ id: 'cheese', name: 'Cheese' }]);
  });

  it('H-KITCHEN-2 the records that a conflict shows are shown without money', async () => {
    await service();
    const conflict = await cook.command(
      'kitchen.set_status',
      { order_id: 'o1', line_ids: ['l1'], status: 'ready' },
      { expect: { order_line: { l1: 1 }, order_header: { o1: 1 } } },
    );
    expect(conflict).toMatchObject({
      code: 'version_conflict',
      current: { order_line: { l1: { id: 'l1', note: 'no onions' } }, order_header: { o1: {} } },
    });
    expect(moneyIn(cook.received)).toEqual([]);
  });

  it('H-KITCHEN-2 records of tables that a kitchen sees nowhere are not shown at all', async () => {
    await service();
    const shift = evening.shiftId;
    const conflict = await cook.command(
      'kitchen.set_status',
      { order_id: 'o1', line_ids: ['l1'], status: 'ready' },
      { expect: { order_line: { l1: 1 }, pos_shift: { [shift]: 7 } } },
    );
    expect(Object.keys((conflict as { current?: object }).current ?? {})).toEqual(['order_line']);
  });

  it('H-KITCHEN-3 the answers to its queries hold none, hot or cold', async () => {
    await service();
    await evening.bump('o1', ['l1', 'l2'], 'served', cook);
    expect(await cook.query('order.get', { order_id: 'o1' })).toMatchObject({
      result: { header: { id: 'o1' }, lines: [{}, {}], payments: [], adjustments: [] },
    });
    expect(await cook.query('order.list', {})).toMatchObject({ result: { orders: [{}, {}] } });
    expect(await cook.query('kitchen.recent', {})).toMatchObject({ result: { lines: [{}, {}] } });
    expect(moneyIn(cook.received)).toEqual([]);
  });

  it('H-KITCHEN-4 it can take no money, and asks no report', async () => {
    await service();
    const pay = { order_id: 'o1', method: 'cash', amount: 1 } as const;
    expect(await cook.command('payment.add', pay)).toMatchObject({ code: 'forbidden' });
    const report = await cook.query('shift.report', { kind: 'x' });
    expect(report).toMatchObject({ code: 'forbidden' });
    for (const view of ['orders', 'shift', 'devices'] as const) {
      expect(await cook.subscribe(view)).toMatchObject({ code: 'forbidden' });
    }
  });

  it('H-KITCHEN-5 the menu with its prices is public to every role', async () => {
    await cook.subscribe('menu');
    expect(cook.row('main/menu', 'menu_item', 'burger')).toMatchObject({ price: PRICES.burger });
    expect(moneyIn(cook.received)).not.toEqual([]);
  });
});
