/** Names and notes are erased on request from orders wherever they are, and nothing but they. */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { eraseOrders } from '../../src/hub/erasure.js';
import { verifyDatabase } from '../../src/store/verify/verify-database.js';
import { SegmentFile } from '../../src/store/archive/segment-file.js';
import { textsIn } from '../support/bytes.js';
import { Served, type Answer } from './served.js';

const MAIN = fileURLToPath(new URL('../../dist/server/main.js', import.meta.url));
const WORKERS = new URL('../../dist/', import.meta.url);
const TEXTS = ['Hopper', 'by the window', 'extra lemon'];

let api: Served;
beforeEach(async () => {
  api = await Served.start({ store: 'sqlite' }, { workerDirectory: WORKERS });
});
afterEach(() => api.stop());

async function given(name: string, payload: object, expected: object = {}): Promise<void> {
  const { status, body } = await api.give(name, payload, { role: 'manager', expect: expected });
  if (status !== 200) throw new Error(JSON.stringify(body));
}

const shiftId = () => api.server.hub.branches.get('main')?.hub.hot.shift?.id ?? '';

async function openOrder(id: string): Promise<void> {
  await given('order.open', {
    ...{ order_id: id, order_type: 'dine_in', table_no: '7' },
    ...{ customer_name: 'Grace Hopper', note: `by the window ${id}` },
    lines: [{ line_id: `${id}-1`, item_id: 'hummus', qty: 2, note: 'extra lemon' }],
  });
}

/** Paid, so that its money is in the reports; never sent, so that no screen holds it. */
async function closedOrder(id: string): Promise<void> {
  await openOrder(id);
  await given('order.send', { order_id: id });
  const { body } = await api.ask('GET', `/branches/main/orders/${id}`);
  const lines = body['lines'] as { id: string; version: number }[];
  const versions = Object.fromEntries(lines.map((line) => [line.id, line.version]));
  const served = { order_id: id, line_ids: Object.keys(versions), status: 'served' };
  await given('kitchen.set_status', served, { order_line: versions });
  const { total } = body['header'] as { total: number };
  await given('payment.add', { order_id: id, method: 'card', amount: total });
  const { header } = (await api.ask('GET', `/branches/main/orders/${id}`)).body as {
    header: { version: number };
  };
  await given('order.close', { order_id: id }, { order_header: { [id]: header.version } });
}

async function shiftWith(ids: readonly string[]): Promise<void> {
  await given('shift.open', { opening_float: 0 });
  for (const id of ids) await closedOrder(id);
  const counted = { shift_id: shiftId(), counted_cash: 0 };
  await given('shift.close', counted, { pos_shift: { [shiftId()]: 1 } });
}

/** One archived with another order beside it, one in the database alone, one hot and closed, one open. */
async function everywhere(): Promise<void> {
  await shiftWith(['archived', 'beside']);
  const admin = await api.token({ role: 'admin' });
  await api.ask('POST', '/archive', { token: admin, body: { older_than_hours: 0 } });
  await shiftWith(['warm']);
  await given('shift.open', { opening_float: 0 });
  await closedOrder('hot');
  await openOrder('open');
}

async function ask(path: string, body?: object): Promise<Answer> {
  const token = await api.token({ role: 'manager' });
  return api.ask('POST', `/branches/main${path}`, { token, ...(body && { body }) });
}

async function summary(): Promise<unknown> {
  const token = await api.token({ role: 'manager' });
  const { body } = await api.ask('GET', '/branches/main/reports/summary', { token });
  return { ...body, printed_at: null, at: null };
}

/** As it is done by age: each kind has its own. */
async function eraseNameAlone(orderId: string): Promise<unknown> {
  const branch = api.server.hub.branches.get('main');
  const { upkeep } = api.server.store;
  if (branch === undefined || upkeep === null) throw new Error('SQLite has upkeep');
  const needs = { hub: branch.hub, upkeep, newId: () => `erase ${orderId}` };
  return eraseOrders(needs, {
    orders: [{ orderId, number: 5, businessDate: '2026-11-20', isFinished: true }],
    kinds: ['customer_name'],
    actor: { staffId: 'retention', deviceId: 'hub', role: 'admin' },
    correlationId: null,
  });
}

/** The orders' lines in the segments, out of their compression. */
function archivedText(): string {
  const directory = join(api.folder, 'archive');
  return readdirSync(directory)
    .filter((name) => name.endsWith('.segment'))
    .map((name) => {
      const file = SegmentFile.open(join(directory, name));
      const text = JSON.stringify([...file.records()]);
      file.close();
      return text;
    })
    .join('\n');
}

it('H-ERASE-1 H-ERASE-2 H-ERASE-3 H-ERASE-4 S-ERASE-1 S-ERASE-2 S-ERASE-3 a guest is erased from every finished order, wherever it is, and from nothing else', async () => {
  await everywhere();
  const before = await summary();
  const kitchen = await api.token({ role: 'kitchen' });
  const seen = await api.ask('GET', '/branches/main/orders/open', { token: kitchen });
  expect(seen.body).toMatchObject({ header: { note: 'by the window open' } });
  expect(seen.body['header']).not.toHaveProperty('customer_name');

  expect(await ask('/orders/open/erase-personal-data')).toMatchObject({
    ...{ status: 409, body: { code: 'invalid_state' } },
  });
  const one = await ask('/orders/archived/erase-personal-data');
  expect(one).toMatchObject({ status: 200, body: { clear_in_events: 0 } });
  // The order beside it stays archived, as it was, in a file of its own.
  expect(archivedText()).toContain('by the window beside');
  expect(archivedText()).not.toContain('"id":"archived"');

  const name = { customer_name: ' grace HOPPER' };
  expect((await ask('/erase-personal-data', { ...name, dry_run: true })).body).toMatchObject({
    ...{ found: 4, erased: 0 },
  });
  const { body } = await ask('/erase-personal-data', name);
  expect(body).toMatchObject({ found: 4, erased: 3, clear_in_events: 0 });
  expect(body['refused']).toMatchObject([{ order_id: 'open', number: 5 }]);
  for (const id of ['archived', 'beside', 'warm', 'hot']) {
    const { header, lines } = (await api.ask('GET', `/branches/main/orders/${id}`)).body as {
      header: object;
      lines: object[];
    };
    expect(header).toMatchObject({ customer_name: null, note: null, status: 'closed' });
    expect(lines).toMatchObject([{ note: null, qty: 2 }]);
  }
  expect(await summary()).toEqual(before);

  await given('order.void', { order_id: 'open', reason: 'gone' }, { order_header: { open: 1 } });
  expect(await eraseNameAlone('open')).toMatchObject({ erased: 1, refused: [] });
  expect((await api.ask('GET', '/branches/main/orders/open')).body).toMatchObject({
    header: { customer_name: null, note: 'by the window open' },
  });
  await api.server.close();
  const file = join(api.folder, 'expeditor.db');
  expect(await verifyDatabase({ file })).toMatchObject({ clean: true, difference: null });
  expect(textsIn(api.folder, TEXTS)).not.toEqual([]);
  const command = ['erase', '--data', api.folder, '--order', 'open'];
  const said = execFileSync(process.execPath, [MAIN, ...command], { encoding: 'utf8' });
  expect(said).toMatch(/^erased: names and notes of 1 orders\n/);
  expect(readdirSync(join(api.folder, 'archive'))).toEqual([]);
  expect(textsIn(api.folder, TEXTS)).toEqual([]);
  expect(await verifyDatabase({ file })).toMatchObject({ clean: true, difference: null });
}, 30_000);
