/** How long it takes until an order that was archived long ago is there again, with its lines, payments and history. */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Store } from '#dist/store/port.js';
import { openReader } from '#dist/store/sqlite/database.js';
import { openStore } from '../hub/branches.js';
import { makeHistory } from '../hub/history.js';
import { Latencies, type LatencySummary } from '../measure/latency.js';
import { atMost } from '../measure/goals.js';
import type { Bench, Result, Scenario } from '../scenario.js';

const BRANCH = 'main';
/** Twenty shifts of 370 orders with three lines each. */
const EVENTS = 81_400;
/** Of each repetition. */
const ORDERS = 300;
const HISTORIES = 50;
/** No reader keeps so many blocks: each order is read from the file. */
const IN_TURN = `SELECT id FROM (
    SELECT id, segment_id, block, row_number() OVER (PARTITION BY segment_id, block ORDER BY id) AS nth
    FROM archived_order) ORDER BY nth, segment_id, block LIMIT ${String(ORDERS)}`;

interface Archived {
  readonly directory: string;
  /** Each in another block than the one before. */
  readonly orderIds: readonly string[];
  readonly blocks: number;
}

async function archiveHistory(bench: Bench): Promise<Archived> {
  const directory = join(bench.directory(), 'data');
  const progress = (done: number): void => {
    bench.progress(done / 2, 'making a history');
  };
  await makeHistory({ directory, events: EVENTS, hotOrders: 0, progress });
  bench.progress(0.5, 'archiving it');
  const store = await openStore(directory);
  await store.upkeep?.archive({ closedBefore: Date.now() });
  await store.close();
  const path = join(directory, 'expeditor.db');
  const reader = openReader({ path, durability: 'full', mmapBytes: 0 });
  const orderIds = reader.prepare(IN_TURN).pluck().all() as string[];
  const blocks = reader
    .prepare('SELECT count(DISTINCT segment_id || block) FROM archived_order')
    .pluck()
    .get() as number;
  reader.close();
  if (orderIds.length !== ORDERS) throw new Error('the orders are not archived');
  return { directory, orderIds, blocks };
}

/** The operating system forgets what it has of the segments. */
function forgetPages(directory: string): void {
  const archive = join(directory, 'archive');
  for (const name of readdirSync(archive)) {
    const file = join(archive, name);
    execFileSync('dd', [`if=${file}`, 'iflag=nocache', 'count=0', 'status=none']);
  }
}

async function timed(
  ids: readonly string[],
  read: (id: string) => Promise<unknown>,
): Promise<LatencySummary> {
  const latencies = new Latencies();
  for (const id of ids) {
    const from = performance.now();
    await read(id);
    latencies.record(performance.now() - from);
  }
  return latencies.summary();
}

async function openOrder(store: Store, id: string): Promise<void> {
  const order = await store.order(BRANCH, id);
  if (order?.lines.length !== 3) throw new Error(`order ${id} is not as it was`);
}

async function tellHistory(store: Store, id: string): Promise<void> {
  const page = { after: { version: 0 }, limit: 100 };
  const history = await store.orderHistory(BRANCH, id, page);
  if (history?.kind !== 'told') throw new Error(`order ${id} has no history`);
}

export const oldOrder: Scenario = {
  name: 'old-order',
  says: 'Orders of archived shifts opened one after the other, each from a part of a file that nothing has read since the start.',
  async run(bench): Promise<Result> {
    const { directory, orderIds, blocks } = await archiveHistory(bench);
    const opened: LatencySummary[] = [];
    const told: LatencySummary[] = [];
    for (let repetition = 0; repetition < bench.repetitions; repetition += 1) {
      bench.progress(0.6 + (0.4 * repetition) / bench.repetitions, 'opening orders');
      forgetPages(directory);
      const store = await openStore(directory);
      await store.load();
      opened.push(await timed(orderIds, (id) => openOrder(store, id)));
      told.push(await timed(orderIds.slice(0, HISTORIES), (id) => tellHistory(store, id)));
      await store.close();
    }
    return {
      figures: [
        {
          ...{ kind: 'latency', name: 'an archived order, opened', unit: 'ms', summaries: opened },
          goals: { p95: atMost(50, '50 ms', 'on this machine') },
        },
        { kind: 'latency', name: 'its history, told', unit: 'ms', summaries: told },
      ],
      plots: [],
      notes: [
        `${EVENTS} events of 20 shifts, all archived; the orders lie in ${blocks} blocks of about 256 KB before compression, read in turn, so that none is in the reader's memory. Before each repetition the store is opened anew and the operating system is told to forget the files.`,
      ],
    };
  },
};
