import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import type { Role } from '../../src/domain/rows.js';
import { dial, JSON_TEXT } from '../server/door.js';
import { expectDocumented } from './documented.js';
import { Served, type Answer } from './served.js';

let api: Served;
afterEach(() => api.stop());

async function get(path: string, role: Role = 'cashier'): Promise<Answer> {
  return api.ask('GET', `/branches/main${path}`, { token: await api.token({ role }) });
}

describe('reading over HTTP', () => {
  it('A-READ-1 an order comes with lines, payments and log, under an ETag that changes with any of them', async () => {
    api = await Served.start();
    await api.withOrder('o1');
    await api.give('payment.add', { order_id: 'o1', method: 'card', amount: 100 });
    const first = await get('/orders/o1');
    expectDocumented('/branches/:branch/orders/:order', first);
    expect(first.body).toMatchObject({ header: { id: 'o1' }, lines: [{ id: 'o1-1' }] });
    const { version } = first.body['header'] as { version: number };
    expect(first.headers.get('etag')).toMatch(new RegExp(`^"${version}\\.\\d+"$`));
    await api.give('order.send', { order_id: 'o1' });
    const sent = await get('/orders/o1');
    const cook = { order_id: 'o1', line_ids: ['o1-1'], status: 'preparing' };
    await api.give('kitchen.set_status', cook, {
      role: 'kitchen',
      expect: { order_line: { 'o1-1': 2 } },
    });
    const cooked = await get('/orders/o1');
    const tags = [first, sent, cooked].map(({ headers }) => headers.get('etag'));
    expect(new Set(tags).size).toBe(3);
    expect((await get('/orders/nobody')).body).toMatchObject({ code: 'not_found' });
  });

  it('A-READ-2 orders are filtered and paged with a cursor', async () => {
    api = await Served.start();
    await api.withOrder('o1');
    await api.give('order.open', { order_id: 'o2', order_type: 'takeaway' });
    const page = await get('/orders?limit=1');
    expectDocumented('/branches/:branch/orders', page);
    const next = await get(`/orders?limit=1&cursor=${String(page.body['cursor'])}`);
    const ids = [page, next].flatMap(({ body }) =>
      (body['orders'] as { id: string }[]).map(({ id }) => id),
    );
    expect(ids).toEqual(['o2', 'o1']);
    expect((await get('/orders?table_no=7')).body['orders']).toHaveLength(1);
    const wrong = await get('/orders?limit=many&colour=red');
    expect(wrong.body).toMatchObject({
      code: 'validation_failed',
      details: [
        { path: '/colour', reason: 'is not a known field' },
        { path: '/limit', reason: 'must be a whole number' },
      ],
    });
  });

  it('A-READ-3 the kitchen sees neither money nor the guest, by whichever route', async () => {
    api = await Served.start();
    await api.withOrder('o1');
    await api.give(
      'order.update',
      { order_id: 'o1', customer_name: 'Ann' },
      { expect: { order_header: { o1: 1 } } },
    );
    const paths = ['/orders', '/orders/o1', '/menu', '/menu/items/hummus', '', '/kitchen/recent'];
    for (const path of paths) {
      const answer = await get(path, 'kitchen');
      expect(answer.status).toBe(200);
      const text = JSON.stringify(answer.body);
      expect(text).not.toMatch(/"(price|unit_price|total|tax|tax_rate|tax_rules|customer_name)"/);
    }
  });

  it('A-READ-4 the lines served last are there for recall', async () => {
    api = await Served.start();
    await api.withOrder('o1');
    await api.give('order.send', { order_id: 'o1' });
    const served = { order_id: 'o1', line_ids: ['o1-1'], status: 'served' };
    await api.give('kitchen.set_status', served, { expect: { order_line: { 'o1-1': 2 } } });
    const recent = await get('/kitchen/recent?limit=5', 'kitchen');
    expectDocumented('/branches/:branch/kitchen/recent', recent);
    expect(recent.body).toMatchObject({ lines: [{ id: 'o1-1', status: 'served' }] });
  });

  it('A-READ-5 the X report of the open shift is for those who count money', async () => {
    api = await Served.start();
    await api.withOrder('o1');
    const report = await get('/reports/shift?kind=x');
    expectDocumented('/branches/:branch/reports/shift', report);
    expect(report.body).toMatchObject({ report: { kind: 'x', open_orders: { count: 1 } } });
    expect((await get('/reports/shift?kind=x', 'waiter')).status).toBe(403);
    expect((await get('/reports/shift')).body).toMatchObject({ details: [{ path: '/kind' }] });
  });

  it('A-READ-6 the branch shows its settings to managers alone', async () => {
    api = await Served.start();
    const manager = await get('', 'manager');
    expectDocumented('/branches/:branch', manager);
    expect(manager.body).toMatchObject({ currency: 'GBP', settings: {} });
    const waiter = await get('', 'waiter');
    expect(waiter.body).toMatchObject({ currency: 'GBP', cutoff_hour: 4 });
    expect(waiter.body).not.toHaveProperty('settings');
  });

  it('A-READ-7 managers see which devices are connected', async () => {
    api = await Served.start();
    const socket = await dial(Number(new URL(api.server.url).port), [JSON_TEXT]);
    const token = await api.token({ role: 'kitchen', deviceId: 'grill-screen' });
    socket.send(JSON.stringify({ type: 'hello', id: '1', token }));
    await once(socket, 'message');
    const answer = await get('/devices/status', 'manager');
    expectDocumented('/branches/:branch/devices/status', answer);
    expect(answer.body).toMatchObject({ devices: [{ id: 'grill-screen', connected: true }] });
    socket.close();
    expect((await get('/devices/status', 'cashier')).status).toBe(403);
  });

  it('A-READ-8 what the client holds already is answered with 304 and no body', async () => {
    api = await Served.start();
    const token = await api.token({ role: 'waiter' });
    const ask = (tag: string) =>
      api.ask('GET', '/branches/main/menu/items/hummus', {
        token,
        headers: { 'if-none-match': tag },
      });
    expect((await ask('"1"')).status).toBe(304);
    expect((await ask('W/"7", W/"1"')).status).toBe(304);
    expect((await ask('"2"')).status).toBe(200);
  });
});

describe('the menu over HTTP', () => {
  const item = '/branches/main/menu/items/hummus';

  async function put(headers: Record<string, string>, body: object, path = item): Promise<Answer> {
    return api.ask('PUT', path, { token: await api.token({ role: 'manager' }), headers, body });
  }

  it('A-MENU-1 is read whole, or one item under its version as ETag', async () => {
    api = await Served.start();
    const menu = await get('/menu');
    expectDocumented('/branches/:branch/menu', menu);
    expect((menu.body['items'] as unknown[]).length).toBeGreaterThan(20);
    const one = await get('/menu/items/hummus');
    expectDocumented('/branches/:branch/menu/items/:item', one);
    expect(one.headers.get('etag')).toBe('"1"');
  });

  it('A-MENU-2 an item changes under If-Match alone, and conflicts show it as it stands', async () => {
    api = await Served.start();
    const without = await put({}, { price: 700 });
    expect([without.status, without.body['code']]).toEqual([428, 'version_required']);
    const changed = await put({ 'if-match': '"1"' }, { price: 700 });
    expect([changed.status, changed.headers.get('etag')]).toEqual([200, '"2"']);
    const stale = await put({ 'if-match': '"1"' }, { price: 800 });
    expect(stale.status).toBe(409);
    expect(stale.body).toMatchObject({ current: { menu_item: { hummus: { price: 700 } } } });
    const malformed = await put({ 'if-match': 'W/"2"' }, { price: 800 });
    expect(malformed.body).toMatchObject({ details: [{ path: '/headers/if-match' }] });
  });

  it('A-MENU-3 If-None-Match: * makes an item, and none that is there', async () => {
    api = await Served.start();
    const path = '/branches/main/menu/items/new-dish';
    const made = await put({ 'if-none-match': '*' }, { name: 'New dish', price: 500 }, path);
    expect([made.status, made.headers.get('etag')]).toEqual([200, '"1"']);
    const twice = await put({ 'if-none-match': '*' }, { name: 'New dish', price: 500 }, path);
    expect([twice.status, twice.body['code']]).toEqual([409, 'version_conflict']);
  });

  it('A-MENU-4 a key makes the retry of a change the same change', async () => {
    api = await Served.start();
    const headers = { 'if-match': '"1"', 'idempotency-key': 'price' };
    const first = await put(headers, { price: 700 });
    expect(await put(headers, { price: 700 })).toMatchObject({
      body: { ...first.body, replayed: true },
    });
  });

  it('A-MENU-5 the kitchen may sell an item out; a waiter may not', async () => {
    api = await Served.start();
    const ask = async (role: Role) =>
      api.ask('PATCH', `${item}/availability`, {
        token: await api.token({ role }),
        body: { available: false },
      });
    expect((await ask('kitchen')).status).toBe(200);
    expect((await ask('waiter')).status).toBe(403);
    expect((await get('/menu/items/hummus')).body).toMatchObject({ available: false });
  });
});
