import { afterEach, describe, expect, it } from 'vitest';
import type { HubLimits } from '../../src/hub/options.js';
import type { FaultyStore } from '../support/faulty-store.js';
import type { Evening } from './evening.js';
import { beginFaulty } from './faulty-evening.js';

let evening: Evening;
let store: FaultyStore;
afterEach(async () => {
  store.release();
  await evening.settle();
  await evening.end();
});

async function begin(limits: Partial<HubLimits>): Promise<void> {
  ({ evening, store } = await beginFaulty({ limits }));
}

const OPEN = { order_type: 'takeaway' } as const;

describe('a connection’s requests', () => {
  it('H-LIM-1 more at a time than welcome told are overloaded, at once; the others are carried out', async () => {
    await begin({ commandsInFlightMax: 3 });
    const client = await evening.hub.client({ role: 'waiter' });
    expect(client.welcome?.limits.commands_in_flight_max).toBe(3);
    store.switchOn('delay_settle', 3);
    const started = [1, 2, 3].map(() => client.command('order.open', OPEN));
    const fourth = await client.command('order.open', OPEN, { key: 'k4' });
    expect(fourth).toMatchObject({ code: 'overloaded', status: 503, key: 'k4', retryable: true });
    const query = await client.query('kitchen.recent', {});
    expect(query).toMatchObject({ code: 'overloaded' });
    await evening.settle();
    store.release();
    const replies = await Promise.all(started);
    expect(replies.map(({ type }) => type)).toEqual(['ack', 'ack', 'ack']);
    expect((await client.command('order.open', OPEN)).type).toBe('ack');
  });

  it('H-LIM-1 one connection’s flood does not keep another from its commands', async () => {
    await begin({ commandsInFlightMax: 2 });
    const flood = await evening.hub.client({ role: 'waiter' });
    const replies = Array.from({ length: 20 }, () => flood.command('order.open', OPEN));
    expect((await evening.till.command('order.open', OPEN)).type).toBe('ack');
    const settled = await Promise.all(replies);
    expect(settled.filter(({ type }) => type === 'ack')).toHaveLength(2);
  });

  it('H-LIM-4 more messages a minute than any client needs close with 4429', async () => {
    await begin({ messagesPerMinuteMax: 10 });
    const { hub } = evening;
    const flood = await hub.client({ role: 'waiter' });
    for (let count = 2; count <= 10; count += 1) flood.sendRaw({ type: 'ping', id: 'p' });
    expect(flood.connection.closed).toBeNull();
    flood.sendRaw({ type: 'ping', id: 'one too many' });
    expect(flood.connection.closed).toMatchObject({ code: 4429 });
    const patient = await hub.client({ role: 'waiter' });
    for (let half = 0; half < 4; half += 1) {
      for (let count = 0; count < 4; count += 1) patient.sendRaw({ type: 'ping', id: 'p' });
      hub.timers.advance(29_000);
      patient.events.alive();
      hub.timers.advance(1_000);
    }
    expect(patient.connection.closed).toBeNull();
  });

  it('H-LIM-2 more a minute than welcome told are rate_limited until the minute is over', async () => {
    await begin({ commandsPerMinute: 5 });
    const client = await evening.hub.client({ role: 'waiter' });
    expect(client.welcome?.limits.commands_per_minute).toBe(5);
    for (let count = 0; count < 5; count += 1) {
      expect((await client.command('order.open', OPEN)).type).toBe('ack');
    }
    evening.hub.timers.advance(20_000);
    expect(await client.command('order.open', OPEN)).toMatchObject({
      code: 'rate_limited',
      status: 429,
      retryable: true,
      retryAfterMs: 40_000,
    });
    expect(await client.request({ type: 'ping' })).toMatchObject({ type: 'pong' });
    evening.hub.timers.advance(25_000);
    client.events.alive();
    evening.hub.timers.advance(15_000);
    expect((await client.command('order.open', OPEN)).type).toBe('ack');
  });
});

describe('broken messages', () => {
  const brokenBytes: readonly (readonly [string, string, Uint8Array])[] = [
    ['not decodable', 'json', new TextEncoder().encode('{"type":')],
    ['not a map', 'json', new TextEncoder().encode('[1,2]')],
    ['no type', 'json', new TextEncoder().encode('{"id":"1"}')],
    ['not decodable', 'msgpack', Uint8Array.of(0xc1)],
    ['an extension', 'msgpack', Uint8Array.of(0x81, 0xa1, 0x74, 0xd4, 0x01, 0x00)],
    ['too deep', 'json', new TextEncoder().encode(`{"type":${'['.repeat(20)}${']'.repeat(20)}}`)],
    ['a prototype key', 'json', new TextEncoder().encode('{"type":"ping","__proto__":{}}')],
  ];

  it.each(brokenBytes)(
    'H-LIM-3 %s (%s) closes 4400 with a reason',
    async (_what, encoding, bytes) => {
      await begin({});
      const client = await evening.hub.client({
        role: 'waiter',
        encoding: encoding as 'json' | 'msgpack',
      });
      client.events.message(bytes);
      expect(client.connection.closed?.code).toBe(4400);
      expect(client.connection.closed?.reason).not.toBe('');
    },
  );

  it('H-LIM-3 a message above 64 KiB closes 1009', async () => {
    await begin({});
    const client = await evening.hub.client({ role: 'waiter' });
    client.sendRaw({ type: 'ping', id: '1', more: 'x'.repeat(65_536) });
    expect(client.connection.closed?.code).toBe(1009);
  });
});
