/** Consistency administration over HTTP: for administrators alone, of their own branch. */
import { Compile } from 'typebox/compile';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ROUTES } from '../../src/api/routes/index.js';
import { Served, type Answer } from './served.js';

let api: Served;
beforeEach(async () => {
  api = await Served.start();
});
afterEach(() => api.stop());

async function ask(method: string, path: string, body?: unknown): Promise<Answer> {
  const token = await api.token({ role: 'admin' });
  return api.ask(method, path, { token, ...(body !== undefined && { body }) });
}

/** The body fits what the route's document says of it. */
function expectDocumented(path: string, { status, body }: Answer): void {
  const schema = ROUTES.find((route) => route.path === path)?.answers[200]?.schema;
  if (schema === undefined) throw new Error(`${path} documents no body`);
  expect(status).toBe(200);
  expect(Compile(schema).Errors(body)).toEqual([]);
}

describe('consistency over HTTP', () => {
  it('A-CC-1 tells what memory holds, validates, syncs and invalidates an order, and syncs many', async () => {
    await api.withOrder('o1');
    const validated = await ask('POST', '/cache/validate/o1');
    expectDocumented('/cache/validate/:orderId', validated);
    expect(validated.body).toEqual({ consistent: true });
    const synced = await ask('POST', '/cache/sync/o1');
    expectDocumented('/cache/sync/:orderId', synced);
    expect(synced.body).toEqual({ held: 'hot', changed: false });
    const invalidated = await ask('POST', '/cache/invalidate/o1');
    expectDocumented('/cache/invalidate/:orderId', invalidated);
    expect(invalidated.body).toEqual({ held: 'hot', action: 'read_anew' });
    const dropped = await ask('POST', '/cache/invalidate', { tag: { kind: 'table', id: '4' } });
    expect(dropped.body).toEqual({ dropped: 0 });
    const bulk = await ask('POST', '/cache/bulk-sync', { order_ids: ['o1', 'o2'] });
    expect(bulk.body).toEqual({ checked: 1, repaired: 0, not_found: 1 });
    expect((await ask('POST', '/cache/bulk-sync', {})).body).toMatchObject({ checked: 1 });
    const stats = await ask('GET', '/cache/stats');
    expectDocumented('/cache/stats', stats);
    expect(stats.body).toMatchObject({
      hot: { orders: 1, lines: 1 },
      checks: { consistency_checks: 5, inconsistencies: 0, repairs: 0, external_changes: 0 },
    });
  });

  it('A-CC-2 an order that is nowhere, or of another branch, is not_found; too many orders are refused', async () => {
    await api.withOrder('o1');
    expect(await ask('POST', '/cache/validate/o9')).toMatchObject({
      status: 404,
      body: { code: 'not_found' },
    });
    const other = [...api.server.hub.branches.keys()].find((id) => id !== 'main');
    const foreign = await api.token({ role: 'admin', branchId: other ?? 'none' });
    expect(await api.ask('POST', '/cache/validate/o1', { token: foreign })).toMatchObject({
      status: 404,
    });
    const order_ids = Array.from({ length: 201 }, (_, index) => `o${String(index)}`);
    expect(await ask('POST', '/cache/bulk-sync', { order_ids })).toMatchObject({
      status: 400,
      body: { code: 'validation_failed' },
    });
  });

  it.each(['manager', 'cashier', 'waiter', 'kitchen'] as const)(
    'A-CC-3 is forbidden to the role %s',
    async (role) => {
      for (const { method, path } of ROUTES.filter((route) => route.path.startsWith('/cache/'))) {
        const token = await api.token({ role });
        const answer = await api.ask(method, path.replace(':orderId', 'o1'), {
          token,
          ...(method === 'POST' && { body: {} }),
        });
        expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } });
      }
    },
  );
});
