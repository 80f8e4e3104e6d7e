/**
 * A hundred callers in the store's own process: each reads ten times and writes once, in turn, and thinks in between. What is
 * due begins at once, by an event loop that never sleeps (a timer's millisecond would hide what is measured), and latency counts
 * from the moment at which it was due: a store that holds the thread is charged for all that waits meanwhile.
 */
import { systemClock } from '#dist/base/clock.js';
import { systemRandom, uuidV7Source } from '#dist/base/ids.js';
import { COMMANDS } from '#dist/domain/registry.js';
import type { OrderAggregate } from '#dist/domain/rows.js';
import { requestHash } from '#dist/hub/branch/request-hash.js';
import { StateView } from '#dist/hub/branch/state-view.js';
import type { HotBranch } from '#dist/store/hot/hot-branch.js';
import type { CommitRequest } from '#dist/store/port.js';
import { Latencies, type LatencySummary } from '../measure/latency.js';
import { BRANCH, commit, commitRequest } from './made-day.js';
import type { ReadingStore } from './reading-store.js';

export const CALLERS = 100;
/** Mean milliseconds from one thing that a caller does to the next. */
export const THINK_MS = 100;
/** In turn: an order, four times of five, or a station's tickets; then one write. */
const READS = 10;
const KITCHEN_EVERY = 5;
const STATIONS = ['grill', 'fry', 'cold'] as const;

export interface CallersOptions {
  readonly store: ReadingStore;
  /** Decides commands: the branch without its orders. */
  readonly ground: HotBranch;
  readonly orderIds: readonly string[];
  /** Orders whose lines go to and fro in the kitchen. */
  readonly kitchenIds: readonly string[];
}

export interface CallersReport {
  readonly seconds: number;
  readonly done: number;
  readonly reads: LatencySummary;
  readonly orderReads: LatencySummary;
  readonly kitchenReads: LatencySummary;
  readonly writes: LatencySummary;
}

interface Caller {
  dueAt: number;
  turn: number;
  busy: boolean;
}

const newId = uuidV7Source(systemClock, systemRandom);

/** One line of the order a step further, or back again. */
export function nextStep(order: OrderAggregate, ground: HotBranch): CommitRequest {
  const line = order.lines[Math.floor(Math.random() * order.lines.length)];
  if (line === undefined) throw new Error('a made order has lines');
  const status = line.status === 'ready' ? ('preparing' as const) : ('ready' as const);
  const payload = { order_id: order.header.id, line_ids: [line.id], status };
  const definition = COMMANDS['kitchen.set_status'];
  const state = new StateView(ground, { orders: [order], shifts: [] }, () => []);
  const decision = definition.decide(state, payload, {
    now: systemClock.now(),
    actor: { staffId: 'bench', deviceId: 'bench', role: 'kitchen' },
    clientAt: null,
    newId,
    takeNumbers: () => 0,
  });
  if (decision.kind !== 'change') throw new Error('a step in the kitchen is a change');
  return {
    ...commitRequest(definition.name, decision.changeSet),
    key: newId(),
    requestHash: requestHash(definition.name, payload),
  };
}

export class Callers {
  readonly #options: CallersOptions;
  readonly #callers: Caller[];
  readonly #free: string[];
  readonly #orderReads = new Latencies();
  readonly #kitchenReads = new Latencies();
  readonly #reads = new Latencies();
  readonly #writes = new Latencies();
  #countFrom = 0;
  #done = 0;
  #failure: unknown = null;

  constructor(options: CallersOptions) {
    this.#options = options;
    this.#free = [...options.kitchenIds];
    const now = performance.now();
    this.#callers = Array.from({ length: CALLERS }, () => ({
      dueAt: now + think(),
      turn: Math.floor(Math.random() * (READS + 1)),
      busy: false,
    }));
  }

  async run(seconds: number, warmUpSeconds: number): Promise<CallersReport> {
    this.#countFrom = performance.now() + warmUpSeconds * 1_000;
    const until = this.#countFrom + seconds * 1_000;
    await new Promise<void>((resolve) => {
      const turn = (): void => {
        const now = performance.now();
        const over = now >= until || this.#failure !== null;
        if (over && !this.#callers.some(({ busy }) => busy)) {
          resolve();
          return;
        }
        if (!over) this.#beginDue(now);
        setImmediate(turn);
      };
      turn();
    });
    if (this.#failure !== null) throw new Error('a caller failed', { cause: this.#failure });
    return {
      seconds,
      done: this.#done,
      reads: this.#reads.summary(),
      orderReads: this.#orderReads.summary(),
      kitchenReads: this.#kitchenReads.summary(),
      writes: this.#writes.summary(),
    };
  }

  #beginDue(now: number): void {
    for (const caller of this.#callers) {
      if (caller.busy || caller.dueAt > now) continue;
      this.#act(caller).catch((error: unknown) => {
        this.#failure ??= error;
        caller.busy = false;
      });
    }
  }

  async #act(one: Caller): Promise<void> {
    const caller = one;
    const { dueAt } = caller;
    caller.busy = true;
    caller.turn = (caller.turn + 1) % (READS + 1);
    const isWrite = caller.turn === READS;
    const isKitchen = caller.turn % KITCHEN_EVERY === 0;
    if (isWrite) await this.#write();
    else if (isKitchen) await this.#readKitchen();
    else await this.#readOrder();
    this.#count(dueAt, isWrite ? [this.#writes] : [this.#reads, this.#readsOf(isKitchen)]);
    // From when it was due, not from when it was done: a slow store does not slow the callers' asking.
    caller.dueAt = dueAt + think();
    caller.busy = false;
  }

  #readsOf(isKitchen: boolean): Latencies {
    return isKitchen ? this.#kitchenReads : this.#orderReads;
  }

  #count(dueAt: number, into: readonly Latencies[]): void {
    if (dueAt < this.#countFrom) return;
    const took = performance.now() - dueAt;
    for (const latencies of into) latencies.record(took);
    this.#done += 1;
  }

  async #readOrder(): Promise<void> {
    const { store, orderIds } = this.#options;
    const id = orderIds[Math.floor(Math.random() * orderIds.length)] ?? '';
    const order = await store.aggregate(BRANCH, id);
    if (order?.lines.length !== STATIONS.length) throw new Error(`order ${id} is not whole`);
  }

  async #readKitchen(): Promise<void> {
    const { store, kitchenIds } = this.#options;
    const station = STATIONS[Math.floor(Math.random() * STATIONS.length)] ?? STATIONS[0];
    const { order_header: tickets } = await store.kitchen(station);
    if (tickets.length !== kitchenIds.length) throw new Error('a ticket is missing');
  }

  /** From its reading to its being durable. Nobody else writes to the order meanwhile, so that no version is in dispute. */
  async #write(): Promise<void> {
    const { store, ground } = this.#options;
    const id = this.#free.shift();
    if (id === undefined) throw new Error('every order in the kitchen is being written to');
    const order = await store.aggregate(BRANCH, id);
    if (order === null) throw new Error(`order ${id} is gone`);
    const outcome = await commit(store, nextStep(order, ground));
    if (outcome.kind !== 'committed') throw new Error(`a write came to: ${outcome.kind}`);
    this.#free.push(id);
  }
}

/** Exponential, as arrivals are that know nothing of each other. */
function think(): number {
  return -Math.log(1 - Math.random()) * THINK_MS;
}
