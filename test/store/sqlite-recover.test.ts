/** What a reopened writer says of commits whose outcome nobody heard: real workers on a real file. */
import Database from 'better-sqlite3';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { emptyFigures } from '../../src/domain/reports/tally.js';
import type { CommitRequest } from '../../src/store/port.js';
import { encodeRequest } from '../../src/store/sqlite/encode.js';
import type { FromWriter, ToWriter } from '../../src/store/sqlite/messages.js';
import { WriterThread } from '../../src/store/sqlite/writer-thread.js';
import { freshDirectory, WORKERS } from '../support/sqlite-store.js';
import {
  changed,
  inserted,
  orderRequest,
  request,
  seedIds,
  seedRequest,
  shiftRequest,
} from '../support/store.js';
import { deviceRow, shiftRow } from '../support/store-rows.js';

let directory: string;
let remove: () => void;
const writers: WriterThread[] = [];

beforeEach(() => {
  ({ path: directory, remove } = freshDirectory());
  mkdirSync(directory);
});

afterEach(async () => {
  for (const writer of writers.splice(0)) await writer.end();
  remove();
});

/** A writer, and a way to ask it: the next message is the answer. */
async function openWriter(reopening: boolean) {
  const writer = new WriterThread(new URL('writer-worker.js', WORKERS), {
    path: join(directory, 'expeditor.db'),
    durability: 'full',
    mmapBytes: 0,
    newEpoch: 'e',
    startedAt: 1,
    reopening,
    remembered: null,
    acceptRollback: false,
  });
  writers.push(writer);
  const heard: FromWriter[] = [];
  let wake: () => void = () => undefined;
  writer.onMessage((message) => {
    heard.push(message);
    wake();
  });
  const next = async (): Promise<FromWriter> => {
    while (heard.length === 0) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    return heard.shift() as FromWriter;
  };
  const ask = (message: ToWriter) => {
    writer.post(message);
    return next();
  };
  expect(await next()).toMatchObject({ type: 'opened', epoch: 'e' });
  return { ask, end: () => writer.end() };
}

const close: CommitRequest = request(
  'main',
  [
    changed('pos_shift', shiftRow({ id: seedIds('main').shift, branch_id: 'main' }), {
      status: 'closed',
      closed_at: 2,
    }),
  ],
  { zNumberOf: seedIds('main').shift },
);

test('S-FAIL-4 the key, or what it wrote, tells what was committed; older answers stay duplicates', async () => {
  const device = (id: string) =>
    request('main', [inserted('device', deviceRow({ id, branch_id: 'main' }))], { key: null });
  const order = (number: number) =>
    orderRequest('main', { orderId: `o${String(number)}`, number, customerName: 'Grace' });
  const written = [
    seedRequest('main'),
    shiftRequest('main'),
    order(1),
    device('d1'),
    order(2),
    close,
  ];
  const first = await openWriter(false);
  await first.ask({ type: 'commits', items: written.map(encodeRequest) });
  await first.end();

  const second = await openWriter(true);
  const asked = [close, order(3), device('d1'), device('d2'), order(2), order(1), order(2)];
  const answer = await second.ask({
    type: 'recover',
    items: asked.map(encodeRequest),
    settled: [['main', 3]],
  });
  const unavailable = { kind: 'unavailable', reason: expect.any(String) as string };
  expect(answer).toEqual({
    type: 'recovered',
    outcomes: [
      { kind: 'committed', version: 6, zNumber: 1 },
      unavailable,
      { kind: 'committed', version: 4, zNumber: null },
      unavailable,
      { kind: 'committed', version: 5, zNumber: null },
      expect.objectContaining({ kind: 'duplicate' }),
      expect.objectContaining({ kind: 'duplicate' }),
    ],
  });
  const after = await second.ask({ type: 'commits', items: [encodeRequest(device('d2'))] });
  expect(after).toMatchObject({ type: 'settled', outcomes: [7] });
});

test('R-FIG-7 a close whose outcome nobody heard has its summaries once, or not at all and again when it is given again', async () => {
  const figures = { ...emptyFigures(), shifts: 1, total: 700 };
  const summary = { shiftId: seedIds('main').shift, businessDate: '2026-11-20', figures };
  const closing = encodeRequest({ ...close, summary });
  const first = await openWriter(false);
  const items = [seedRequest('main'), shiftRequest('main')].map(encodeRequest);
  await first.ask({ type: 'commits', items });
  await first.end();

  const second = await openWriter(true);
  const recover = { type: 'recover', items: [closing], settled: [['main', 2]] } as const;
  expect(await second.ask(recover)).toMatchObject({ outcomes: [{ kind: 'unavailable' }] });
  expect(totals()).toEqual([]);
  await second.ask({ type: 'commits', items: [closing] });
  await second.end();

  const third = await openWriter(true);
  expect(await third.ask(recover)).toMatchObject({ outcomes: [{ kind: 'committed', version: 3 }] });
  await third.ask({ type: 'commits', items: [closing] });
  await third.end();
  expect(totals()).toEqual([700, 700, 700]);
});

/** Of shift, day and month, as they are in the file. */
function totals(): unknown[] {
  const database = new Database(join(directory, 'expeditor.db'));
  const tables = ['shift_summary', 'day_summary', 'month_summary'];
  const found = tables.flatMap((table) =>
    database.prepare(`SELECT json_extract(figures, '$.total') FROM ${table}`).pluck().all(),
  );
  database.close();
  return found;
}
