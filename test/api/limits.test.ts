import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../src/store/memory/memory-store.js';
import { dial, JSON_TEXT } from '../server/door.js';
import { FaultyStore } from '../support/faulty-store.js';
import { Served, type Answer } from './served.js';

let api: Served;
afterEach(() => api.stop());

const ORDER = { order_type: 'takeaway' };

function expectRefused(answer: Answer, code: string, status: number): void {
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  expect(answer.body).toMatchObject({ code, retryable: true });
  const seconds = Number(answer.headers.get('retry-after'));
  expect(seconds).toBe(Math.ceil(Number(answer.body['retryAfterMs']) / 1_000));
  expect(seconds).toBeGreaterThan(0);
}

describe('limits of the API', () => {
  it('L-HTTP-1 requests are counted with those of the same device and person over WebSocket, kind by kind', async () => {
    api = await Served.start({ commandsPerMinute: 2 });
    await api.give('shift.open', { opening_float: 1 });
    const socket = await dial(Number(new URL(api.server.url).port), [JSON_TEXT]);
    const say = async (message: object): Promise<Record<string, unknown>> => {
      socket.send(JSON.stringify(message));
      const [data] = (await once(socket, 'message')) as [Buffer];
      return JSON.parse(data.toString()) as Record<string, unknown>;
    };
    await say({ type: 'hello', id: 'h', token: await api.token({ role: 'cashier' }) });
    const command = { type: 'command', name: 'order.open', branchId: 'main', payload: ORDER };
    expect(await say({ ...command, id: '1', key: 'w1' })).toMatchObject({ type: 'ack' });
    expect((await api.give('order.open', ORDER)).status).toBe(200);
    expectRefused(await api.give('order.open', ORDER), 'rate_limited', 429);
    expect(await say({ ...command, id: '2', key: 'w2' })).toMatchObject({ code: 'rate_limited' });
    expect((await api.give('cash.no_sale', { shift_id: 'none', reason: 'x' })).status).toBe(404);
    expect((await api.ask('GET', '/branches/main/orders')).status).toBe(200);
    expect((await api.ask('GET', '/branches/main/orders')).status).toBe(200);
    expectRefused(await api.ask('GET', '/branches/main/orders'), 'rate_limited', 429);
    socket.close();
  });

  it('L-HTTP-2 what the hub has no room for is 503 with Retry-After, kind by kind', async () => {
    const nextTick = (run: () => void) => void setImmediate(run);
    const inner = createMemoryStore({ clock: { now: () => 1 }, newId: () => 'e', nextTick });
    const store = new FaultyStore(inner, nextTick);
    api = await Served.start({}, { store, limits: { requestsUnderWayMax: 2 } });
    await api.withOrder('o1');
    store.switchOn('delay_settle');
    const under = api.give('order.open', ORDER);
    while (store.held === 0) await new Promise((resolve) => setImmediate(resolve));
    expectRefused(await api.ask('GET', '/branches/main/orders'), 'overloaded', 503);
    const payment = { order_id: 'o1', method: 'card', amount: 1 };
    const paid = api.give('payment.add', payment);
    while (store.held < 2) await new Promise((resolve) => setImmediate(resolve));
    expectRefused(await api.give('payment.add', payment), 'overloaded', 503);
    store.switchOff('delay_settle');
    store.release();
    expect([(await under).status, (await paid).status]).toEqual([200, 200]);
    expect((await api.ask('GET', '/branches/main/orders')).status).toBe(200);
  });

  it('L-HTTP-3 requests that nobody answers for are counted by address, a wrong token ten times; valid tokens go on', async () => {
    api = await Served.start({ unauthenticatedPerMinutePerIp: 12 });
    const ask = (token: string | null) => api.ask('GET', '/branches/main/orders', { token });
    expect((await ask('wrong')).status).toBe(401);
    expect((await ask(null)).status).toBe(401);
    expect((await ask(null)).status).toBe(401);
    expectRefused(await ask(null), 'rate_limited', 429);
    expectRefused(await ask('wrong'), 'rate_limited', 429);
    expect((await api.ask('GET', '/branches/main/orders')).status).toBe(200);
    for (const path of ['//healthz', '//readyz', '//metrics']) {
      expect((await api.ask('GET', path, { token: null })).status).toBe(200);
    }
  });

  it('L-IP-3 a hello that fails counts as a wrong token: then the address may not connect any more', async () => {
    api = await Served.start({ unauthenticatedPerMinutePerIp: 10 });
    const port = Number(new URL(api.server.url).port);
    const socket = await dial(port, [JSON_TEXT]);
    socket.send(JSON.stringify({ type: 'hello', id: '1', token: 'wrong' }));
    const [code] = (await once(socket, 'close')) as [number];
    expect(code).toBe(4401);
    await expect(dial(port, [JSON_TEXT])).rejects.toThrow('429');
    expect(api.server.hub.stats()['limits_hit_total{kind="connections"}']).toBe(1);
  });
});
