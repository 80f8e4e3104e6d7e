/**
 * Compares records taken at random from memory with the store, every hour: orders, lines, payments and menu items of the hot
 * branches, and cold orders. A few at a time with pauses between, so that no command waits.
 */
import type { Cancel, Timers } from '../../base/clock.js';
import type { Log } from '../../base/log.js';
import type { ColdCache } from '../../store/cold-cache.js';
import type { HubBranch } from '../hub-branch.js';
import { THE_HUB } from './memory-repair.js';

export const CHECK_EVERY_MS = 3_600_000;
export const CHECK_RECORDS = 100;
const SLICE_RECORDS = 10;
export const SLICE_PAUSE_MS = 1_000;

export interface RandomCheckOptions {
  readonly branches: ReadonlyMap<string, HubBranch>;
  readonly cache: ColdCache;
  readonly timers: Timers;
  /** In [0, 1). */
  readonly random: () => number;
  readonly log: Log;
}

/** What a record is checked with. */
type Check = () => Promise<boolean>;

/** Records of one kind: how many there are, and the check of each, in order. */
interface Pool {
  readonly size: number;
  readonly checks: () => Iterable<Check>;
}

export class RandomCheck {
  readonly #options: RandomCheckOptions;
  #cancelPause: Cancel = () => undefined;

  constructor(options: RandomCheckOptions) {
    this.#options = options;
  }

  /** Gives how to stop. */
  start(): Cancel {
    const cancel = this.#options.timers.every(CHECK_EVERY_MS, () => {
      this.#cancelPause();
      this.#slices({ left: this.#sample(), checked: 0, wrong: 0 });
    });
    return () => {
      cancel();
      this.#cancelPause();
    };
  }

  #slices(round: { left: readonly Check[]; checked: number; wrong: number }): void {
    const { timers, log } = this.#options;
    void this.#check(round.left.slice(0, SLICE_RECORDS)).then(
      ({ checked, wrong }) => {
        const left = round.left.slice(SLICE_RECORDS);
        const sum = { left, checked: round.checked + checked, wrong: round.wrong + wrong };
        if (left.length === 0) this.#tell(sum);
        else {
          this.#cancelPause = timers.after(SLICE_PAUSE_MS, () => {
            this.#slices(sum);
          });
        }
      },
      (error: unknown) => {
        log.error({ err: error }, 'the hourly check of memory failed');
      },
    );
  }

  async #check(checks: readonly Check[]): Promise<{ checked: number; wrong: number }> {
    let wrong = 0;
    for (const check of checks) if (!(await check())) wrong += 1;
    return { checked: checks.length, wrong };
  }

  #tell({ checked, wrong }: { checked: number; wrong: number }): void {
    const { log } = this.#options;
    if (wrong === 0) log.info({ checked }, 'memory agrees with the store');
    else log.error({ checked, wrong }, 'memory did not agree with the store, and was repaired');
  }

  /** All records are equally likely. Only the kinds that are hit are walked through. */
  #sample(): Check[] {
    const pools = this.#pools();
    const total = pools.reduce((sum, { size }) => sum + size, 0);
    const places = this.#places(total);
    const sample: Check[] = [];
    let first = 0;
    for (const { size, checks } of pools) {
      const from = first;
      first += size;
      let left = [...places].filter((place) => place >= from && place < from + size).length;
      if (left === 0) continue;
      let place = from;
      for (const check of checks()) {
        if (places.has(place)) {
          sample.push(check);
          left -= 1;
        }
        if (left === 0) break;
        place += 1;
      }
    }
    return sample;
  }

  /** Some come up twice: then there are a few less. */
  #places(total: number): ReadonlySet<number> {
    if (total <= CHECK_RECORDS) return new Set(Array(total).keys());
    const places = Array.from({ length: CHECK_RECORDS }, () =>
      Math.floor(this.#options.random() * total),
    );
    return new Set(places);
  }

  #pools(): Pool[] {
    const { branches, cache } = this.#options;
    const pools = [...branches.values()].flatMap((branch): Pool[] => {
      const { tables } = branch.hub.hot;
      const { order_header: headers, order_line: lines, order_payment: payments } = tables;
      const items = tables.menu_item;
      return [
        poolOf(headers, ({ id }) => orderCheck(branch, id)),
        poolOf(lines, (row) => orderCheck(branch, row.order_id)),
        poolOf(payments, (row) => orderCheck(branch, row.order_id)),
        poolOf(
          items,
          ({ id }) =>
            () =>
              branch.consistency.checkItem(id),
        ),
      ];
    });
    const cold = poolOf(cache, ({ header }) => {
      const branch = branches.get(header.branch_id);
      return branch === undefined ? () => Promise.resolve(true) : orderCheck(branch, header.id);
    });
    return [...pools, cold];
  }
}

function orderCheck({ consistency }: HubBranch, orderId: string): Check {
  return async () => {
    const checked = await consistency.checkOrder(orderId, THE_HUB);
    return checked.kind === 'done' && checked.result.difference.length === 0;
  };
}

function poolOf<Row>(
  rows: { readonly size: number; values(): Iterable<Row> },
  checkOf: (row: Row) => Check,
): Pool {
  return {
    size: rows.size,
    *checks() {
      for (const row of rows.values()) yield checkOf(row);
    },
  };
}
