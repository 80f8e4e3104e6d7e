/** What the hub counts and measures of itself, with time moved by hand. */
import { afterEach, describe, expect, it } from 'vitest';
import { Evening } from './evening.js';

const BURST = 8;
const INTERVAL_MS = 5;

let evening: Evening;
afterEach(async () => {
  await evening.end();
});

const stats = () => evening.hub.hub.stats();
const rise = (before: Readonly<Record<string, number>>, name: string) =>
  (stats()[name] ?? 0) - (before[name] ?? 0);

describe('the hub measures', () => {
  it('M-HUB-1 the delivery of a delta from its first commit on, the pause of a busy channel in it', async () => {
    evening = await Evening.begin();
    const screen = await evening.hub.client({ role: 'manager' });
    await screen.subscribe('orders');
    const delivery = evening.hub.hub.histograms()['delivery_seconds'];
    const count = () => delivery?.counts.reduce((sum, each) => sum + each, 0);
    for (let nth = 0; nth < BURST; nth += 1) {
      await evening.order(`now-${String(nth)}`);
      await evening.settle();
    }
    expect([count(), delivery?.sum]).toEqual([BURST, 0]);
    await evening.order('paused');
    evening.hub.timers.advance(2);
    await evening.order('paused-too');
    await evening.settle();
    expect(count()).toBe(BURST);
    evening.hub.timers.advance(INTERVAL_MS - 2);
    await evening.settle();
    expect(count()).toBe(BURST + 1);
    expect(delivery?.sum).toBeCloseTo(INTERVAL_MS / 1_000, 6);
  });

  it('M-HUB-2 how many deltas a slow connection lost, and how often one began to lag', async () => {
    evening = await Evening.begin({
      limits: { outboxBytesMax: 2_000, socketBytesMax: 1_000, deltaIntervalMs: 0 },
    });
    const slow = await evening.hub.client({ role: 'manager' });
    await slow.subscribe('orders');
    const before = stats();
    slow.connection.stall();
    const deltas = slow.ofType('delta').length;
    for (let nth = 0; nth < 12; nth += 1) {
      await evening.order(`lost-${String(nth)}`, ['burger']);
      await evening.settle();
    }
    expect(rise(before, 'lags_total')).toBe(1);
    const dropped = rise(before, 'deltas_dropped_total');
    expect(dropped).toBeGreaterThan(0);
    for (let turn = 0; turn < 20; turn += 1) {
      slow.connection.resume();
      slow.events.drained();
      await evening.settle();
    }
    // Those of the time in which it lagged neither came nor were dropped: they were never queued.
    const handed = rise(before, 'deliveries_total');
    expect(slow.ofType('delta').length - deltas + dropped).toBeLessThanOrEqual(handed);
    expect(slow.ofType('delta').length - deltas).toBeLessThan(handed);
  });

  it('M-HUB-3 devices that are connected, and those that have not applied what was queued', async () => {
    evening = await Evening.begin();
    const screen = await evening.hub.client({ role: 'manager', deviceId: 'screen' });
    await screen.subscribe('orders');
    expect(stats()).toMatchObject({ devices: 2, devices_connected: 2, devices_behind: 0 });
    await evening.order('o1');
    await evening.settle();
    screen.sendRaw({ type: 'heartbeat', versions: { 'main/orders': 1 } });
    expect(stats()).toMatchObject({ devices_behind: 1 });
    screen.sendHeartbeat();
    expect(stats()).toMatchObject({ devices_behind: 0 });
    screen.cut();
    expect(stats()).toMatchObject({ devices: 2, devices_connected: 1 });
  });

  it('M-HUB-4 refusals of every kind by their code', async () => {
    evening = await Evening.begin();
    const cook = await evening.hub.client({ role: 'kitchen' });
    await cook.command('order.open', { order_type: 'dine_in' });
    await cook.query('order.get', { order_id: 'none' }, 'elsewhere');
    await cook.request({ type: 'nonsense' });
    expect(stats()).toMatchObject({
      'refusals_total{code="forbidden"}': 2,
      'refusals_total{code="bad_message"}': 1,
      'refusals_total{code="version_conflict"}': 0,
    });
  });
});
