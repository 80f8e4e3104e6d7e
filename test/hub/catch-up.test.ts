import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SnapshotDeltaMessage } from '../../src/protocol/messages.js';
import type { HubClient } from '../support/hub-client.js';
import { Evening } from './evening.js';

let evening: Evening;
let watcher: HubClient;
let epoch = '';
beforeEach(async () => {
  evening = await Evening.begin();
  epoch = evening.hub.store.epoch;
  // Orders enough that what a client lacks is less than everything.
  for (const id of ['a', 'b', 'c', 'd']) await evening.sent(id, ['burger', 'chips']);
  watcher = await evening.hub.client({ role: 'manager' });
  await watcher.subscribe('orders');
  await watcher.subscribe('kitchen');
});
afterEach(async () => {
  await evening.end();
});

function versionOf(channel: string): number {
  return watcher.replicas.get(channel)?.version ?? 0;
}

async function catchUp(view: 'orders' | 'kitchen', version: number, ofEpoch = epoch) {
  const client = await evening.hub.client({ role: 'manager' });
  return client.subscribe(view, { since: { epoch: ofEpoch, version } });
}

describe('subscribe with since', () => {
  it('H-CATCH-1 the same epoch brings what was written since, net, in one snapshot:delta', async () => {
    const since = versionOf('main/kitchen');
    await evening.bump('a', ['a-1'], 'preparing');
    await evening.bump('a', ['a-1'], 'ready');
    await evening.bump('b', ['b-1', 'b-2'], 'served');
    await evening.settle();
    const reply = (await catchUp('kitchen', since)) as SnapshotDeltaMessage;
    expect(reply).toMatchObject({
      type: 'snapshot:delta',
      id: 'r2',
      channel: 'main/kitchen',
      epoch,
      baseVersion: since,
      newVersion: versionOf('main/kitchen'),
      serverTime: evening.hub.clock.now(),
    });
    const { order_header: headers, order_line: lines } = reply.changes;
    expect(lines?.inserted).toMatchObject([{ id: 'a-1', status: 'ready', version: 4 }]);
    expect(lines?.deleted?.toSorted()).toEqual(['b-1', 'b-2']);
    expect(headers?.inserted?.map(({ id }) => id)).toEqual(['a']);
    expect(headers?.deleted).toEqual(['b']);
  });

  it('H-CATCH-2 a client that holds an older version ends equal to one that never left', async () => {
    const gone = await evening.hub.client({ role: 'manager' });
    await gone.subscribe('orders');
    const held = gone.replicas.get('main/orders');
    gone.cut();
    await evening.bump('a', ['a-1'], 'ready');
    await evening.give(
      'order.transfer',
      { order_id: 'b', table_no: '9' },
      {
        changing: { order_header: ['b'] },
      },
    );
    await evening.pay('c', 100);
    await evening.order('e', ['pie']);
    await evening.settle();
    const back = await evening.hub.client({ role: 'manager' });
    if (held !== undefined) back.replicas.set('main/orders', held);
    const reply = await back.subscribe('orders', {
      since: { epoch, version: held?.version ?? 0 },
    });
    expect(reply.type).toBe('snapshot:delta');
    for (const table of ['order_header', 'order_line', 'order_payment', 'order_adjustment']) {
      const byId = (client: HubClient) =>
        new Map(client.rows('main/orders', table).map((row) => [row.id, row]));
      expect(byId(back), table).toEqual(byId(watcher));
    }
  });

  it('H-CATCH-3 nothing missed: an empty snapshot:delta at the present version', async () => {
    const version = versionOf('main/orders');
    expect(await catchUp('orders', version)).toMatchObject({
      type: 'snapshot:delta',
      baseVersion: version,
      newVersion: version,
      changes: {},
    });
  });

  it('H-CATCH-3 commits that did not touch the view are nothing missed', async () => {
    const version = versionOf('main/kitchen');
    await evening.give('cash.no_sale', { shift_id: evening.shiftId, reason: 'change' });
    await evening.order('unsent', ['burger']);
    expect(await catchUp('kitchen', version)).toMatchObject({
      type: 'snapshot:delta',
      newVersion: version,
      changes: {},
    });
  });

  it('H-CATCH-4 another epoch, or a version above the present one, gets a snapshot', async () => {
    const version = versionOf('main/orders');
    expect(await catchUp('orders', version, 'another')).toMatchObject({ type: 'snapshot' });
    expect(await catchUp('orders', version + 1)).toMatchObject({ type: 'snapshot' });
  });

  it('H-CATCH-5 a version below the horizon gets a snapshot, in every view of orders', async () => {
    const [orders, kitchen] = [versionOf('main/orders'), versionOf('main/kitchen')];
    await evening.bump('a', ['a-1'], 'ready');
    await evening.closeShift(true);
    expect(await catchUp('orders', orders)).toMatchObject({ type: 'snapshot' });
    expect(await catchUp('kitchen', kitchen)).toMatchObject({ type: 'snapshot' });
  });

  it('H-CATCH-6 what would not be smaller than everything comes as a snapshot', async () => {
    const since = versionOf('main/kitchen');
    for (const id of ['a', 'b', 'c', 'd']) {
      await evening.bump(id, [`${id}-1`, `${id}-2`], 'preparing');
    }
    await evening.settle();
    expect(await catchUp('kitchen', since)).toMatchObject({ type: 'snapshot' });
  });

  it('H-CATCH-7 a reconnect after little has changed costs a small part of the snapshot', async () => {
    for (let count = 0; count < 100; count += 1) {
      await evening.order(`n${String(count)}`, ['chips']);
    }
    // Past the pause that a channel makes when it changes all the time.
    evening.hub.timers.advance(10);
    await evening.settle();
    const since = versionOf('main/orders');
    await evening.bump('a', ['a-1'], 'ready');
    await evening.settle();
    const client = await evening.hub.client({ role: 'manager' });
    await client.subscribe('orders', { since: { epoch, version: since } });
    const small = client.frames.at(-1)?.bytes ?? 0;
    await client.subscribe('orders');
    const whole = client.frames.at(-1)?.bytes ?? 0;
    expect(small).toBeLessThan(whole / 50);
  });
});

describe('where snapshots are cut', () => {
  it('H-CATCH-8 a snapshot lies at a delta boundary: the next delta begins at its version', async () => {
    // The subscription arrives while the commit's delta is still due.
    const opened = evening.order('x', ['burger']);
    const client = await evening.hub.client({ role: 'manager' });
    const snapshot = await client.subscribe('orders');
    await opened;
    await evening.order('y', ['burger']);
    await evening.settle();
    expect(snapshot.type).toBe('snapshot');
    expect(client.gaps).toEqual([]);
    const version = snapshot.type === 'snapshot' ? snapshot.version : -1;
    const later = client.ofType('delta').filter(({ newVersion }) => newVersion > version);
    expect(later[0]?.baseVersion).toBe(version);
    const bases = watcher.ofType('delta').map(({ baseVersion }) => baseVersion);
    expect(bases).toContain(version);
  });

  it('H-CATCH-9 versions of a channel skip the commits that did not touch it, and never leave a gap', async () => {
    await evening.give('cash.no_sale', { shift_id: evening.shiftId, reason: 'change' });
    await evening.order('x', ['burger']);
    await evening.give('cash.no_sale', { shift_id: evening.shiftId, reason: 'change' });
    await evening.give('order.send', { order_id: 'x' });
    await evening.settle();
    const deltas = watcher.ofType('delta').filter(({ channel }) => channel === 'main/orders');
    expect(deltas[1]?.baseVersion).toBe(deltas[0]?.newVersion);
    expect((deltas[1]?.newVersion ?? 0) - (deltas[1]?.baseVersion ?? 0)).toBe(2);
    expect(watcher.gaps).toEqual([]);
  });
});
