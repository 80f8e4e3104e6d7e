/**
 * A data directory with a past, made without a server: the real decisions and commits of a branch, many at a time, day after day
 * up to the evening on which it is opened again.
 */
import { SettableClock, systemTimers } from '#dist/base/clock.js';
import { silentLog } from '#dist/base/log.js';
import { COMMANDS } from '#dist/domain/registry.js';
import type { CommandDefinition } from '#dist/domain/command.js';
import { BranchHub } from '#dist/hub/branch/branch.js';
import { HUB_LIMITS } from '#dist/hub/options.js';
import type { AckMessage } from '#dist/protocol/messages.js';
import { ColdCache } from '#dist/store/cold-cache.js';
import type { Store } from '#dist/store/port.js';
import { newId, type Command } from '../load/till.js';
import { learn, lifeOf, newOrder } from '../load/work.js';
import { openStore, seedBranch } from './branches.js';

export interface HistoryOptions {
  readonly directory: string;
  /** Commits, with those of the hot orders. */
  readonly events: number;
  /** Orders of the shift that is open at the end, all in the kitchen. */
  readonly hotOrders: number;
  /** A shift a day up to yesterday. Default: 20. */
  readonly closedShifts?: number;
  readonly progress: (done: number) => void;
}

const BRANCH = 'main';
const CLOSED_SHIFTS_DEFAULT = 20;
const DAY_MS = 86_400_000;
const LINES = 3;
const ORDERS_AT_A_TIME = 128;
/** Opened, sent, two lines begun: where a hot order stays. */
const HOT_STEPS = 4;
const ACTOR = { staffId: 'history', deviceId: 'history', role: 'manager' } as const;

/** Gives the number of commits. */
export async function makeHistory(options: HistoryOptions): Promise<number> {
  const store = await openStore(options.directory, 'normal');
  try {
    await seedBranch(store, BRANCH);
    const { closedShifts = CLOSED_SHIFTS_DEFAULT } = options;
    const history = await History.open(store, closedShifts);
    await history.live({ ...options, closedShifts });
    return history.version;
  } finally {
    await store.close();
  }
}

class History {
  readonly #branch: BranchHub;
  readonly #clock: SettableClock;

  private constructor(branch: BranchHub, clock: SettableClock) {
    this.#branch = branch;
    this.#clock = clock;
  }

  static async open(store: Store, closedShifts: number): Promise<History> {
    const [loaded] = await store.load();
    if (loaded === undefined) throw new Error('the branch is seeded');
    const clock = new SettableClock(Date.now() - closedShifts * DAY_MS);
    const cache = new ColdCache({ entriesMax: 100, bytesMax: 1_000_000 });
    const branch = new BranchHub(loaded, {
      store,
      clock,
      timers: systemTimers,
      newId,
      log: silentLog,
      limits: HUB_LIMITS,
      cache,
      publish: () => {},
      devices: () => [],
      onConflict: () => Promise.resolve(),
    });
    await branch.open();
    return new History(branch, clock);
  }

  get version(): number {
    return this.#branch.hot.version;
  }

  async live({
    events,
    hotOrders,
    closedShifts,
    progress,
  }: Required<HistoryOptions>): Promise<void> {
    const { order, open } = newOrder(LINES);
    const steps = lifeOf(order, open).length;
    const past = events - hotOrders * HOT_STEPS;
    const ordersOfShift = Math.ceil(past / steps / closedShifts);
    for (let shift = 0; shift < closedShifts; shift += 1) {
      progress(shift / closedShifts);
      await this.#give({ name: 'shift.open', payload: { opening_float: 0 } });
      await this.#orders(ordersOfShift, steps);
      await this.#closeShift();
      this.#clock.advance(DAY_MS);
    }
    await this.#give({ name: 'shift.open', payload: { opening_float: 0 } });
    await this.#orders(hotOrders, HOT_STEPS);
  }

  async #closeShift(): Promise<void> {
    const { shift } = this.#branch.hot;
    if (shift === null) throw new Error('a shift is open');
    await this.#give({
      name: 'shift.close',
      payload: { shift_id: shift.id, counted_cash: 0 },
      expect: { pos_shift: { [shift.id]: shift.version } },
    });
  }

  /** That many orders, each as many steps of its life. */
  async #orders(count: number, steps: number): Promise<void> {
    let begun = 0;
    const worker = async (): Promise<void> => {
      while (begun < count) {
        begun += 1;
        const { order, open } = newOrder(LINES);
        for (const command of lifeOf(order, open).slice(0, steps)) {
          learn(order, await this.#give(command()));
        }
      }
    };
    await Promise.all(Array.from({ length: ORDERS_AT_A_TIME }, worker));
  }

  async #give({ name, payload, expect }: Command): Promise<AckMessage> {
    const definitions: Readonly<Record<string, CommandDefinition>> = COMMANDS;
    const definition = definitions[name];
    if (definition === undefined) throw new Error(`there is no command ${name}`);
    const answer = await this.#branch.execute({
      definition,
      key: newId(),
      payload,
      expect,
      actor: ACTOR,
      clientAt: null,
      correlationId: null,
    });
    if (answer.kind === 'refused') throw new Error(`${name}: ${answer.refusal.message}`);
    return { type: 'ack', id: '', result: answer.result };
  }
}
