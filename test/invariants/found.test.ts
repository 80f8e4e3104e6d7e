/** What random traffic found, each as the shortest way to it. */
import { afterEach, describe, expect, it } from 'vitest';
import { ReplicaChecker } from '../support/checkers/replica-checker.js';
import { memoryEngine } from '../support/random-traffic/engine.js';
import { House } from './house.js';

let house: House;
afterEach(async () => {
  await house.close();
});

describe('found by random traffic', () => {
  it('I2 a retry that meets another content under its key still gets its own answer', async () => {
    house = await House.open(memoryEngine);
    const till = await house.begin();
    const lines = [{ line_id: 'l2', item_id: 'lager', qty: 1 }];
    const payload = { order_id: 'o1', lines };
    const first = await till.command('order.add_lines', payload, { key: 'k1' });
    const [other, retried] = await Promise.all([
      till.command('order.send', { order_id: 'o1' }, { key: 'k1' }),
      till.command('order.add_lines', payload, { key: 'k1' }),
    ]);
    expect(other).toMatchObject({ type: 'error', code: 'idempotency_key_reused' });
    expect(retried).toEqual({ ...first, id: retried.id, replayed: true });
  });

  it('I4 a heartbeat that waited behind deltas goes with them when they are dropped', async () => {
    house = await House.open(memoryEngine, { socketBytesMax: 100, outboxBytesMax: 700 });
    const till = await house.begin();
    const { timers } = house.hub;
    const manager = await house.client({ role: 'manager' });
    await manager.subscribe('shift');
    const [shift] = manager.rows('main/shift', 'pos_shift');
    const paidIn = async (): Promise<void> => {
      await till.command('cash.paid_in', { shift_id: shift!.id, amount: 100, reason: 'float' });
    };
    await paidIn();
    manager.connection.stall();
    for (const id of ['a', 'b', 'c']) manager.sendRaw({ type: 'ping', id });
    // The delta and the heartbeat of its version are queued behind more than the socket takes.
    timers.advance(5_000);
    for (let round = 0; round < 4; round += 1) {
      await paidIn();
      timers.advance(1_000);
      await house.hub.settle();
    }
    manager.connection.resume();
    for (let round = 0; round < 20; round += 1) {
      manager.events.drained();
      await house.hub.settle();
    }
    expect(manager.notices.map(({ code }) => code)).toContain('lagging');
    const checker = new ReplicaChecker();
    checker.followed('manager', manager.received, new Map());
    expect(checker.findings()).toEqual([]);
  });

  it('I4 who comes back where a derived channel begins anew holds its rows under their new versions', async () => {
    house = await House.open(memoryEngine);
    const till = await house.begin();
    const { timers } = house.hub;
    const manager = await house.client({ role: 'manager' });
    await manager.subscribe('shift');
    const [shift] = manager.rows('main/shift', 'pos_shift');
    timers.advance(2_000);
    // Changes the channel and not the totals.
    await till.command('cash.no_sale', { shift_id: shift!.id, reason: 'change' });
    timers.advance(2_000);
    await house.hub.settle();
    const held = manager.replicas.get('main/shift')!;
    manager.cut();
    const back = await house.client({ role: 'manager' });
    back.replicas.set('main/shift', held);
    await back.subscribe('shift', { since: { epoch: held.epoch, version: held.version } });
    const auditor = await house.client({ role: 'manager' });
    await auditor.subscribe('shift');
    const checker = new ReplicaChecker();
    checker.held('manager', 'main/shift', {
      held: back.replicas.get('main/shift')!,
      fresh: auditor.replicas.get('main/shift')!,
    });
    expect(checker.findings()).toEqual([]);
  });
});
