import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { House, type Till } from './house.js';
import { expectSold, outcomesOf, sell } from './sale.js';

let house: House;

beforeEach(async () => {
  house = await House.open();
});

afterEach(async () => {
  await house.close();
});

/** A till that knows its branch, holds numbers and has lost its line. */
async function cutOff(): Promise<Till> {
  const till = house.till();
  await house.follow(till);
  await house.settle();
  till.cable.unplug();
  return till;
}

describe('a sale while the hub is out of reach', () => {
  it('C-Q-1 an offline sale is shown at once with its number and reaches the hub exact and once', async () => {
    const till = await cutOff();
    const sold = await sell(till.client);
    const orderId = 'o1';
    const view = till.client.optimistic('main/orders');
    const shown = view.row('order_header', orderId);
    expect(shown).toMatchObject({ status: 'closed', payment_status: 'paid', total: 2_950 });
    expect(shown?.number).toBeGreaterThan(0);
    expect(till.client.queue.length).toBe(5);
    till.cable.plug();
    await house.pass(10_000);
    expect(await outcomesOf(sold)).toEqual(Array(5).fill('acknowledged'));
    const headers = house.watcher.rows('main/orders', 'order_header');
    expectSold(house);
    expect(headers).toMatchObject([{ number: shown?.number }]);
    expect(till.client.queue.entries).toEqual([]);
    expect(view.row('order_header', orderId)).toEqual(headers[0]);
  });
});
