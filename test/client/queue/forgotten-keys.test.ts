/** A hub that has forgotten the keys of what it did. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SettableClock } from '../../../src/base/clock.js';
import { uuidV7Source } from '../../../src/base/ids.js';
import { createMemoryStore } from '../../../src/store/memory/memory-store.js';
import { FaultyStore } from '../../support/faulty-store.js';
import { EVENING } from '../../support/hub.js';
import { House, type Till } from './house.js';
import { expectSold, outcomesOf, sell } from './sale.js';

let house: House;

beforeEach(async () => {
  const clock = new SettableClock(EVENING);
  const newId = uuidV7Source(clock);
  const store = new FaultyStore(createMemoryStore({ clock, newId, nextTick: setImmediate }));
  house = await House.open({ clock, store });
  store.switchOn('forget_keys');
});

afterEach(async () => {
  await house.close();
});

/** The answer to each command's first sending is lost with the line. */
function loseFirstAnswers({ cable }: Till): Set<string> {
  const lost = new Set<string>();
  cable.delivers = (message) => {
    if (message.type !== 'ack' || message.result?.['numbers'] !== undefined) return true;
    const key = message.key ?? '';
    if (lost.has(key)) return true;
    lost.add(key);
    queueMicrotask(() => {
      cable.unplug();
      cable.plug();
    });
    return false;
  };
  return lost;
}

describe('the same commands sent again to a hub that has forgotten them', () => {
  it('C-Q-11 what is there already with the same content is done, and nothing is doubled', async () => {
    const till = house.till();
    await house.follow(till);
    const lost = loseFirstAnswers(till);
    const queued = await sell(till.client);
    await house.pass(60_000);
    expect(await outcomesOf(queued)).toEqual(Array(5).fill('acknowledged'));
    expect(lost).toEqual(new Set(['o1-open', 'o1-lines', 'o1-send', 'o1-pay', 'o1-close']));
    expectSold(house);
    expect(till.client.queue.entries).toEqual([]);
  });

  it('C-Q-11 what is there already with other content is for a person', async () => {
    const till = house.till();
    await house.follow(till);
    till.cable.unplug();
    const { queue } = till.client;
    const order_id = 'o1';
    const lines = [{ line_id: 'l1', item_id: 'burger', qty: 1 }];
    const money = { order_id, payment_id: 'p1', method: 'cash' } as const;
    const { watcher } = house;
    await watcher.command('order.open', { order_id, order_type: 'takeaway', lines });
    const queued = [
      await queue.add('order.open', { order_id: 'o2', order_type: 'takeaway' }),
      await queue.add('order.add_lines', {
        order_id,
        lines: [{ line_id: 'l2', item_id: 'burger', qty: 1 }],
      }),
      await queue.add('payment.add', { ...money, amount: 1_000 }),
    ];
    await watcher.command('order.open', { order_id: 'o2', order_type: 'delivery' });
    await watcher.command('order.add_lines', {
      order_id,
      lines: [{ line_id: 'l2', item_id: 'lager', qty: 1 }],
    });
    await watcher.command('payment.add', { ...money, amount: 700 });
    till.cable.plug();
    await house.pass(10_000);
    expect(await outcomesOf(queued)).toEqual(Array(3).fill('refused'));
    const codes = queue.refused.map(({ state }) => state);
    expect(codes).toMatchObject(Array(3).fill({ error: { code: 'already_exists' } }));
    const header = watcher.row('main/orders', 'order_header', order_id);
    expect(header).toMatchObject({ total: 1_200 + 550, paid: 700 });
  });
});
