import { describe, expect, it } from 'vitest';
import { Refused, type ReplicaState } from '../../src/client/index.js';
import { scene, settle, type Scene } from './support.js';

const ROWS = [{ id: 'l1', version: 1 }];

/** A client that follows the kitchen and holds version 5. */
const ORDER = { order_type: 'takeaway' } as const;

function following(): Scene & { readonly replica: ReturnType<Scene['client']['subscribe']> } {
  const stage = scene();
  stage.connection().welcome();
  const replica = stage.client.subscribe('main/kitchen');
  stage.connection().snapshot(5, ROWS);
  return { ...stage, replica };
}

function ids(replica: ReturnType<Scene['client']['subscribe']>): string[] {
  return [...(replica.tables.get('order_line')?.keys() ?? [])];
}

describe('replica', () => {
  it('C-REP-1 it holds the snapshot, then each delta that fits', async () => {
    const { connection, replica } = following();
    await replica.ready;
    const seen: string[] = [];
    replica.onChange((change) => seen.push(change.kind));
    connection().delta(5, 8, 'l2');
    connection().delta(4, 8, 'old');
    connection().delta(6, 9, 'l3');
    expect(replica.version).toBe(9);
    expect(ids(replica)).toEqual(['l1', 'l2', 'l3']);
    expect(seen).toEqual(['changes', 'changes']);
    expect(connection().last('subscribe')).not.toHaveProperty('since');
  });

  it('C-REP-2 a gap asks once for what is missing, and is lagging until it comes', () => {
    const { connection, replica } = following();
    connection().delta(7, 9, 'l2');
    connection().delta(9, 10, 'l3');
    expect(connection().all('subscribe')).toHaveLength(2);
    expect(connection().last('subscribe').since).toEqual({ epoch: 'e1', version: 5 });
    expect(replica.state).toBe('lagging');
    connection().say({
      type: 'snapshot:delta',
      id: connection().last('subscribe').id,
      channel: 'main/kitchen',
      epoch: 'e1',
      baseVersion: 5,
      newVersion: 10,
      serverTime: 0,
      changes: { order_line: { inserted: [{ id: 'l3', version: 1 }], deleted: ['l1'] } },
    });
    expect(ids(replica)).toEqual(['l3']);
    expect(replica).toMatchObject({ state: 'live', version: 10 });
  });

  it('C-REP-3 a catch-up that does not fit, or does not help, is followed by a snapshot', () => {
    const { connection, replica } = following();
    connection().heartbeat(6);
    connection().say({
      type: 'snapshot:delta',
      channel: 'main/kitchen',
      epoch: 'another',
      baseVersion: 5,
      newVersion: 6,
      serverTime: 0,
      changes: {},
    });
    expect(connection().last('subscribe')).not.toHaveProperty('since');
    connection().snapshot(3, [], 'another');
    expect(replica).toMatchObject({ state: 'live', version: 3 });
    connection().heartbeat(3);
    expect(connection().all('subscribe')).toHaveLength(3);
  });

  it('C-REP-4 a heartbeat ahead of the copy is a gap, unless it is lagging', () => {
    const { connection, replica } = following();
    connection().say({ type: 'notice', code: 'lagging', message: '', channel: 'main/kitchen' });
    connection().heartbeat(9);
    expect(connection().all('subscribe')).toHaveLength(1);
    connection().snapshot(9, ROWS);
    connection().heartbeat(9);
    expect(connection().all('subscribe')).toHaveLength(1);
    connection().heartbeat(10);
    expect(connection().last('subscribe').since).toEqual({ epoch: 'e1', version: 9 });
    expect(replica.state).toBe('lagging');
  });

  it('C-REP-5 an unasked catch-up is applied like an asked one', () => {
    const { connection, replica } = following();
    connection().say({ type: 'notice', code: 'resync', message: '' });
    expect(replica.state).toBe('lagging');
    connection().say({
      type: 'snapshot:delta',
      channel: 'main/kitchen',
      epoch: 'e1',
      baseVersion: 4,
      newVersion: 12,
      serverTime: 0,
      changes: { order_line: { deleted: ['l1', 'never held'] } },
    });
    expect(replica).toMatchObject({ state: 'live', version: 12 });
    expect(ids(replica)).toEqual([]);
  });

  it('C-REP-6 after a reconnect it asks with what it holds, and is stale until the answer', () => {
    const { connection, timers, replica } = following();
    connection().cut();
    expect(replica.state).toBe('stale');
    timers.advance(500);
    connection().welcome();
    expect(connection().last('subscribe').since).toEqual({ epoch: 'e1', version: 5 });
    expect(replica.state).toBe('stale');
    connection().snapshot(6, []);
    expect(replica.state).toBe('live');
  });

  it('C-REP-7 silence of nine seconds makes it stale, and a word makes it live again (I10)', () => {
    const { connection, timers, replica } = following();
    const states: ReplicaState[] = [];
    replica.onChange((change) => {
      if (change.kind === 'state') states.push(change.state);
    });
    timers.advance(8_999);
    expect(replica.state).toBe('live');
    timers.advance(1);
    expect(replica.state).toBe('stale');
    connection().heartbeat(5);
    expect(states).toEqual(['stale', 'live']);
  });

  it('C-REP-8 each heartbeat of the hub is answered with what was applied; without a queue nothing is owed', async () => {
    const { client, connection } = following();
    void client.command('order.open', ORDER, { key: 'k1' }).catch(() => undefined);
    await settle();
    connection().delta(5, 6, 'l2');
    connection().heartbeat(6);
    expect(connection().last('heartbeat')).toEqual({
      type: 'heartbeat',
      versions: { 'main/kitchen': 6 },
      queue: { length: 0, oldestAt: null },
    });
  });

  it('C-REP-9 a refused channel rejects; a retryable refusal is tried again', async () => {
    const { client, connection, timers } = following();
    const forbidden = client.subscribe('other/kitchen');
    const refusal = { type: 'error', status: 403, message: 'not yours' } as const;
    const { id } = connection().last('subscribe');
    connection().say({ ...refusal, id, code: 'forbidden', retryable: false });
    await expect(forbidden.ready).rejects.toBeInstanceOf(Refused);
    const later = client.subscribe('main/menu');
    connection().say({
      ...refusal,
      id: connection().last('subscribe').id,
      code: 'overloaded',
      retryable: true,
    });
    const before = connection().all('subscribe').length;
    timers.advance(500);
    expect(connection().all('subscribe')).toHaveLength(before + 1);
    expect(later.state).toBe('stale');
    expect(() => client.subscribe('nonsense')).toThrow('not the name of a channel');
  });

  it('C-REP-10 one replica a channel; closing it unsubscribes and it hears nothing more', () => {
    const { client, connection, replica } = following();
    expect(client.subscribe('main/kitchen')).toBe(replica);
    replica.close();
    expect(connection().last('unsubscribe').channel).toBe('main/kitchen');
    connection().delta(5, 6, 'l2');
    expect(replica).toMatchObject({ version: 5, state: 'stale' });
  });

  it('C-REP-11 `until` resolves at the change that makes it true', async () => {
    const { connection, replica } = following();
    let done = false;
    void replica
      .until(({ version }) => version >= 7)
      .then(() => {
        done = true;
      });
    connection().delta(5, 6, 'l2');
    await settle();
    expect(done).toBe(false);
    connection().delta(6, 7, 'l3');
    await settle();
    expect(done).toBe(true);
  });
});
