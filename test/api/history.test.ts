import { afterEach, describe, expect, it } from 'vitest';
import type { Role } from '../../src/domain/rows.js';
import { expectDocumented } from './documented.js';
import { Served, type Answer } from './served.js';

let api: Served;
afterEach(() => api.stop());

async function get(path: string, role: Role = 'manager'): Promise<Answer> {
  return api.ask('GET', `/branches/main${path}`, { token: await api.token({ role }) });
}

const list = (answer: Answer) => answer.body['entries'] as Record<string, unknown>[];

describe('the past over HTTP', () => {
  it('A-PAST-1 a history comes in pages of patches', async () => {
    api = await Served.start();
    await api.withOrder('o1');
    await api.give('order.send', { order_id: 'o1' });
    const first = await get('/orders/o1/history?limit=1');
    expectDocumented('/branches/:branch/orders/:order/history', first);
    expect(list(first)).toMatchObject([{ command: 'order.open', by: 'cashier' }]);
    const next = await get(`/orders/o1/history?after=${String(first.body['next'])}`);
    expect(list(next)).toMatchObject([{ command: 'order.send' }]);
    expect(next.body['next']).toBeNull();
    expect((await get('/orders/o2/history')).body).toMatchObject({ code: 'not_found' });
    expect((await get('/orders/o1/history?limit=201')).status).toBe(400);
  });

  it('A-PAST-2 a state is asked for by a moment or a version, one of the two', async () => {
    api = await Served.start();
    await api.withOrder('o1');
    const [opened] = list(await get('/orders/o1/history'));
    await api.give('order.send', { order_id: 'o1' });
    const before = await get(`/orders/o1/state?version=${String(opened?.['version'])}`);
    expectDocumented('/branches/:branch/orders/:order/state', before);
    expect(before.body).toMatchObject({ order: { lines: { 'o1-1': { status: 'new' } } } });
    const now = await get(`/orders/o1/state?at=${String(Date.now())}`);
    expect(now.body).toMatchObject({ order: { lines: { 'o1-1': { status: 'queued' } } } });
    expect((await get('/orders/o1/state?at=0')).body).toMatchObject({ code: 'not_found' });
    for (const query of ['', '?at=1&version=1']) {
      const refused = await get(`/orders/o1/state${query}`);
      expect(refused.body).toMatchObject({ code: 'validation_failed' });
    }
  });

  it('A-PAST-3 HI-4 the kitchen sees neither histories nor states', async () => {
    api = await Served.start();
    await api.withOrder('o1');
    for (const path of ['/orders/o1/history', `/orders/o1/state?at=${String(Date.now())}`]) {
      expect((await get(path, 'kitchen')).body, path).toMatchObject({ code: 'forbidden' });
      for (const role of ['waiter', 'cashier', 'manager', 'admin'] as const) {
        expect((await get(path, role)).status, `${path} ${role}`).toBe(200);
      }
    }
  });

  it('AU-1 the audit list is for managers and administrators, filtered and paged', async () => {
    api = await Served.start();
    await api.withOrder('o1');
    await api.give('order.send', { order_id: 'o1' }, { role: 'waiter', key: 'the key' });
    const all = await get('/audit');
    expectDocumented('/branches/:branch/audit', all);
    expect(list(all)[0]).toMatchObject({
      ...{ command: 'order.send', actor: 'waiter', device: 'waiter-1', key: 'the key' },
      records: { order_line: ['o1-1'] },
    });
    const page = await get('/audit?actor=cashier&limit=1');
    expect(list(page)).toMatchObject([{ command: 'order.open' }]);
    const next = await get(`/audit?actor=cashier&cursor=${String(page.body['cursor'])}`);
    expect(list(next)).toMatchObject([{ command: 'shift.open' }]);
    expect(list(await get('/audit?device=nobody'))).toEqual([]);
    for (const role of ['cashier', 'waiter', 'kitchen'] as const) {
      expect((await get('/audit', role)).body).toMatchObject({ code: 'forbidden' });
    }
    const elsewhere = await api.ask('GET', '/branches/other/audit', {
      token: await api.token({ role: 'manager' }),
    });
    expect(elsewhere.body).toMatchObject({ code: 'forbidden' });
  });
});
