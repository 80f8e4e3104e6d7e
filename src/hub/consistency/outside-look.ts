/**
 * Another program has written to the data: finds what of it concerns memory, and takes that over as a commit
 * `external.change`, a part at a time. It reads in slices, and holds no record but those that differ.
 */
import { recordVersions } from '../../domain/change-set.js';
import type { TableName } from '../../domain/rows.js';
import type { CommitOutcome, RecordIds, StoredRow } from '../../store/port.js';
import { adoptionOf, type Adopting, type RefusedRow } from './adoption.js';
import { differencesOf, heldRecords, isTouched, partsOf, type RowDifference } from './compare.js';
import type { ConsistencyOptions } from './options.js';
import { holdRecords } from './hold.js';

/** What is found changed once more is looked at again, this often; then it waits for the next look. */
const ATTEMPTS_MAX = 5;

const EXTERNAL = 'external';

export class OutsideLook {
  readonly #options: ConsistencyOptions;
  #due = false;
  #running: Promise<void> | null = null;

  constructor(options: ConsistencyOptions) {
    this.#options = options;
  }

  /** The data has changed from outside. */
  mark(): void {
    this.#due = true;
  }

  /** Resolves when memory holds what was stored when this was called. */
  async lookIfDue(): Promise<void> {
    while (this.#due || this.#running !== null) {
      if (this.#running === null) {
        this.#due = false;
        this.#running = this.#look().finally(() => {
          this.#running = null;
        });
      }
      await this.#running;
    }
  }

  async #look(): Promise<void> {
    const { hub, store, log } = this.#options;
    try {
      const stored = await store.hotRecords(hub.id);
      const suspects: RecordIds[] = [];
      for (const part of partsOf(heldRecords(hub.hot), stored)) {
        const rows = await store.stored(hub.id, part);
        suspects.push(...this.#suspectsOf(this.#differences(part, rows)));
      }
      for (const part of partsOf(...suspects)) await this.#adopt(part);
    } catch (error) {
      log.error(
        { branch: hub.id, err: error },
        'what another program changed could not be looked at',
      );
    }
  }

  /** The records whose rows differ: commands may be under way on them. */
  #suspectsOf(differences: readonly RowDifference[]): RecordIds[] {
    return differences.flatMap(({ table, id, memory, stored }): RecordIds[] => {
      const orders = [memory, stored?.row].flatMap((row) =>
        row !== null && row !== undefined && 'order_id' in row ? [row.order_id] : [],
      );
      if (orders.length === 0) return [{ [table]: [id] }];
      const { hot } = this.#options.hub;
      return orders.map((order) =>
        hot.orders.has(order) || table !== 'order_payment'
          ? { order_header: [order] }
          : { [table]: [id] },
      );
    });
  }

  #differences(part: RecordIds, rows: readonly StoredRow[]): RowDifference[] {
    const { hot } = this.#options.hub;
    const differences = differencesOf(hot, part, rows);
    const known = new Set(differences.map(({ table, id }) => `${table} ${id}`));
    for (const stored of rows) {
      const { table, row } = stored;
      if (known.has(`${table} ${row.id}`) || !isTouched(hot, stored)) continue;
      const memory = hot.record(table, row.id) ?? null;
      differences.push({ table, id: row.id, memory, stored, columns: [] });
    }
    return differences;
  }

  async #adopt(part: RecordIds): Promise<void> {
    const release = await holdRecords(this.#options.hub, part);
    try {
      const left = new Set<string>();
      for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
        const differences = await this.#found(part, left);
        if (differences.length === 0) return;
        const adopting = adoptionOf(this.#options.hub.hot, differences);
        for (const refused of adopting.refused) this.#refuse(refused);
        if (adopting.changeSet.length + adopting.restored.length === 0) return;
        const outcome = await this.#commit(adopting);
        if (outcome.kind === 'committed') return;
        if (outcome.kind === 'exists') {
          // A row of the past that some commit wrote: it stays where it is, on the disk.
          left.add(`${outcome.table} ${outcome.id}`);
        } else if (outcome.kind !== 'conflict') {
          await this.#adoptOneByOne(differences, outcome);
          return;
        }
      }
    } finally {
      release();
    }
  }

  async #found(part: RecordIds, left: ReadonlySet<string>): Promise<RowDifference[]> {
    const { hub, store } = this.#options;
    const differences = this.#differences(part, await store.stored(hub.id, part));
    const gone = differences.filter(
      ({ stored, table }) => stored === null && table !== 'order_header',
    );
    // A line that is gone from its order may stand in another.
    const elsewhere = new Map<string, StoredRow>();
    for (const records of partsOf(...gone.map(({ table, id }) => ({ [table]: [id] })))) {
      for (const row of await store.stored(hub.id, records)) {
        elsewhere.set(`${row.table} ${row.row.id}`, row);
      }
    }
    const there = [...elsewhere.values()];
    return [
      ...differences.filter(({ table, id }) => !elsewhere.has(`${table} ${id}`)),
      ...differencesOf(hub.hot, {}, there),
    ].filter(({ table, id }) => !left.has(`${table} ${id}`));
  }

  /** The schema refuses one of them: the others are taken over without it. */
  async #adoptOneByOne(differences: readonly RowDifference[], of: CommitOutcome): Promise<void> {
    const reason = of.kind === 'unavailable' ? of.reason : of.kind;
    if (differences.length === 1) {
      for (const { table, id } of differences) this.#refuse({ table, id, reason });
      return;
    }
    for (const difference of differences) {
      const adopting = adoptionOf(this.#options.hub.hot, [difference]);
      if (adopting.changeSet.length + adopting.restored.length === 0) continue;
      const outcome = await this.#commit(adopting);
      if (outcome.kind !== 'committed') await this.#adoptOneByOne([difference], outcome);
    }
  }

  #commit({ changeSet, found, restored }: Adopting): Promise<CommitOutcome> {
    const { hub, store, clock, log, counts } = this.#options;
    return new Promise((resolve, reject) => {
      const request = {
        branchId: hub.id,
        key: null,
        requestHash: '',
        command: 'external.change',
        actor: EXTERNAL,
        deviceId: EXTERNAL,
        correlationId: null,
        at: clock.now(),
        changeSet,
        result: { records: recordVersions(changeSet) },
        requiresShift: null,
        zNumberOf: null,
        raisesHorizon: hub.hot.raisesHorizon(changeSet),
        adopts: { found, restored },
      };
      store.commit(request, (outcome) => {
        if (outcome.kind !== 'committed') {
          resolve(outcome);
          return;
        }
        try {
          hub.publish(changeSet, outcome, []);
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
          return;
        }
        counts.externalChanges += 1;
        const { version } = outcome;
        const fields = { branch: hub.id, version, records: request.result.records };
        log.warn(fields, 'another program changed the data: taken over as external.change');
        for (const { table, row } of restored) {
          log.error(
            { branch: hub.id, table, id: row.id },
            'a row that was removed is written again',
          );
        }
        void (touchesNumbers(changeSet) ? hub.learnLastNumber() : Promise.resolve()).then(() => {
          resolve(outcome);
        }, reject);
      });
    });
  }

  #refuse({ table, id, reason }: RefusedRow): void {
    const { hub, log } = this.#options;
    log.error(
      { branch: hub.id, table, id, reason },
      'another program left a row that cannot be taken over: memory stays as it was',
    );
  }
}

const NUMBERED: readonly TableName[] = ['pos_shift', 'number_lease', 'order_header'];

function touchesNumbers(changeSet: Adopting['changeSet']): boolean {
  return changeSet.some(({ table }) => NUMBERED.includes(table));
}
