/** Queued commands that meet what other devices did meanwhile. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Optimistic } from '../../../src/client/queue/optimistic.js';
import { House, type Till } from './house.js';
import { TOTAL, outcomesOf, sell } from './sale.js';

let house: House;

beforeEach(async () => {
  house = await House.open();
});

afterEach(async () => {
  await house.close();
});

const BURGER = { line_id: 'b', item_id: 'burger', qty: 1 };

/** A till that has seen the order `o9`, of one burger for 12.00, and has lost its line since. */
async function cutOff(): Promise<Till> {
  const till = house.till();
  await house.follow(till);
  const order = { order_id: 'o9', order_type: 'dine_in', table_no: '4' } as const;
  await house.watcher.command('order.open', { ...order, lines: [BURGER] });
  await house.settle();
  till.cable.unplug();
  return till;
}

function headerOf(view: Pick<Optimistic, 'row'>): object | undefined {
  return view.row('order_header', 'o9');
}

describe('money that another till took as well', () => {
  it('C-Q-17 a refused payment stays, shown as taken, and the order paid, until a person drops it', async () => {
    const till = await cutOff();
    const { client } = till;
    const view = client.optimistic('main/orders');
    const seen = new Set<unknown>();
    const paid = { order_id: 'o9', payment_id: 'p9', method: 'cash', amount: 1_200 } as const;
    const queued = await client.queue.add('payment.add', paid);
    view.onRows(() => seen.add(view.row('order_header', 'o9')?.payment_status));
    const theirs = { order_id: 'o9', payment_id: 'theirs', method: 'card', amount: 500 } as const;
    await house.watcher.command('payment.add', theirs);
    till.cable.plug();
    await house.pass(10_000);
    expect(await queued.settled).toMatchObject({ kind: 'refused', error: { code: 'overpayment' } });
    expect(client.queue.refused).toMatchObject([{ key: queued.key, state: { kind: 'refused' } }]);
    expect([...seen]).toEqual(['paid']);
    expect(headerOf(view)).toMatchObject({ payment_status: 'paid', paid: 1_700, total: 1_200 });
    expect(view.pending('order_payment', 'p9')).toBe(true);
    expect(await client.queue.drop(queued.key)).toBe(true);
    expect(headerOf(view)).toMatchObject({ payment_status: 'partial', paid: 500 });
    const base = client.subscribe('main/orders');
    for (const [table, rows] of base.tables) expect(view.table(table)).toEqual(rows);
  });

  it('C-Q-17 a paid order looks paid while it waits for a shift', async () => {
    const till = await cutOff();
    await sell(till.client);
    const view = till.client.optimistic('main/orders');
    await house.closeShift();
    till.cable.plug();
    await house.pass(10_000);
    expect(till.client.queue.entries[0]?.state).toMatchObject({ reason: { code: 'shift_closed' } });
    const shown = { status: 'closed', payment_status: 'paid', paid: TOTAL };
    expect(view.row('order_header', 'o1')).toMatchObject(shown);
  });
});

describe('versions that rose between queueing and sending', () => {
  it('C-Q-18 what the intent depends on stands: it goes out with the present version', async () => {
    const till = await cutOff();
    const queued = [
      await till.client.queue.add('order.update', { order_id: 'o9', guests: 3 }),
      await till.client.queue.add('order.update_line', {
        order_id: 'o9',
        line_id: 'b',
        note: 'rare',
      }),
    ];
    await house.watcher.command('order.send', { order_id: 'o9' });
    till.cable.plug();
    await house.pass(5_000);
    expect(await outcomesOf(queued)).toEqual(['acknowledged', 'acknowledged']);
    const { watcher } = house;
    expect(watcher.row('main/orders', 'order_header', 'o9')).toMatchObject({ guests: 3 });
    expect(watcher.row('main/orders', 'order_line', 'b')).toMatchObject({ note: 'rare' });
  });

  it('C-Q-18 what it depends on is another now: it waits for a person, with the records as they stand', async () => {
    const till = await cutOff();
    const { queue } = till.client;
    const agreed = { order_id: 'o9', kind: 'amount', value: 200, reason: 'late' } as const;
    const queued = await queue.add('order.discount', agreed);
    const lines = [{ line_id: 'more', item_id: 'lager', qty: 1 }];
    await house.watcher.command('order.add_lines', { order_id: 'o9', lines });
    till.cable.plug();
    await house.pass(5_000);
    const total = 1_750;
    expect(await queued.settled).toMatchObject({
      error: { code: 'version_conflict', current: { order_header: { o9: { total } } } },
    });
    expect(house.watcher.row('main/orders', 'order_header', 'o9')).toMatchObject({ total });
    const again = await queue.retry(queued.key);
    await house.pass(5_000);
    expect((await again.settled).kind).toBe('acknowledged');
    const discounted = { total: total - 200 };
    expect(house.watcher.row('main/orders', 'order_header', 'o9')).toMatchObject(discounted);
  });

  it('C-Q-18 what a person sends again was decided on what stands before it in the queue', async () => {
    const till = await cutOff();
    const { queue } = till.client;
    const agreed = { order_id: 'o9', kind: 'amount', value: 200, reason: 'late' } as const;
    const queued = await queue.add('order.discount', agreed);
    const theirs = [{ line_id: 'theirs', item_id: 'lager', qty: 1 }];
    await house.watcher.command('order.add_lines', { order_id: 'o9', lines: theirs });
    till.cable.plug();
    await house.pass(5_000);
    expect((await queued.settled).kind).toBe('refused');
    till.cable.unplug();
    const lines = [{ line_id: 'mine', item_id: 'lager', qty: 1 }];
    await queue.add('order.add_lines', { order_id: 'o9', lines });
    const again = await queue.retry(queued.key);
    till.cable.plug();
    await house.pass(5_000);
    expect((await again.settled).kind).toBe('acknowledged');
    const header = house.watcher.row('main/orders', 'order_header', 'o9');
    expect(header).toMatchObject({ total: 1_200 + 550 + 550 - 200 });
  });
});
