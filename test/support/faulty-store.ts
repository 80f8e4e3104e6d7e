/**
 * A Store with faults that can be switched on: the bugs of an engine that the hub and the checkers must notice or survive.
 * With none switched on it passes everything through.
 */
import type { RowChange } from '../../src/domain/change-set.js';
import type {
  CommitOutcome,
  CommitRequest,
  LoadedBranch,
  Settle,
  Store,
  StoreStatus,
} from '../../src/store/port.js';

export type StoreFault =
  /** Says committed with the next version, and writes nothing. */
  | 'lose_write'
  /** Writes each change twice: new rows again under another id, changed rows one version further. */
  | 'apply_twice'
  /** Forgets keys: a retry is decided anew. */
  | 'forget_keys'
  /** Settles with a version one too high. */
  | 'wrong_version'
  /** Settles as committed at once; what is written waits for `release()`, and is lost if that never comes. */
  | 'early_ack'
  /** Writes, and tells nobody before `release()`. */
  | 'delay_settle'
  /** Settles twice. */
  | 'settle_twice'
  /** Says committed where the engine found a conflict. */
  | 'accept_conflicts'
  /** Refuses commits as unavailable, writes nothing. */
  | 'unavailable';

const REFUSING = { state: 'recovering', reason: 'a planted fault' } as const;

export class FaultyStore implements Store {
  readonly #inner: Store;
  readonly #nextTick: (run: () => void) => void;
  /** Each fault with the number of commits that it still hits. */
  readonly #faults = new Map<StoreFault, number>();
  readonly #versions = new Map<string, number>();
  readonly #listeners = new Set<(status: StoreStatus) => void>();
  readonly #held: (() => void)[] = [];

  readonly reports: Store['reports'];
  readonly order: Store['order'];
  readonly thaw: Store['thaw'];
  readonly upkeep: Store['upkeep'];
  readonly orders: Store['orders'];
  readonly answer: Store['answer'];
  readonly orderIdOfPayment: Store['orderIdOfPayment'];
  readonly recentlyServed: Store['recentlyServed'];
  readonly shift: Store['shift'];
  readonly lastNumber: Store['lastNumber'];
  readonly hotRecords: Store['hotRecords'];
  readonly stored: Store['stored'];
  readonly onOutsideChange: Store['onOutsideChange'];
  readonly lookOutside: Store['lookOutside'];
  readonly orderHistory: Store['orderHistory'];
  readonly audit: Store['audit'];
  readonly stats: Store['stats'];
  readonly histograms: Store['histograms'];
  readonly close: Store['close'];

  constructor(inner: Store, nextTick: (run: () => void) => void = setImmediate) {
    this.#inner = inner;
    this.#nextTick = nextTick;
    this.reports = inner.reports;
    this.order = inner.order.bind(inner);
    this.thaw = inner.thaw.bind(inner);
    this.upkeep = inner.upkeep;
    this.orders = inner.orders.bind(inner);
    this.answer = inner.answer.bind(inner);
    this.orderIdOfPayment = inner.orderIdOfPayment.bind(inner);
    this.recentlyServed = inner.recentlyServed.bind(inner);
    this.shift = inner.shift.bind(inner);
    this.lastNumber = inner.lastNumber.bind(inner);
    this.hotRecords = inner.hotRecords.bind(inner);
    this.stored = inner.stored.bind(inner);
    this.onOutsideChange = inner.onOutsideChange.bind(inner);
    this.lookOutside = inner.lookOutside.bind(inner);
    this.orderHistory = inner.orderHistory.bind(inner);
    this.audit = inner.audit.bind(inner);
    this.stats = inner.stats.bind(inner);
    this.histograms = inner.histograms.bind(inner);
    this.close = inner.close.bind(inner);
  }

  get durability() {
    return this.#inner.durability;
  }

  get secrets() {
    return this.#inner.secrets;
  }

  get epoch() {
    return this.#inner.epoch;
  }

  /** How many settlements or writes wait for `release()`. */
  get held(): number {
    return this.#held.length;
  }

  /** Switches a fault on, for this many commits (default: until it is switched off). */
  switchOn(fault: StoreFault, commits = Infinity): void {
    this.#faults.set(fault, commits);
    if (fault === 'unavailable') this.#say(REFUSING);
  }

  switchOff(fault: StoreFault): void {
    const wasOn = this.#faults.delete(fault);
    if (wasOn && fault === 'unavailable') this.#say({ state: 'ready' });
  }

  /** Lets go what `early_ack` and `delay_settle` hold, in order. */
  release(): void {
    for (const run of this.#held.splice(0)) run();
  }

  async load(): Promise<readonly LoadedBranch[]> {
    const branches = await this.#inner.load();
    for (const { branch, version } of branches) this.#versions.set(branch.id, version);
    return branches;
  }

  commit(request: CommitRequest, settle: Settle): void {
    if (this.#hits('unavailable')) {
      this.#nextTick(() => {
        settle({ kind: 'unavailable', reason: REFUSING.reason });
      });
    } else if (this.#hits('lose_write')) {
      this.#settleUnwritten(request, settle);
    } else if (this.#hits('early_ack')) {
      this.#settleUnwritten(request, settle);
      this.#held.push(() => {
        this.#inner.commit(request, () => undefined);
      });
    } else {
      this.#write(request, settle);
    }
  }

  onStatus(listener: (status: StoreStatus) => void): () => void {
    this.#listeners.add(listener);
    const stop = this.#inner.onStatus((status) => {
      if (!this.#faults.has('unavailable')) listener(status);
    });
    if (this.#faults.has('unavailable')) listener(REFUSING);
    return () => {
      this.#listeners.delete(listener);
      stop();
    };
  }

  #write(request: CommitRequest, settle: Settle): void {
    const told = this.#telling(request, settle);
    const key = this.#hits('forget_keys') ? null : request.key;
    this.#inner.commit({ ...request, key }, told);
    if (this.#hits('apply_twice')) {
      const changeSet = request.changeSet.map(again);
      this.#inner.commit({ ...request, key: null, changeSet }, (outcome) => {
        this.#note(request, outcome);
      });
    }
  }

  /** `settle`, with the faults of telling. */
  #telling(request: CommitRequest, settle: Settle): Settle {
    const twice = this.#hits('settle_twice');
    const wrong = this.#hits('wrong_version');
    const delayed = this.#hits('delay_settle');
    return (outcome) => {
      this.#note(request, outcome);
      let told = outcome;
      if (told.kind === 'conflict' && this.#hits('accept_conflicts')) {
        told = { kind: 'committed', version: this.#next(request), zNumber: null };
      }
      if (told.kind === 'committed' && wrong) told = { ...told, version: told.version + 1 };
      const tell = () => {
        settle(told);
        if (twice) settle(told);
      };
      if (delayed) this.#held.push(tell);
      else tell();
    };
  }

  #settleUnwritten(request: CommitRequest, settle: Settle): void {
    const version = this.#next(request);
    this.#versions.set(request.branchId, version);
    const zNumber = request.zNumberOf === null ? null : 1;
    this.#nextTick(() => {
      settle({ kind: 'committed', version, zNumber });
    });
  }

  #next(request: CommitRequest): number {
    return (this.#versions.get(request.branchId) ?? 0) + 1;
  }

  #note(request: CommitRequest, outcome: CommitOutcome): void {
    if (outcome.kind === 'committed') this.#versions.set(request.branchId, outcome.version);
  }

  /** Whether the fault hits this commit; counts it. */
  #hits(fault: StoreFault): boolean {
    const left = this.#faults.get(fault);
    if (left === undefined) return false;
    if (left === 1) this.switchOff(fault);
    else this.#faults.set(fault, left - 1);
    return true;
  }

  #say(status: StoreStatus): void {
    for (const listener of this.#listeners) listener(status);
  }
}

/** The change once more, as a second run of the same command would make it. */
function again(change: RowChange): RowChange {
  const { after, changes } = change;
  if (changes === null) {
    return { ...change, after: { ...after, id: `${after.id}-again` } } as RowChange;
  }
  const version = after.version + 1;
  return {
    ...change,
    before: after,
    after: { ...after, version },
    changes: { ...changes, version },
  } as RowChange;
}
