/** What a kitchen screen asks, of a day of a thousand orders, each updated five times: four ways to the same answer. */
import { join } from 'node:path';
import type { OrderAggregate } from '#dist/domain/rows.js';
import { HotBranch } from '#dist/store/hot/hot-branch.js';
import { openReader } from '#dist/store/sqlite/database.js';
import { atMost } from '../measure/goals.js';
import { interleave, type Measured } from '../measure/interleave.js';
import { median, ratios } from '../measure/spread.js';
import { SqlKitchen } from '../peers/sql-kitchen.js';
import { SqlStore } from '../peers/sql-store.js';
import type { Bench, Figure, Result, Scenario } from '../scenario.js';
import {
  canonicalTickets,
  countHotKitchen,
  hotKitchen,
  scannedKitchen,
  type KitchenTickets,
} from '../stores/kitchen.js';
import { BRANCH, fillStore, makeDay, type MadeDay } from '../stores/made-day.js';

const ORDERS = 1_000;
const IN_KITCHEN = 40;
const UPDATES = 5;

const SIDES = [
  'indexed hot view (ours)',
  'SQL with index',
  'SQL without index',
  'insert-only scan in JavaScript',
] as const;
type Side = (typeof SIDES)[number];
const [OURS, ...OTHERS] = SIDES;

type Ask = () => KitchenTickets;

interface Ways {
  readonly sides: Readonly<Record<Side, Ask>>;
  /** Finds our rows without making the columns that a screen is shown. */
  readonly find: () => number;
}

/** Batches of a measurement; the median one counts, so that a batch in which something else ran is left out. */
const BATCHES = 25;
const WARM_UP_MS = 250;

/** Microseconds an answer. */
function measure(ask: () => unknown, batchMs: number): number {
  const until = performance.now() + WARM_UP_MS;
  while (performance.now() < until) ask();
  const batches = Array.from({ length: BATCHES }, () => {
    const from = performance.now();
    let count = 0;
    let took = 0;
    do {
      ask();
      count += 1;
      took = performance.now() - from;
    } while (took < batchMs);
    return (took * 1_000) / count;
  });
  return median(batches);
}

/** Every update as a row of the whole order, in the order in which they came: the first of all orders, then the second. */
function historyOf({ orders }: MadeDay): readonly OrderAggregate[] {
  const events = Array.from({ length: UPDATES }, (_, nth) =>
    orders.flatMap(({ updates }) => updates.slice(nth, nth + 1)),
  ).flat();
  if (events.length !== ORDERS * UPDATES) throw new Error('each order is updated five times');
  return events;
}

async function withWays<Value>(bench: Bench, use: (ways: Ways) => Promise<Value>): Promise<Value> {
  const day = await makeDay(ORDERS, IN_KITCHEN);
  const path = join(bench.directory(), 'day.db');
  const store = new SqlStore(path);
  const reader = openReader({ path, durability: 'full', mmapBytes: 0 });
  try {
    await fillStore(store, day);
    const loaded = (await store.load()).find(({ branch }) => branch.id === BRANCH);
    if (loaded === undefined) throw new Error('the store is filled');
    const hot = new HotBranch(loaded);
    const indexed = new SqlKitchen(reader, 'indexed');
    const scanning = new SqlKitchen(reader, 'scanning');
    const history = historyOf(day);
    return await use({
      sides: {
        'indexed hot view (ours)': () => hotKitchen(hot, null),
        'SQL with index': () => indexed.tickets(null),
        'SQL without index': () => scanning.tickets(null),
        'insert-only scan in JavaScript': () => scannedKitchen(history),
      },
      find: () => countHotKitchen(hot, null),
    });
  } finally {
    reader.close();
    await store.close();
  }
}

function expectOneAnswer(sides: Readonly<Record<Side, Ask>>): KitchenTickets {
  const ours = sides[OURS]();
  const expected = canonicalTickets(ours);
  const other = OTHERS.find((side) => canonicalTickets(sides[side]()) !== expected);
  if (other !== undefined) throw new Error(`"${other}" answers something else`);
  if (ours.order_header.length !== IN_KITCHEN) throw new Error('not all tickets are shown');
  return ours;
}

function figuresOf(measured: Measured<Side, number>, found: readonly number[]): Figure[] {
  return [
    {
      kind: 'value',
      name: `${OURS}: to find the rows, before they are projected`,
      unit: 'µs',
      values: found,
    },
    ...SIDES.map((side): Figure => ({
      kind: 'value',
      name: side,
      unit: 'µs',
      values: measured[side],
    })),
    ...OTHERS.map((side): Figure => ({
      kind: 'value',
      name: `ours over ${side}`,
      unit: '×',
      values: ratios(measured[OURS], measured[side]),
      goal: atMost(1, '1 ×', 'everywhere'),
    })),
  ];
}

export const kitchenQuery: Scenario = {
  name: 'kitchen-query',
  says: `The tickets in the kitchen, out of ${ORDERS.toLocaleString('en')} orders with ${UPDATES} updates each.`,
  run: (bench): Promise<Result> =>
    withWays(bench, async ({ sides, find }) => {
      const { order_header: headers, order_line: lines } = expectOneAnswer(sides);
      const batchMs = bench.quick ? 10 : 40;
      const found: number[] = [];
      const measured = await interleave(SIDES, bench.repetitions, (side, repetition) => {
        bench.progress(repetition / bench.repetitions, side);
        if (side === OURS) found.push(measure(find, batchMs));
        return Promise.resolve(measure(sides[side], batchMs));
      });
      expectOneAnswer(sides);
      return {
        figures: figuresOf(measured, found),
        plots: [
          {
            kind: 'bar',
            title: 'One query',
            y: 'µs',
            logY: true,
            bars: SIDES.map((side) => ({ name: side, value: median(measured[side]) })),
          },
        ],
        notes: [
          `The answer is a snapshot of the kitchen of all stations: ${headers.length} tickets with ${lines.length} lines, the same on all four sides (checked before and after). The other ${ORDERS - headers.length} orders are closed, and hot all the same: they are of the open shift.`,
          'SQL: better-sqlite3 on the schema of the hub, two prepared statements on the rows as they stand, everything in its page cache; without index: NOT INDEXED, so that it reads all orders and all lines of the branch.',
          `Insert-only: ${ORDERS * UPDATES} whole orders in an array, of which the latest of each order counts.`,
        ],
      };
    }),
};
