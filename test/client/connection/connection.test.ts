import { describe, expect, it } from 'vitest';
import { ClientEnded, type ConnectionState } from '../../../src/client/index.js';
import { scene, settle } from '../support.js';

const ORDER = { order_type: 'takeaway' } as const;

describe('connection', () => {
  it.each(['msgpack', 'json'] as const)(
    'C-CONN-1 the first message is hello with the token and who it is, in %s',
    async (encoding) => {
      const { client, connection } = scene({ encoding, clientName: 'grill screen' });
      connection().welcome();
      expect(connection().sent[0]).toMatchObject({
        type: 'hello',
        token: 't1',
        client: { name: 'grill screen' },
      });
      expect((await client.whenLive()).principal.role).toBe('cashier');
      expect(client.serverNow()).toBe(1_000_000);
    },
  );

  it('C-CONN-2 it comes back for ever, with back-off, and continues its session', () => {
    const { client, timers, connections, connection } = scene();
    connection().welcome({ sessionId: 's9' });
    const waits: number[] = [];
    for (let tries = 0; tries < 8; tries += 1) {
      connection().cut();
      const { state } = client;
      if (state.kind === 'offline') waits.push(state.nextTryInMs ?? NaN);
      timers.advance(waits.at(-1) ?? 0);
    }
    expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000, 10_000]);
    expect(connections).toHaveLength(9);
    connection().open();
    expect(connection().last('hello').sessionId).toBe('s9');
  });

  it('C-CONN-3 a connection that lived for a while begins the back-off anew', () => {
    const { client, timers, connection } = scene();
    connection().cut();
    timers.advance(500);
    connection().welcome();
    timers.advance(5_000);
    connection().cut();
    expect(client.state).toMatchObject({ kind: 'offline', nextTryInMs: 500 });
  });

  it('C-CONN-4 it waits at least as long as the last notice asked for', () => {
    const { client, connection } = scene();
    connection().welcome();
    connection().say({ type: 'notice', code: 'draining', message: '', retryAfterMs: 7_000 });
    connection().cut(1012);
    expect(client.state).toMatchObject({ kind: 'offline', nextTryInMs: 7_500 });
  });

  it.each([
    [1000, 'refused'],
    [1001, 'refused'],
    [4400, 'refused'],
    [4401, 'refused'],
    [4409, 'refused'],
    [1006, 'offline'],
    [1012, 'offline'],
    [1013, 'offline'],
    [4413, 'offline'],
    [4429, 'offline'],
  ])('C-CONN-5 close code %i leaves it %s', async (code, kind) => {
    const { client, connection } = scene();
    connection().welcome();
    const command = client
      .command('order.open', ORDER, { key: 'k' })
      .catch((error: unknown) => error);
    connection().cut(code);
    expect(client.state.kind).toBe(kind);
    if (kind === 'refused') expect(await command).toBeInstanceOf(ClientEnded);
  });

  it('C-CONN-6 a fresh token is fetched for each connection; one that was refused is not shown again', async () => {
    const tokens = ['t1', 't1', 't2'];
    const { timers, connections, connection } = scene({
      token: () => Promise.resolve(tokens.shift() ?? 'none'),
    });
    await settle();
    connection().open();
    connection().cut(4401);
    timers.advance(500);
    await settle();
    expect(connections).toHaveLength(1);
    timers.advance(1_000);
    await settle();
    connection().open();
    expect(connection().last('hello').token).toBe('t2');
  });

  it('C-CONN-26 a hello that was too slow for the network is tried again, with a fresh token', async () => {
    const tokens = ['t1', 't2'];
    const { client, timers, connection } = scene({
      token: () => Promise.resolve(tokens.shift() ?? 'none'),
    });
    await settle();
    connection().open();
    connection().cut(4408);
    expect(client.state.kind).toBe('offline');
    timers.advance(1_000);
    await settle();
    connection().open();
    expect(connection().last('hello').token).toBe('t2');
  });

  it('C-CONN-7 a token that cannot be fetched is asked for again', async () => {
    let tries = 0;
    const { client, timers, connections } = scene({
      token: async () => {
        tries += 1;
        if (tries === 1) throw new Error('the network is down');
        return 't1';
      },
    });
    await settle();
    expect(client.state).toMatchObject({ kind: 'offline' });
    timers.advance(500);
    await settle();
    expect(connections).toHaveLength(1);
  });

  it('C-CONN-8 late events of an old connection change nothing', async () => {
    const { client, timers, connections, connection } = scene();
    connection().welcome();
    const replica = client.subscribe('main/kitchen');
    connection().snapshot(5, []);
    timers.advance(15_000);
    const [old] = connections;
    expect(old?.closedByClient).toBe(true);
    timers.advance(500);
    connection().welcome();
    connection().snapshot(6, []);
    old?.delta(5, 9, 'ghost');
    old?.cut(4409);
    await settle();
    expect(client.state.kind).toBe('live');
    expect(replica.version).toBe(6);
  });

  it('C-CONN-9 without a welcome in time it tries again', () => {
    const { client, timers, connections } = scene();
    const states: ConnectionState['kind'][] = [];
    client.onState(({ kind }) => {
      if (kind !== states.at(-1)) states.push(kind);
    });
    timers.advance(10_500);
    expect(states).toEqual(['connecting', 'offline', 'connecting']);
    expect(connections).toHaveLength(2);
  });

  it('C-CONN-10 after closing it does not come back, and rejects what is not answered', async () => {
    const { client, timers, connection } = scene();
    connection().welcome();
    const command = client
      .command('order.open', ORDER, { key: 'k' })
      .catch((error: unknown) => error);
    await settle();
    client.close();
    timers.advance(3_600_000);
    expect(connection().closedByClient).toBe(true);
    expect(await command).toBeInstanceOf(ClientEnded);
    await expect(client.whenLive()).rejects.toBeInstanceOf(ClientEnded);
    await expect(client.subscribe('main/menu').ready).rejects.toBeInstanceOf(ClientEnded);
    await expect(client.command('order.open', ORDER)).rejects.toBeInstanceOf(ClientEnded);
  });
});
