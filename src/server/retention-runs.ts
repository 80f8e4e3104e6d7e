/** Erases names and notes of orders that are older than they may be kept: at the start and every hour, so many a run. */
import type { Cancel, Clock, Timers } from '../base/clock.js';
import type { NewId } from '../base/ids.js';
import type { Log } from '../base/log.js';
import type { PersonalKind } from '../domain/admin/order-erase-personal-data.js';
import type { BranchHub } from '../hub/branch/branch.js';
import { eraseOrders } from '../hub/erasure.js';
import type { Upkeep } from '../store/upkeep.js';

export interface RetentionOptions {
  /** null: the engine keeps nothing on a disk. */
  readonly upkeep: Upkeep | null;
  readonly branches: ReadonlyMap<string, { readonly hub: BranchHub }>;
  /** From the end of an order; 0: for ever. */
  readonly keepDays: Readonly<Record<PersonalKind, number>>;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly newId: NewId;
  readonly log: Log;
}

const RUN_EVERY_MS = 3_600_000;
const DAY_MS = 24 * 3_600_000;
/** Of a branch and a kind in one run; the next one goes on. */
const ORDERS_MAX = 500;
const ACTOR = { staffId: 'retention', deviceId: 'hub', role: 'admin' } as const;

export class RetentionRuns {
  readonly #options: RetentionOptions;
  /** By branch and kind: what ended before this moment was looked through since the start. */
  readonly #done = new Map<string, number>();
  #isRunning = false;
  #isStopped = false;

  constructor(options: RetentionOptions) {
    this.#options = options;
  }

  /** Begins at once. Gives how to stop: what is under way ends behind its present order. */
  start(): Cancel {
    const { upkeep, keepDays, timers } = this.#options;
    if (upkeep === null || Math.max(...Object.values(keepDays)) === 0) return () => undefined;
    void this.run(upkeep);
    const cancel = timers.every(RUN_EVERY_MS, () => void this.run(upkeep));
    return () => {
      this.#isStopped = true;
      cancel();
    };
  }

  /** Never rejects: what fails is logged, and the next run tries again. */
  async run(upkeep: Upkeep): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    const { branches, keepDays, log } = this.#options;
    try {
      for (const { hub } of branches.values()) {
        for (const kind of Object.keys(keepDays) as PersonalKind[]) {
          if (keepDays[kind] > 0 && !this.#isStopped) await this.#erase(upkeep, hub, kind);
        }
      }
    } catch (error) {
      if (!this.#isStopped) log.error({ err: error }, 'what is too old was not erased');
    } finally {
      this.#isRunning = false;
    }
  }

  async #erase(upkeep: Upkeep, hub: BranchHub, kind: PersonalKind): Promise<void> {
    const { keepDays, clock, newId, log } = this.#options;
    const key = `${hub.id} ${kind}`;
    const endedBefore = clock.now() - keepDays[kind] * DAY_MS;
    const orders = await upkeep.searchPersonal({
      ...{ branchId: hub.id, kinds: [kind], limit: ORDERS_MAX },
      ...{ endedFrom: this.#done.get(key) ?? 0, endedBefore },
    });
    if (orders.length > 0) {
      const wanted = { orders, kinds: [kind], actor: ACTOR, correlationId: null };
      const { erased, refused } = await eraseOrders({ hub, upkeep, newId }, wanted);
      const told = { branch: hub.id, kind, erased, refused: refused.length };
      log.info(told, 'erased what is older than it is kept');
      if (refused.length > 0) return;
    }
    if (orders.length < ORDERS_MAX) this.#done.set(key, endedBefore);
  }
}
