/**
 * The process that holds one engine and its callers: fills it and measures, or writes until it is killed, or counts what is
 * missing of what was acknowledged before a kill.
 */
import { HotBranch } from '#dist/store/hot/hot-branch.js';
import { Callers, nextStep, type CallersReport } from './callers.js';
import { BRANCH, commit, fillStore, makeDay } from './made-day.js';
import type { ReadingStore } from './reading-store.js';
import { openEngine, withReads, type EngineName } from './engines.js';

export interface Place {
  readonly engine: EngineName;
  readonly directory: string;
}

export interface DaySize {
  readonly orders: number;
  readonly inKitchen: number;
}

export type Order =
  | ({
      readonly type: 'measure';
      readonly seconds: number;
      readonly warmUpSeconds: number;
    } & Place &
      DaySize)
  | ({ readonly type: 'write' } & Place & DaySize)
  | ({ readonly type: 'missing'; readonly keys: readonly string[] } & Place);

export interface EngineReport {
  readonly callers: CallersReport;
  /** Heap and buffers of the thread that holds the store, after a collection. */
  readonly heapBytes: number;
  /** Of the whole process, its workers and SQLite's caches in it. */
  readonly residentBytes: number;
}

export type Told =
  | { readonly type: 'measured'; readonly report: EngineReport }
  | { readonly type: 'acknowledged'; readonly key: string }
  | { readonly type: 'missing'; readonly count: number }
  | { readonly type: 'failed'; readonly error: string };

interface Filled {
  readonly store: ReadingStore;
  readonly ground: HotBranch;
  readonly orderIds: readonly string[];
  readonly kitchenIds: readonly string[];
}

async function filled(place: Place, { orders, inKitchen }: DaySize): Promise<Filled> {
  const engine = await openEngine(place.engine, place.directory);
  const day = await makeDay(orders, inKitchen);
  await fillStore(engine, day);
  const idsOf = (made: typeof day.orders): readonly string[] => made.map(({ id }) => id);
  return {
    store: await withReads(engine),
    ground: new HotBranch(day.ground),
    orderIds: idsOf(day.orders),
    kitchenIds: idsOf(day.orders.filter(({ inKitchen: waits }) => waits)),
  };
}

async function measure(order: Extract<Order, { type: 'measure' }>): Promise<Told> {
  const { store, ...rest } = await filled(order, order);
  const callers = new Callers({ store, ...rest });
  const report = await callers.run(order.seconds, order.warmUpSeconds);
  globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  await store.close();
  return {
    type: 'measured',
    report: { callers: report, heapBytes: heapUsed + external, residentBytes: rss },
  };
}

/** One write after the other on every order in the kitchen; each key is told once its commit is acknowledged. */
async function writeUntilKilled(order: Extract<Order, { type: 'write' }>): Promise<never> {
  const { store, ground, kitchenIds } = await filled(order, order);
  const writer = async (id: string): Promise<void> => {
    for (;;) {
      const aggregate = await store.aggregate(BRANCH, id);
      if (aggregate === null) throw new Error(`order ${id} is gone`);
      const request = nextStep(aggregate, ground);
      const outcome = await commit(store, request);
      if (outcome.kind !== 'committed') throw new Error(`a write came to: ${outcome.kind}`);
      tell({ type: 'acknowledged', key: request.key ?? '' });
      // A store that never leaves the thread would keep what it acknowledged from being told.
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  await Promise.all(kitchenIds.map(writer));
  throw new Error('it writes until it is killed');
}

async function missing({ keys, ...place }: Extract<Order, { type: 'missing' }>): Promise<Told> {
  const store = await openEngine(place.engine, place.directory);
  let count = 0;
  for (const key of keys) if ((await store.answer(BRANCH, key)) === null) count += 1;
  await store.close();
  return { type: 'missing', count };
}

function tell(told: Told): void {
  process.send?.(told);
}

async function obey(order: Order): Promise<Told> {
  switch (order.type) {
    case 'measure':
      return measure(order);
    case 'write':
      return writeUntilKilled(order);
    case 'missing':
      return missing(order);
  }
}

async function answer(order: Order): Promise<void> {
  try {
    tell(await obey(order));
  } catch (error) {
    const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
    tell({ type: 'failed', error: words });
  }
  process.disconnect();
}

process.once('message', (order: Order) => void answer(order));
