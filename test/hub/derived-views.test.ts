import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HubClient } from '../support/hub-client.js';
import { EVENING } from '../support/hub.js';
import { Evening } from './evening.js';

let evening: Evening;
let manager: HubClient;
beforeEach(async () => {
  evening = await Evening.begin();
  manager = await evening.hub.client({ role: 'manager', deviceId: 'office' });
});
afterEach(async () => {
  await evening.end();
});

function deltas(channel: string): number {
  return manager.ofType('delta').filter((delta) => delta.channel === channel).length;
}

describe('the view shift', () => {
  it('H-DERIVED-1 shows the open shift, its cash movements and its figures', async () => {
    await evening.order('o1', ['burger']);
    await evening.pay('o1', 700);
    const { shiftId } = evening;
    await evening.give('cash.drop', { shift_id: shiftId, amount: 2_000, reason: 'safe' });
    await manager.subscribe('shift');
    expect(manager.rows('main/shift', 'pos_shift')).toMatchObject([
      { id: shiftId, status: 'open', opening_float: 10_000 },
    ]);
    expect(manager.rows('main/shift', 'cash_movement')).toMatchObject([
      { kind: 'drop', amount: 2_000 },
    ]);
    expect(manager.rows('main/shift', 'shift_totals')).toMatchObject([
      { id: shiftId, orders: 1, open_orders: 1, paid_card: 700, expected_cash: 8_000 },
    ]);
  });

  it('H-DERIVED-2 sends at most one delta a second, and the last one tells the latest figures', async () => {
    await manager.subscribe('shift');
    for (let second = 0; second < 3; second += 1) {
      for (let count = 0; count < 5; count += 1) {
        await evening.order(`o${String(second)}-${String(count)}`, ['chips']);
        evening.hub.timers.advance(100);
        await evening.settle();
      }
      evening.hub.timers.advance(500);
    }
    await evening.pass(2);
    expect(deltas('main/shift')).toBeGreaterThanOrEqual(3);
    expect(deltas('main/shift')).toBeLessThanOrEqual(4);
    expect(manager.rows('main/shift', 'shift_totals')).toMatchObject([{ orders: 15 }]);
    expect(manager.gaps).toEqual([]);
  });

  it('H-DERIVED-3 the totals’ version is that of the commit that last changed a figure', async () => {
    await manager.subscribe('shift');
    const version = () => manager.rows('main/shift', 'shift_totals')[0]?.version;
    const first = version();
    const opened = await evening.order('o1', ['chips']);
    await evening.pass(2);
    expect(version()).toBe(opened.version);
    expect(version()).toBeGreaterThan(first ?? 0);
    const before = deltas('main/shift');
    await evening.give(
      'order.update',
      { order_id: 'o1', note: 'window' },
      { changing: { order_header: ['o1'] } },
    );
    await evening.pass(2);
    expect(version()).toBe(opened.version);
    expect(deltas('main/shift')).toBe(before);
    const rung = await evening.order('o2', ['chips']);
    await evening.give(
      'order.update',
      { order_id: 'o1', note: 'door' },
      { changing: { order_header: ['o1'] } },
    );
    await evening.pass(2);
    expect(version()).toBe(rung.version);
  });

  it('H-DERIVED-4 who subscribes between two deltas holds what was published last, then follows', async () => {
    await manager.subscribe('shift');
    await evening.order('o1', ['chips']);
    await evening.pass(1);
    await evening.order('o2', ['chips']);
    const late = await evening.hub.client({ role: 'manager' });
    await late.subscribe('shift');
    expect(late.rows('main/shift', 'shift_totals')).toEqual(
      manager.rows('main/shift', 'shift_totals'),
    );
    await evening.pass(2);
    expect(late.rows('main/shift', 'shift_totals')).toMatchObject([{ orders: 2 }]);
    expect(late.gaps).toEqual([]);
  });

  it('H-DERIVED-5 a client that comes back is caught up from the image, or gets a snapshot', async () => {
    await manager.subscribe('shift');
    await evening.order('o1', ['chips']);
    await evening.pass(2);
    const since = {
      epoch: evening.hub.store.epoch,
      version: manager.replicas.get('main/shift')?.version ?? 0,
    };
    await evening.order('o2', ['chips']);
    await evening.pass(2);
    const back = await evening.hub.client({ role: 'manager' });
    const reply = await back.subscribe('shift', { since });
    expect(reply).toMatchObject({
      type: 'snapshot:delta',
      changes: { shift_totals: { inserted: [{ orders: 2 }] } },
    });
    const old = await back.subscribe('shift', { since: { ...since, version: 1 } });
    expect(old).toMatchObject({ type: 'snapshot' });
  });
});

describe('the view devices', () => {
  const device = (id: string) => manager.row('main/devices', 'device_status', id);

  it('H-DEVICES-1 shows who is connected, and since when one is not', async () => {
    await manager.subscribe('devices');
    expect(device('till-1')).toEqual({
      id: 'till-1',
      name: 'cashier',
      role: 'cashier',
      connected: true,
      last_seen_at: EVENING,
      behind: 0,
      queue_length: 0,
      queue_oldest_at: null,
      version: expect.any(Number),
    });
    evening.hub.clock.advance(60_000);
    evening.till.cut();
    await evening.pass(2);
    expect(device('till-1')).toMatchObject({ connected: false, last_seen_at: EVENING + 60_000 });
  });

  it('H-DEVICES-1 a device stays connected while one of its connections lives', async () => {
    const second = await evening.hub.client({ role: 'cashier', deviceId: 'till-1' });
    await manager.subscribe('devices');
    second.cut();
    await evening.pass(2);
    expect(device('till-1')).toMatchObject({ connected: true });
  });

  it('H-DEVICES-2 tells what a till holds unsent, and how far a screen is behind', async () => {
    await manager.subscribe('devices');
    await evening.till.subscribe('orders');
    await evening.order('o1');
    await evening.settle();
    const position = evening.till.replicas.get('main/orders')?.version ?? 0;
    evening.till.sendRaw({
      type: 'heartbeat',
      versions: { 'main/orders': position - 1 },
      queue: { length: 3, oldestAt: 1_234 },
    });
    await evening.pass(2);
    expect(device('till-1')).toMatchObject({ behind: 1, queue_length: 3, queue_oldest_at: 1_234 });
    evening.till.sendHeartbeat();
    await evening.pass(2);
    expect(device('till-1')).toMatchObject({ behind: 0, queue_length: 0, queue_oldest_at: null });
  });

  it('H-DEVICES-3 sends at most one delta a second', async () => {
    await manager.subscribe('devices');
    for (let count = 0; count < 20; count += 1) {
      evening.till.sendHeartbeat();
      evening.hub.timers.advance(100);
      await evening.settle();
    }
    expect(deltas('main/devices')).toBeGreaterThanOrEqual(1);
    expect(deltas('main/devices')).toBeLessThanOrEqual(3);
    expect(manager.gaps).toEqual([]);
  });

  it('H-DEVICES-4 has an epoch of its own, and `since` is ignored', async () => {
    const other = await evening.hub.client({ role: 'admin' });
    await other.subscribe('devices');
    evening.till.sendHeartbeat();
    await evening.pass(2);
    const snapshot = await manager.subscribe('devices');
    if (snapshot.type !== 'snapshot') throw new Error('no snapshot');
    expect(snapshot.epoch).not.toBe(evening.hub.store.epoch);
    const since = { epoch: snapshot.epoch, version: snapshot.version };
    expect(await manager.subscribe('devices', { since })).toMatchObject({ type: 'snapshot' });
  });

  it('H-DEVICES-5 the devices of another branch are not shown', async () => {
    await evening.hub.client({ role: 'cashier', branchId: 'other', deviceId: 'theirs' });
    await manager.subscribe('devices');
    expect(device('theirs')).toBeUndefined();
  });
});
