/**
 * Compares records of memory with the store while no command is under way on them, and gives memory what is stored. A repair
 * is a commit of its own (`cache.repair`, no rows): with its version as the new horizon every client gets a fresh snapshot,
 * also one that comes back after a restart.
 */
import type { Repair } from '../../store/hot/hot-branch.js';
import type { CommitOutcome, RecordIds } from '../../store/port.js';
import { differencesOf, partsOf, type RowDifference } from './compare.js';
import { holdRecords } from './hold.js';
import type { ConsistencyOptions } from './options.js';
import type { OutsideLook } from './outside-look.js';
import { rowFault } from './row-fit.js';

/** On whose behalf. */
export interface Asker {
  readonly staffId: string;
  readonly deviceId: string;
  readonly correlationId: string | null;
}

/** The hub's own checks. */
export const THE_HUB: Asker = { staffId: 'system', deviceId: 'hub', correlationId: null };

/** The store did not take the commit that a repair needs: memory is as it was. */
export class RepairRefused extends Error {
  override readonly name = 'RepairRefused';
}

export class MemoryRepair {
  readonly #options: ConsistencyOptions;
  readonly #outside: OutsideLook;

  constructor(options: ConsistencyOptions, outside: OutsideLook) {
    this.#options = options;
    this.#outside = outside;
  }

  /** What differed; memory holds what is stored when it resolves. Throws RepairRefused. */
  async refresh(records: RecordIds, by: Asker): Promise<readonly RowDifference[]> {
    const found: RowDifference[] = [];
    for (const part of partsOf(records)) found.push(...(await this.#refresh(part, by)));
    return found;
  }

  async #refresh(part: RecordIds, by: Asker): Promise<readonly RowDifference[]> {
    const differences = await this.#held(part, () => Promise.resolve());
    if (differences.length === 0) return differences;
    // What another program did is taken over as its change; only what is left then is memory's own fault.
    await this.#options.store.lookOutside();
    await this.#outside.lookIfDue();
    await this.#held(part, (left) => this.#repair(left, by));
    return differences;
  }

  /** Compares, and goes on while the records are held. */
  async #held(
    part: RecordIds,
    then: (differences: readonly RowDifference[]) => Promise<void>,
  ): Promise<readonly RowDifference[]> {
    const { hub, store } = this.#options;
    const release = await holdRecords(hub, part);
    try {
      const differences = differencesOf(hub.hot, part, await store.stored(hub.id, part));
      await then(differences);
      return differences;
    } finally {
      release();
    }
  }

  async #repair(differences: readonly RowDifference[], by: Asker): Promise<void> {
    const { hub, log, counts } = this.#options;
    const repairs = differences.flatMap((difference) => this.#repairOf(difference));
    if (repairs.length === 0) return;
    const outcome = await this.#commit(repairs, by);
    if (outcome.kind !== 'committed') {
      const reason = outcome.kind === 'unavailable' ? outcome.reason : outcome.kind;
      throw new RepairRefused(`memory could not be repaired: ${reason}`);
    }
    counts.repairs += repairs.length;
    for (const { table, id, columns } of differences) {
      log.error({ branch: hub.id, table, id, columns }, 'memory was wrong, and was repaired');
    }
  }

  #repairOf({ table, id, stored }: RowDifference): Repair[] {
    const { hub, log } = this.#options;
    if (stored === null) return [{ table, id, row: null, commitVersion: 0 }];
    const reason = rowFault(table, stored.row);
    if (reason === null) {
      return [{ table, id, row: stored.row, commitVersion: stored.commitVersion }];
    }
    log.error({ branch: hub.id, table, id, reason }, 'a stored row cannot be used: memory stays');
    return [];
  }

  #commit(repairs: readonly Repair[], by: Asker): Promise<CommitOutcome> {
    const { hub, store, cache, clock, restartScreens } = this.#options;
    return new Promise((resolve, reject) => {
      const request = {
        branchId: hub.id,
        key: null,
        requestHash: '',
        command: 'cache.repair',
        actor: by.staffId,
        deviceId: by.deviceId,
        correlationId: by.correlationId,
        at: clock.now(),
        changeSet: [],
        result: { records: {} },
        requiresShift: null,
        zNumberOf: null,
        raisesHorizon: true,
      };
      store.commit(request, (outcome) => {
        try {
          if (outcome.kind === 'committed') {
            hub.hot.repair(repairs, outcome.version);
            for (const { table, id } of repairs) if (table === 'order_header') cache.drop(id);
            restartScreens(outcome.version);
          }
          resolve(outcome);
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
    });
  }
}
