import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../src/store/memory/memory-store.js';
import { FaultyStore } from '../support/faulty-store.js';
import { dial, JSON_TEXT } from '../server/door.js';
import { Served } from './served.js';

let api: Served;
afterEach(() => api.stop());

const ORDER = { order_type: 'takeaway' };

/** A server whose store can be made to fail. */
async function faulty(answerWaitMs?: number): Promise<FaultyStore> {
  const nextTick = (run: () => void) => void setImmediate(run);
  const inner = createMemoryStore({ clock: { now: () => 1 }, newId: () => 'e', nextTick });
  const store = new FaultyStore(inner, nextTick);
  api = await Served.start(
    {},
    { store, ...(answerWaitMs !== undefined && { limits: { answerWaitMs } }) },
  );
  return store;
}

describe('commands over HTTP', () => {
  it('A-CMD-1 are carried out with the answer that a WebSocket gives', async () => {
    api = await Served.start();
    const opened = await api.give('shift.open', { opening_float: 10_000 });
    expect(opened.status).toBe(200);
    expect(opened.body).toMatchObject({ version: 2, durability: 'none' });
    expect(Object.keys(opened.body).sort()).toEqual(['durability', 'result', 'version']);
    const order = await api.give('order.open', { ...ORDER, order_id: 'o1' });
    expect(order.body).toMatchObject({
      version: 3,
      result: { records: { order_header: { o1: 1 } } },
    });
  });

  it('H-DEV-10 a close is refused while a till holds sales, and warns of them with carry_over', async () => {
    api = await Served.start();
    const opened = await api.give('shift.open', { opening_float: 10_000 });
    const records = (opened.body['result'] as { records: { pos_shift: object } }).records;
    const [shiftId = ''] = Object.keys(records.pos_shift);
    const socket = await dial(Number(new URL(api.server.url).port), [JSON_TEXT]);
    const send = (message: object) => {
      socket.send(JSON.stringify(message));
    };
    send({
      type: 'hello',
      id: '1',
      token: await api.token({ role: 'waiter', deviceId: 'till-2' }),
    });
    await once(socket, 'message');
    send({ type: 'heartbeat', versions: {}, queue: { length: 2, oldestAt: 1 } });
    send({ type: 'ping', id: '2' });
    await once(socket, 'message');
    const close = { shift_id: shiftId, counted_cash: 10_000 };
    const seen = { expect: { pos_shift: { [shiftId]: 1 } } };
    const refused = await api.give('shift.close', close, seen);
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({
      code: 'shift_has_open_orders',
      details: { devices: [{ id: 'till-2', queue_length: 2, queue_oldest_at: 1 }] },
    });
    const closed = await api.give('shift.close', { ...close, carry_over: true }, seen);
    expect(closed.body).toMatchObject({
      result: { warnings: [{ code: 'device_holds_sales', device_id: 'till-2' }] },
    });
    socket.close();
  });

  it('A-CMD-2 need a key: without one it is validation_failed with its path', async () => {
    api = await Served.start();
    const body = { name: 'shift.open', payload: { opening_float: 1 } };
    const answer = await api.ask('POST', '/branches/main/commands', { body });
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({
      code: 'validation_failed',
      details: [{ path: '/headers/idempotency-key', reason: 'is required' }],
    });
    const headers = { 'idempotency-key': 'k'.repeat(129) };
    const long = await api.ask('POST', '/branches/main/commands', { body, headers });
    expect(long.body).toMatchObject({ code: 'validation_failed' });
  });

  it('A-CMD-3 one key has one effect and one answer, by whichever door it comes', async () => {
    api = await Served.start();
    await api.give('shift.open', { opening_float: 10_000 });
    const first = await api.give('order.open', ORDER, { key: 'k1' });
    const again = await api.give('order.open', ORDER, { key: '"k1"' });
    expect(again.body).toEqual({ ...first.body, replayed: true });
    const other = await api.give('order.open', { order_type: 'dine_in' }, { key: 'k1' });
    expect([other.status, other.body['code']]).toEqual([422, 'idempotency_key_reused']);

    const socket = await dial(Number(new URL(api.server.url).port), [JSON_TEXT]);
    const said = async (message: object) => {
      socket.send(JSON.stringify(message));
      const [text] = (await once(socket, 'message')) as [Buffer];
      return JSON.parse(text.toString()) as Record<string, unknown>;
    };
    await said({ type: 'hello', id: '1', token: await api.token({ role: 'cashier' }) });
    const command = { type: 'command', id: '2', key: 'k1', name: 'order.open', branchId: 'main' };
    const ack = await said({ ...command, payload: ORDER });
    socket.close();
    expect(ack).toEqual({ type: 'ack', id: '2', key: 'k1', ...again.body });
  });

  it('A-CMD-4 two requests with one key at once have one effect', async () => {
    api = await Served.start();
    await api.give('shift.open', { opening_float: 10_000 });
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => api.give('order.open', ORDER, { key: 'same' })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ body }) => body['version']))).toEqual(new Set([3]));
    expect(answers.filter(({ body }) => body['replayed'] === true)).toHaveLength(9);
  });

  it('A-CMD-5 an old version is a conflict that shows the record as it stands', async () => {
    api = await Served.start();
    await api.withOrder('o1');
    const update = { order_id: 'o1', note: 'window' };
    const none = await api.give('order.update', update);
    expect([none.status, none.body['code']]).toEqual([428, 'version_required']);
    const done = await api.give('order.update', update, { expect: { order_header: { o1: 1 } } });
    expect(done.status).toBe(200);
    const stale = await api.give(
      'order.update',
      { order_id: 'o1', note: 'door' },
      { expect: { order_header: { o1: 1 } } },
    );
    expect(stale.status).toBe(409);
    expect(stale.body).toMatchObject({
      code: 'version_conflict',
      current: { order_header: { o1: { version: 2, note: 'window' } } },
    });
  });

  it('A-CMD-6 a payload that does not fit is refused with the paths that a WebSocket gives', async () => {
    api = await Served.start();
    const answer = await api.give('order.open', { order_type: 'dine_in', guests: -1, tip: 5 });
    expect(answer.status).toBe(400);
    expect(answer.body['details']).toEqual(
      expect.arrayContaining([
        { path: '/tip', reason: 'is not a known field' },
        { path: '/guests', reason: 'must be at least 0' },
      ]),
    );
    const unknown = await api.give('order.eat', {});
    expect(unknown.body).toMatchObject({ code: 'validation_failed', details: [{ path: '/name' }] });
    const fraction = await api.give('shift.open', { opening_float: 10.5 });
    expect(fraction.body).toMatchObject({ code: 'validation_failed' });
  });

  it('A-CMD-7 a role that may not give a command, and another branch, are forbidden', async () => {
    api = await Served.start();
    const cook = await api.give('shift.open', { opening_float: 1 }, { role: 'kitchen' });
    expect([cook.status, cook.body['code']]).toEqual([403, 'forbidden']);
    for (const branch of ['other', 'nowhere']) {
      const answer = await api.ask('POST', `/branches/${branch}/commands`, {
        headers: { 'idempotency-key': 'k' },
        body: { name: 'shift.open', payload: { opening_float: 1 } },
      });
      expect(answer.body).toMatchObject({ code: 'forbidden', detail: 'this branch is not yours' });
    }
  });

  it('A-CMD-8 a lease lasts its seconds, since no connection ends it', async () => {
    api = await Served.start();
    await api.withOrder('o1');
    const taken = await api.give('order.lock', { order_id: 'o1', seconds: 30 });
    expect(taken.body).toMatchObject({ result: { records: {}, lock: { order_id: 'o1' } } });
    expect(taken.body).not.toHaveProperty('version');
    const other = await api.give('order.send', { order_id: 'o1' }, { role: 'waiter' });
    expect(other.status).toBe(423);
    expect(other.body).toMatchObject({
      code: 'locked',
      details: { holder: { name: 'cashier', device_id: 'cashier-1' } },
    });
    expect(Number(other.headers.get('retry-after'))).toBeGreaterThan(25);
  });

  it('A-CMD-9 what the disk refuses is 503 with when to come back, and nothing was written', async () => {
    const store = await faulty();
    store.switchOn('unavailable', 1);
    const refused = await api.give('shift.open', { opening_float: 1 }, { key: 'k' });
    expect([refused.status, refused.body['code']]).toEqual([503, 'storage_unavailable']);
    expect(refused.headers.get('retry-after')).toBe('2');
    expect(refused.body).toMatchObject({ retryable: true, retryAfterMs: 2_000 });
    expect((await api.give('shift.open', { opening_float: 1 }, { key: 'k' })).status).toBe(200);
  });

  it('A-CMD-10 a commit that is not settled in time is in progress; the key finds it later', async () => {
    const store = await faulty(50);
    store.switchOn('delay_settle', 1);
    const waiting = await api.give('shift.open', { opening_float: 1 }, { key: 'k' });
    expect([waiting.status, waiting.body['code']]).toEqual([409, 'idempotency_in_progress']);
    store.release();
    const settled = await api.give('shift.open', { opening_float: 1 }, { key: 'k' });
    expect(settled.body).toMatchObject({ version: 2, replayed: true });
  });

  it('A-CMD-11 a drain waits for a command under way and refuses later ones as draining', async () => {
    const store = await faulty();
    store.switchOn('delay_settle', 1);
    const under = api.give('shift.open', { opening_float: 1 });
    await expect.poll(() => store.held).toBe(1);
    let drained = false;
    const draining = api.server.drain().then(() => (drained = true));
    const late = await api.give('order.open', ORDER);
    expect([late.status, late.body['code']]).toEqual([503, 'draining']);
    expect(Number(late.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(drained).toBe(false);
    store.release();
    expect((await under).status).toBe(200);
    await draining;
  });

  it('A-CMD-12 are counted by how they ended, as those of WebSockets are', async () => {
    api = await Served.start();
    await api.give('shift.open', { opening_float: 0 }, { key: 'open' });
    await api.give('shift.open', { opening_float: 0 }, { key: 'open' });
    await api.give('shift.open', { opening_float: 0 });
    const { text } = (await api.ask('GET', '//metrics')).body as { readonly text: string };
    expect(text).toContain('expeditor_hub_replays_total 1');
    expect(text).toContain('expeditor_hub_refusals_total{code="already_exists"} 1');
  });
});
