/** The archive over HTTP: for administrators, of their own branch. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Compile } from 'typebox/compile';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { archiveRoutes } from '../../src/api/routes/archive.js';
import type { Route } from '../../src/api/route.js';
import { Served, type Answer } from './served.js';

const WORKERS = new URL('../../dist/', import.meta.url);

let api: Served;
beforeEach(async () => {
  api = await Served.start({ store: 'sqlite' }, { workerDirectory: WORKERS });
});
afterEach(() => api.stop());

/** The body fits what the route's document says of it. */
async function ask(method: 'GET' | 'POST', body?: object, branchId = 'main'): Promise<Answer> {
  const token = await api.token({ role: 'admin', branchId });
  const answer = await api.ask(method, '/archive', { token, ...(body && { body }) });
  const routes: readonly Route[] = archiveRoutes;
  const schema = routes.find((route) => route.method === method)?.answers[200]?.schema;
  if (answer.status === 200 && schema !== undefined) {
    expect(Compile(schema).Errors(answer.body)).toEqual([]);
  }
  return answer;
}

/** A shift with one order that was voided before the kitchen heard of it, closed. */
async function closedShift(): Promise<void> {
  await api.withOrder('o1');
  await given('order.void', { order_id: 'o1', reason: 'gone' }, { order_header: { o1: 1 } });
  const shift = api.server.hub.branches.get('main')?.hub.hot.shift?.id ?? '';
  const counted = { shift_id: shift, counted_cash: 10_000 };
  await given('shift.close', counted, { pos_shift: { [shift]: 1 } });
}

async function given(name: string, payload: object, expected: object): Promise<void> {
  const { status, body } = await api.give(name, payload, { role: 'manager', expect: expected });
  if (status !== 200) throw new Error(JSON.stringify(body));
}

it('S-ARC-13 an administrator has the own branch archived at once, and sees its files; another branch has none', async () => {
  await closedShift();
  const nothing = { segments: 0, orders: 0, events: 0, bytes: 0, raw_bytes: 0 };
  expect(await ask('POST')).toMatchObject({ status: 200, body: nothing });
  expect((await ask('POST', { older_than_hours: 0 }, 'other')).body).toEqual(nothing);
  const runs = [ask('POST', { older_than_hours: 0 }), ask('POST', { older_than_hours: 0 })];
  const [first, second] = await Promise.all(runs);
  expect(first?.body).toMatchObject({ segments: 1, orders: 1, events: 0 });
  expect(second?.body).toEqual(nothing);
  const { body } = await ask('GET');
  expect(body).toMatchObject({ segments: [{ kind: 'orders', state: 'done', archived: 1 }] });
  expect((await ask('GET', undefined, 'other')).body).toEqual({ segments: [] });
  expect((await api.ask('GET', '/branches/main/orders/o1')).body).toMatchObject({
    header: { id: 'o1', status: 'voided' },
  });
  expect(await ask('POST', { older_than_hours: -1 })).toMatchObject({ status: 400 });
});

it('S-ARC-13 where no file can be written the problem says so, nothing is lost, and the next run does it', async () => {
  await closedShift();
  const inTheWay = join(api.folder, 'archive');
  writeFileSync(inTheWay, '');
  const failed = await ask('POST', { older_than_hours: 0 });
  expect(failed).toMatchObject({ status: 503, body: { code: 'storage_unavailable' } });
  expect(failed.body['detail']).toMatch(/nothing is lost: EEXIST/);
  rmSync(inTheWay);
  expect((await ask('POST', { older_than_hours: 0 })).body).toMatchObject({ orders: 1 });
});
