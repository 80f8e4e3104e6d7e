/** What a commit leaves in the database beside its rows: events with their chain, hashed persons, logs, and no bug's traces. */
import Database from 'better-sqlite3';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Log } from '../../src/base/log.js';
import { silentLog } from '../../src/base/log.js';
import type { Store } from '../../src/store/port.js';
import { freshDirectory, openSqlite } from '../support/sqlite-store.js';
import {
  after,
  changed,
  commit,
  committed,
  inserted,
  orderChanges,
  orderRequest,
  request,
  seedIds,
  seedRequest,
  shiftRequest,
} from '../support/store.js';
import { shiftRow } from '../support/store-rows.js';

let directory: string;
let remove: () => void;
let store: Store;
let errors: Record<string, unknown>[];

beforeEach(async () => {
  ({ path: directory, remove } = freshDirectory());
  errors = [];
  const log: Log = {
    ...silentLog,
    error: (fields) => {
      errors.push({ ...fields });
    },
  };
  store = await openSqlite(directory, { log });
  await committed(store, seedRequest('main'));
  await committed(store, shiftRequest('main'));
});

afterEach(async () => {
  await store.close();
  remove();
});

/** Asks the closed store's file. */
async function ask<T>(sql: string): Promise<T[]> {
  await store.close();
  const database = new Database(join(directory, 'expeditor.db'), { readonly: true });
  const rows = database.prepare(sql).all() as T[];
  database.close();
  return rows;
}

interface Salt {
  readonly table_name: string;
  readonly id: string;
  readonly salt: string;
}

interface EventRow {
  readonly branch_id: string;
  readonly version: number;
  readonly at: number;
  readonly actor: string;
  readonly device: string;
  readonly command: string;
  readonly key: string | null;
  readonly correlation_id: string | null;
  readonly changes: string;
  readonly hash: Buffer;
}

const sha256 = (text: string) => createHash('sha256').update(text, 'utf8').digest('hex');

describe('the chain of events', () => {
  test('S-CHAIN-1 I7 each hash is that of the event and the hash before, and the head remembers the last', async () => {
    await committed(store, seedRequest('other'));
    for (let number = 1; number <= 5; number += 1) {
      const wanted = orderRequest('main', { orderId: `order-${String(number)}`, number });
      await committed(store, { ...wanted, correlationId: number === 3 ? 'trace “3”' : null });
    }
    const events = await ask<EventRow>('SELECT * FROM sync_event ORDER BY branch_id, version');
    expect(events.map(({ branch_id, version }) => `${branch_id} ${String(version)}`)).toEqual([
      ...['main 1', 'main 2', 'main 3', 'main 4', 'main 5', 'main 6', 'main 7', 'other 1'],
    ]);
    const heads = new Map<string, string>();
    for (const event of events) {
      const fields = JSON.stringify([
        ...[event.branch_id, event.version, event.at, event.actor, event.device, event.command],
        ...[event.key, event.correlation_id],
      ]);
      const before = heads.get(event.branch_id) ?? '0'.repeat(64);
      const hash = sha256(`${before}\n${fields}\n${event.changes}`);
      expect(event.hash.toString('hex')).toBe(hash);
      heads.set(event.branch_id, hash);
    }
    const rows = await ask<{ branch_id: string; hash: Buffer }>(
      'SELECT branch_id, hash FROM branch_head',
    );
    expect(new Map(rows.map(({ branch_id, hash }) => [branch_id, hash.toString('hex')]))).toEqual(
      heads,
    );
  });

  test('S-EVENT-1 an event holds whole new rows and the changed columns of others, with the Z number given', async () => {
    const open = shiftRow({ id: seedIds('main').shift, branch_id: 'main' });
    const closing = changed('pos_shift', open, { status: 'closed', closed_at: 5, counted_cash: 1 });
    await commit(store, request('main', [closing], { zNumberOf: open.id }));
    const events = await ask<EventRow>(
      'SELECT * FROM sync_event WHERE version > 1 ORDER BY version',
    );
    expect(events.map(({ changes }) => JSON.parse(changes) as unknown)).toEqual([
      { pos_shift: { inserted: [open] } },
      {
        pos_shift: {
          updated: [
            {
              id: open.id,
              version: 2,
              changes: { status: 'closed', closed_at: 5, counted_cash: 1, z_number: 1 },
            },
          ],
        },
      },
    ]);
  });
});

describe('personal values', () => {
  test('S-PERSON-1 a name is in the row, and in the event only as a salted hash', async () => {
    const [header, line] = orderChanges('main', {
      ...{ orderId: 'o', number: 1, customerName: 'Grace Hopper' },
    });
    if (header === undefined || line === undefined) throw new Error('an order has two rows');
    await committed(store, request('main', [header, line]));
    const renamed = changed('order_header', after('order_header', header), {
      customer_name: 'Ada Lovelace',
    });
    await committed(store, request('main', [renamed], { key: 'renamed' }));
    expect((await store.order('main', 'o'))?.header.customer_name).toBe('Ada Lovelace');

    const events = await ask<EventRow>(
      'SELECT * FROM sync_event WHERE version > 2 ORDER BY version',
    );
    const salts = await ask<Salt>('SELECT table_name, id, salt FROM personal_salt');
    expect(salts).toMatchObject([{ table_name: 'order_header', id: 'o' }]);
    const hashed = (name: string) => `sha256:${sha256((salts[0]?.salt ?? '') + name)}`;
    expect(events[0]?.changes).toContain(`"customer_name":"${hashed('Grace Hopper')}"`);
    expect(events[1]?.changes).toContain(`"customer_name":"${hashed('Ada Lovelace')}"`);
    expect(events.map(({ changes }) => changes).join('')).not.toMatch(/Hopper|Lovelace/);
  });

  test('S-PERSON-2 so are notes, each with a salt of its own, also where a line takes its note along', async () => {
    const [header, line] = orderChanges('main', { orderId: 'o', number: 1 });
    if (header === undefined || line === undefined) throw new Error('an order has two rows');
    const window = inserted('order_header', { ...after('order_header', header), note: 'window' });
    const hot = inserted('order_line', { ...after('order_line', line), note: 'window' });
    await committed(store, request('main', [window, hot]));
    const rest = { ...after('order_line', hot), id: 'rest', seq: 2 };
    await committed(store, request('main', [inserted('order_line', rest)], { key: 'split' }));
    expect((await store.order('main', 'o'))?.lines.map(({ note }) => note)).toEqual([
      ...['window', 'window'],
    ]);

    const salts = await ask<Salt>('SELECT table_name, id, salt FROM personal_salt');
    const of = (table: string, id: string) =>
      salts.find((salt) => salt.table_name === table && salt.id === id)?.salt ?? '';
    const events = await ask<EventRow>(
      'SELECT * FROM sync_event WHERE version > 2 ORDER BY version',
    );
    for (const [event, table, id] of [
      [0, 'order_header.note', 'o'],
      [0, 'order_line.note', line.after.id],
      [1, 'order_line.note', 'rest'],
    ] as const) {
      const hash = `sha256:${sha256(`${of(table, id)}window`)}`;
      expect(events[event]?.changes).toContain(`"note":"${hash}"`);
    }
    expect(new Set(salts.map(({ salt }) => salt)).size).toBe(3);
    expect(events.map(({ changes }) => changes).join('')).not.toMatch(/window/);
  });
});

describe('a change set that the schema refuses', () => {
  test('S-BUG-1 it is logged as the bug it is, and its neighbours are committed', async () => {
    const wrong = orderRequest('main', { orderId: 'wrong', number: 2 });
    const negative = wrong.changeSet.map((change) =>
      change.table === 'order_line' ? { ...change, after: { ...change.after, qty: 0 } } : change,
    );
    const outcomes = await Promise.all([
      commit(store, orderRequest('main', { orderId: 'a', number: 1 })),
      commit(store, { ...wrong, changeSet: negative }),
      commit(store, orderRequest('main', { orderId: 'b', number: 3 })),
    ]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['committed', 'unavailable', 'committed']);
    expect(outcomes[1]).toMatchObject({
      reason: expect.stringMatching(/^rejected by schema: /) as string,
    });
    expect(errors).toMatchObject([
      { table: 'order_line', id: 'wrong-line-1', command: 'order.open', branchId: 'main' },
    ]);
    expect(await store.order('main', 'wrong')).toBeNull();
    expect(await committed(store, wrong)).toBe(5);
  });
});
