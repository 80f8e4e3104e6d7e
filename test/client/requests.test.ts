import { describe, expect, it } from 'vitest';
import { CommandRefused, type CommandAnswer } from '../../src/client/index.js';
import { scene, settle } from './support.js';

const BUMP = { order_id: 'o1', line_ids: ['l1'], status: 'ready' as const };
const ORDER = { order_type: 'takeaway' } as const;

function keysSent(connection: ReturnType<ReturnType<typeof scene>['connection']>): string[] {
  return connection.all('command').map((command) => command.key);
}

describe('commands', () => {
  it('C-CMD-1 a command resolves with its commit and what it wrote', async () => {
    const { client, connection } = scene();
    connection().welcome();
    await client.whenLive();
    const answer = client.command('order.open', { order_type: 'takeaway' }, { key: 'k1' });
    await settle();
    expect(connection().last('command')).toMatchObject({
      key: 'k1',
      name: 'order.open',
      branchId: 'main',
      payload: { order_type: 'takeaway' },
      clientAt: 900_000,
    });
    connection().ack('k1');
    expect(await answer).toEqual<CommandAnswer>({
      key: 'k1',
      version: 7,
      records: { order_header: { o1: 1 } },
      result: { records: { order_header: { o1: 1 } } },
      durability: 'full',
      replayed: false,
    });
  });

  it('C-CMD-2 what was made before the connection goes out when it is live, in order', async () => {
    const { client, connection } = scene();
    const answers = ['k1', 'k2', 'k3'].map((key) => client.command('order.open', ORDER, { key }));
    connection().welcome();
    await settle();
    expect(keysSent(connection())).toEqual(['k1', 'k2', 'k3']);
    for (const key of ['k1', 'k2', 'k3']) connection().ack(key);
    await Promise.all(answers);
  });

  it('C-CMD-3 after a lost connection the same key and content are sent again, unanswered ones only', async () => {
    const { client, connection, timers } = scene();
    connection().welcome();
    await client.whenLive();
    const answers = ['k1', 'k2', 'k3'].map((key) =>
      client.command('order.open', { ...ORDER, note: key }, { key }),
    );
    await settle();
    connection().ack('k2');
    const first = connection().all('command');
    connection().cut();
    timers.advance(500);
    connection().welcome();
    expect(connection().all('command')).toEqual([first[0], first[2]]);
    connection().ack('k1');
    connection().ack('k3');
    expect((await Promise.all(answers)).map((answer) => answer.key)).toEqual(['k1', 'k2', 'k3']);
  });

  it('C-CMD-4 a refusal rejects with its code and the records as they stand', async () => {
    const { client, connection } = scene();
    connection().welcome();
    const refused = client
      .command('kitchen.set_status', BUMP, { key: 'k1', expect: { order_line: { l1: 8 } } })
      .catch((error: unknown) => error);
    await settle();
    expect(connection().last('command').expect).toEqual({ order_line: { l1: 8 } });
    connection().refuse('k1', 'version_conflict');
    const error = await refused;
    expect(error).toBeInstanceOf(CommandRefused);
    expect(error).toMatchObject({
      code: 'version_conflict',
      key: 'k1',
      current: { order_line: { l1: { version: 9 } } },
    });
  });

  it('C-CMD-5 a retryable refusal is tried again with the same key, until its time is over', async () => {
    const { client, connection, timers } = scene();
    connection().welcome();
    let error: unknown;
    client.command('order.open', ORDER, { key: 'k1', retryMs: 3_000 }).catch((cause: unknown) => {
      error = cause;
    });
    await settle();
    connection().refuse('k1', 'overloaded', 1_000);
    timers.advance(1_400);
    expect(keysSent(connection())).toEqual(['k1']);
    timers.advance(100);
    expect(keysSent(connection())).toEqual(['k1', 'k1']);
    connection().refuse('k1', 'overloaded', 1_000);
    await settle();
    expect(error).toMatchObject({ code: 'overloaded', retryable: true });
    timers.advance(10_000);
    expect(keysSent(connection())).toEqual(['k1', 'k1']);
  });

  it('C-CMD-6 a retry that falls into a lost connection is sent once on the next', async () => {
    const { client, connection, timers } = scene();
    connection().welcome();
    const answer = client.command('order.open', ORDER, { key: 'k1' });
    await settle();
    connection().refuse('k1', 'overloaded');
    connection().cut();
    timers.advance(500);
    connection().welcome();
    expect(keysSent(connection())).toEqual(['k1']);
    connection().ack('k1');
    expect((await answer).version).toBe(7);
  });

  it('C-CMD-7 no more are in flight than the hub allows', async () => {
    const { client, connection } = scene();
    connection().welcome({ inFlight: 2 });
    for (const key of ['k1', 'k2', 'k3', 'k4']) {
      client.command('order.open', ORDER, { key }).catch(() => undefined);
    }
    await settle();
    expect(keysSent(connection())).toEqual(['k1', 'k2']);
    connection().ack('k1');
    expect(keysSent(connection())).toEqual(['k1', 'k2', 'k3']);
    connection().refuse('k2', 'overloaded');
    expect(keysSent(connection())).toEqual(['k1', 'k2', 'k3', 'k4']);
  });

  it('C-CMD-8 a message that the hub would close for is refused here', async () => {
    const { client, connection } = scene();
    connection().welcome();
    const refused = client.command('order.open', { ...ORDER, note: 'x'.repeat(70_000) });
    await expect(refused).rejects.toMatchObject({ code: 'validation_failed', retryable: false });
    expect(connection().all('command')).toEqual([]);
  });

  it('C-CMD-9 a command without a key gets one, and each its own', async () => {
    const { client, connection } = scene();
    connection().welcome();
    for (let count = 0; count < 2; count += 1) {
      client.command('order.open', ORDER).catch(() => undefined);
    }
    await settle();
    expect(new Set(keysSent(connection())).size).toBe(2);
  });

  it('C-QRY-1 a query resolves with its result, and survives a lost connection', async () => {
    const { client, connection, timers } = scene();
    connection().welcome();
    const result = client.query('order.list', { status: 'open' });
    await settle();
    connection().cut();
    timers.advance(500);
    connection().welcome();
    const { id, name, params } = connection().last('query');
    expect({ name, params }).toEqual({ name: 'order.list', params: { status: 'open' } });
    connection().say({ type: 'result', id, result: { orders: [], cursor: null } });
    expect(await result).toEqual({ orders: [], cursor: null });
  });
});
