/** What may not grow, and what may not fall silent. */
import { describe, expect, it } from 'vitest';
import { memoryEngine } from '../support/random-traffic/engine.js';
import { Random } from '../support/random-traffic/random.js';
import { Restaurant } from '../support/random-traffic/restaurant.js';
import { runTraffic } from '../support/random-traffic/traffic.js';

const SECOND_MS = 1_000;

describe('bounds', () => {
  it('I9 every queue, map and cache is a metric, and is empty again when all is quiet', async () => {
    const dice = new Random(9);
    const restaurant = await Restaurant.open(memoryEngine, dice);
    await runTraffic({ restaurant, dice, steps: 60 });
    const stats = restaurant.hub.hub.stats();
    expect(stats).toMatchObject({
      sessions: restaurant.participants.length,
      sessions_lagging: 0,
      outbox_bytes: 0,
      requests_in_flight: 0,
      locked_records: 0,
      running_commands: 0,
      cold_cache_entries: expect.any(Number) as number,
      hot_orders: expect.any(Number) as number,
      channels: expect.any(Number) as number,
      devices: expect.any(Number) as number,
    });
    await restaurant.close();
  });

  it('I10 a screen that keeps up hears of the hub every five seconds: ten without a word are silence', async () => {
    const restaurant = await Restaurant.open(memoryEngine, new Random(10));
    const heard = restaurant.participants.map(({ client }) => client?.ofType('heartbeat').length);
    for (let second = 1; second <= 60; second += 1) {
      restaurant.pass(SECOND_MS);
      await restaurant.turn(3);
      if (second % 5 > 0) continue;
      for (const [index, { client }] of restaurant.participants.entries()) {
        const count = client?.ofType('heartbeat').length ?? 0;
        expect(count - (heard[index] ?? 0)).toBe(second / 5);
      }
    }
    await restaurant.close();
  });
});
