import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HUB_LIMITS } from '../../src/hub/options.js';
import { encode } from '../../src/protocol/codec.js';
import { EVENING, TestHub } from '../support/hub.js';
import type { HubClient } from '../support/hub-client.js';

let hub: TestHub;
beforeEach(async () => {
  hub = await TestHub.open();
});
afterEach(async () => {
  await hub.close();
});

const RENEWED = { id: 'pat', name: 'Pat', role: 'cashier', branch_id: 'main', device_id: 'd1' };

/** A client whose token ends after so many milliseconds. */
async function shortLived(milliseconds: number): Promise<HubClient> {
  const client = hub.connect();
  await client.hello(JSON.stringify({ ...RENEWED, expires_in_ms: milliseconds }));
  return client;
}

describe('hello', () => {
  it('H-SES-1 a connection that says nothing for 5 s is closed with 4408', () => {
    const silent = hub.connect();
    hub.timers.advance(4_999);
    expect(silent.connection.closed).toBeNull();
    hub.timers.advance(1);
    expect(silent.connection.closed?.code).toBe(4408);
  });

  it('H-SES-1 hello in time stops the clock, pings alone do not', async () => {
    const welcomed = await hub.client({ role: 'waiter' });
    const pinging = hub.connect();
    pinging.events.alive();
    hub.timers.advance(5_000);
    expect(welcomed.connection.closed).toBeNull();
    expect(pinging.connection.closed?.code).toBe(4408);
  });

  it.each([
    { type: 'ping', id: '1' },
    { type: 'command', id: '1', key: 'k', name: 'no.such', branchId: 'main', payload: {} },
    { type: 'subscribe', id: '1', view: 'kitchen', branchId: 'main' },
    { type: 'heartbeat', versions: {} },
    { type: 'nonsense', id: '1' },
    { type: 'ping' },
  ])('H-SES-2 anything but hello first closes 4401, without an answer: $type', (message) => {
    const client = hub.connect('json');
    client.sendRaw(message);
    expect(client.connection.closed?.code).toBe(4401);
    expect(client.received).toEqual([]);
  });

  it.each([
    ['not a token', 'unauthenticated'],
    ['expired', 'token_expired'],
  ])('H-SES-3 the token "%s" is answered by an error, then 4401', async (token, code) => {
    const client = hub.connect();
    const reply = await client.hello(token);
    expect(reply).toMatchObject({ type: 'error', id: 'r1', code, status: 401 });
    expect(client.connection.closed?.code).toBe(4401);
  });

  it('H-SES-3 a token of a branch that is not here ends the same way', async () => {
    const client = hub.connect();
    const reply = await client.hello(hub.token({ role: 'cashier', branchId: 'elsewhere' }));
    expect(reply).toMatchObject({ type: 'error', code: 'forbidden' });
    expect(client.connection.closed?.code).toBe(4401);
  });

  it('H-SES-4 welcome says who the client is, the history, the durability and every limit', async () => {
    const client = hub.connect('json');
    const welcome = await client.hello(JSON.stringify(RENEWED));
    expect(welcome).toEqual({
      type: 'welcome',
      id: 'r1',
      sessionId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      epoch: hub.store.epoch,
      serverTime: EVENING,
      heartbeatMs: 5_000,
      durability: 'none',
      principal: RENEWED,
      limits: {
        message_bytes_max: 65_536,
        subscriptions_max: HUB_LIMITS.subscriptionsMax,
        commands_in_flight_max: HUB_LIMITS.commandsInFlightMax,
        commands_per_minute: HUB_LIMITS.commandsPerMinute,
      },
    });
  });

  it('H-SES-5 what is sent right behind hello waits for the welcome and is answered in order', async () => {
    const client = hub.connect();
    client.sendRaw({ type: 'hello', id: 'a', token: JSON.stringify(RENEWED) });
    client.sendRaw({ type: 'ping', id: 'b' });
    client.sendRaw({ type: 'subscribe', id: 'c', view: 'kitchen', branchId: 'main' });
    client.sendRaw({ type: 'ping', id: 'd' });
    await hub.settle();
    const answered = client.received.map((message) => ('id' in message ? message.id : null));
    expect(new Set(answered)).toEqual(new Set(['a', 'b', 'c', 'd']));
    expect(answered[0]).toBe('a');
    expect(answered.indexOf('b')).toBeLessThan(answered.indexOf('d'));
  });

  it('H-SES-5 the bytes of a message that waits are kept, though the caller uses them again', async () => {
    const client = hub.connect();
    client.sendRaw({ type: 'hello', id: 'a', token: JSON.stringify(RENEWED) });
    const bytes = encode({ type: 'ping', id: 'b' }, 'msgpack');
    client.events.message(bytes);
    bytes.fill(0);
    await hub.settle();
    expect(client.ofType('pong')).toMatchObject([{ id: 'b', serverTime: EVENING }]);
  });

  it('H-SES-5 a client too far ahead of its welcome is closed with 4429', () => {
    const client = hub.connect();
    client.sendRaw({ type: 'hello', id: 'a', token: JSON.stringify(RENEWED) });
    for (let count = 0; count < 65; count += 1) client.sendRaw({ type: 'ping', id: 'b' });
    expect(client.connection.closed?.code).toBe(4429);
  });

  it('H-SES-6 a hello with a wrong field is told so and may be said again', async () => {
    const client = hub.connect();
    client.sendRaw({ type: 'hello', id: 'a' });
    await hub.settle();
    expect(client.ofType('error')).toMatchObject([{ id: 'a', code: 'bad_message' }]);
    expect(await client.hello(JSON.stringify(RENEWED))).toMatchObject({ type: 'welcome' });
  });

  it('H-SES-6 a second hello is bad_message, and the session goes on', async () => {
    const client = await hub.client({ role: 'cashier' });
    expect(await client.hello(JSON.stringify(RENEWED))).toMatchObject({ code: 'bad_message' });
    expect(await client.request({ type: 'ping' })).toMatchObject({ type: 'pong' });
  });
});

describe('auth', () => {
  it('H-AUTH-1 a fresh token of the same subject renews in place', async () => {
    const client = await shortLived(10_000);
    hub.timers.advance(8_000);
    const token = JSON.stringify({ ...RENEWED, expires_in_ms: 10_000 });
    expect(await client.request({ type: 'auth', token })).toEqual({ type: 'ack', id: 'r2' });
    hub.timers.advance(8_000);
    expect(client.connection.closed).toBeNull();
  });

  it.each([
    ['another person', { id: 'alex' }],
    ['another role', { role: 'manager' }],
    ['another branch', { branch_id: 'other' }],
  ])(
    'H-AUTH-2 a token of %s is forbidden, and the session stays as it was',
    async (_what, part) => {
      const client = await shortLived(60_000);
      const token = JSON.stringify({ ...RENEWED, ...part });
      expect(await client.request({ type: 'auth', token })).toMatchObject({ code: 'forbidden' });
      expect(await client.request({ type: 'ping' })).toMatchObject({ type: 'pong' });
      expect(await client.subscribe('devices')).toMatchObject({ code: 'forbidden' });
    },
  );

  it('H-AUTH-2 a wrong or expired token renews nothing', async () => {
    const client = await shortLived(10_000);
    const expired = await client.request({ type: 'auth', token: 'expired' });
    expect(expired).toMatchObject({ code: 'token_expired' });
    const wrong = await client.request({ type: 'auth', token: '?' });
    expect(wrong).toMatchObject({ code: 'unauthenticated' });
    hub.timers.advance(10_000);
    expect(client.connection.closed?.code).toBe(4401);
  });

  it('H-AUTH-3 when the token has expired the connection is closed with 4401', async () => {
    const client = await shortLived(10_000);
    hub.timers.advance(9_999);
    expect(client.connection.closed).toBeNull();
    hub.timers.advance(1_001);
    expect(client.connection.closed).toMatchObject({ code: 4401 });
  });
});
