/**
 * The memory engine: the Store port with the same verdicts as SQL and nothing on disk. Of the event log it keeps the newest
 * commits, and all of it is gone with the process: for demos, tests and comparison.
 */
import type { Clock } from '../../base/clock.js';
import type { Histograms } from '../../base/histogram.js';
import type { NewId } from '../../base/ids.js';
import { emptyFigures } from '../../domain/reports/tally.js';
import type { OrderLine } from '../../domain/rows.js';
import type { AuditFilter, AuditPage, HistoryPage, OrderHistory } from '../history.js';
import type {
  CommitOutcome,
  CommitRequest,
  LoadedBranch,
  OrderFilter,
  OrderPage,
  RecordIds,
  Settle,
  Store,
  StoreStatus,
  StoredAnswer,
  StoredOrder,
  StoredRow,
  StoredShift,
} from '../port.js';
import type { ReportReads } from '../reports.js';
import type { SecretReads, StoredPairingCode } from '../secrets.js';
import { BranchMemory } from './branch-memory.js';
import {
  highestNumber,
  hotRecords,
  orderPage,
  servedLines,
  storedRows,
  storedShift,
} from './queries.js';

export interface MemoryStoreOptions {
  /** Dates the keys' expiry. */
  readonly clock: Clock;
  /** Names the epoch: a new one at every start. */
  readonly newId: NewId;
  /** Runs a group after the present turn (`setImmediate`, `queueMicrotask`, or a test's hand). */
  readonly nextTick: (run: () => void) => void;
}

interface Waiting {
  readonly request: CommitRequest;
  readonly settle: Settle;
}

export function createMemoryStore(options: MemoryStoreOptions): Store {
  return new MemoryStore(options);
}

class MemoryStore implements Store {
  readonly durability = 'none';
  readonly epoch: string;
  readonly secrets: SecretReads = {
    credential: (branchId, staffId, kind) =>
      this.#read(branchId, null, ({ secrets }) => secrets.credential(staffId, kind)),
    authSession: (branchId, sessionId) =>
      this.#read(branchId, null, ({ secrets }) => secrets.session(sessionId)),
    endedSessions: (since) => {
      const branches = [...this.#branches.values()];
      return Promise.resolve(branches.flatMap(({ secrets }) => secrets.ended(since)));
    },
    pairingCode: (selector) => Promise.resolve(this.#pairingCode(selector)),
    loginFailures: (branchId, deviceId, staffId) =>
      this.#read(branchId, [], ({ secrets }) => secrets.failures(deviceId, staffId)),
  };
  readonly reports: ReportReads = {
    figures: (branchId, range) =>
      this.#read(branchId, emptyFigures(), ({ summaries }) => summaries.figures(range)),
    days: (branchId, range) => this.#read(branchId, [], ({ summaries }) => summaries.days(range)),
    shifts: (branchId, range) =>
      this.#read(branchId, [], ({ rows, summaries }) =>
        summaries.shifts(range, (shiftId) => rows.get('pos_shift', shiftId)?.row),
      ),
  };
  readonly upkeep = null;
  readonly #clock: Clock;
  readonly #nextTick: (run: () => void) => void;
  readonly #branches = new Map<string, BranchMemory>();
  readonly #counts = { commits: 0, groups: 0, reads: 0 };
  /** Bounded by the hub's commands in flight: each waits for its settlement. */
  #waiting: Waiting[] = [];
  #closed = false;

  constructor({ clock, newId, nextTick }: MemoryStoreOptions) {
    this.#clock = clock;
    this.#nextTick = nextTick;
    this.epoch = newId();
  }

  load(): Promise<readonly LoadedBranch[]> {
    const loaded = [...this.#branches].map(([branchId, branch]) => branch.load(branchId));
    return Promise.resolve(loaded.filter((branch) => branch !== null));
  }

  commit(request: CommitRequest, settle: Settle): void {
    this.#waiting.push({ request, settle });
    if (this.#waiting.length === 1) {
      this.#nextTick(() => {
        this.#commitGroup();
      });
    }
  }

  answer(branchId: string, key: string): Promise<StoredAnswer | null> {
    return this.#read(branchId, null, (branch) => branch.answer(key));
  }

  order(branchId: string, orderId: string): Promise<StoredOrder | null> {
    return this.#read(branchId, null, (branch) => branch.order(orderId));
  }

  thaw(): Promise<boolean> {
    return Promise.resolve(false);
  }

  orderIdOfPayment(branchId: string, paymentId: string): Promise<string | null> {
    return this.#read(
      branchId,
      null,
      ({ rows }) => rows.get('order_payment', paymentId)?.row.order_id ?? null,
    );
  }

  orders(branchId: string, filter: OrderFilter): Promise<OrderPage> {
    const none: OrderPage = { orders: [], cursor: null };
    return this.#read(branchId, none, ({ rows }) => orderPage(rows, filter));
  }

  recentlyServed(
    branchId: string,
    station: string | null,
    limit: number,
  ): Promise<readonly OrderLine[]> {
    return this.#read(branchId, [], ({ rows }) => servedLines(rows, station, limit));
  }

  shift(branchId: string, shiftId: string | null): Promise<StoredShift | null> {
    return this.#read(branchId, null, ({ rows }) => storedShift(rows, shiftId));
  }

  lastNumber(branchId: string, businessDate: string): Promise<number> {
    return this.#read(branchId, 0, ({ rows }) => highestNumber(rows, businessDate));
  }

  hotRecords(branchId: string): Promise<RecordIds> {
    return this.#read(branchId, {}, ({ rows }) => hotRecords(rows));
  }

  stored(branchId: string, records: RecordIds): Promise<readonly StoredRow[]> {
    return this.#read(branchId, [], ({ rows }) => storedRows(rows, records));
  }

  /** There is no way in from outside. */
  onOutsideChange(): () => void {
    return () => undefined;
  }

  lookOutside(): Promise<boolean> {
    return Promise.resolve(false);
  }

  orderHistory(branchId: string, orderId: string, page: HistoryPage): Promise<OrderHistory | null> {
    return this.#read(branchId, null, ({ rows, commits }) => {
      const header = rows.get('order_header', orderId)?.row;
      if (header === undefined) return null;
      return commits.history(header, page, (lineId) => rows.get('order_line', lineId)?.row);
    });
  }

  audit(branchId: string, filter: AuditFilter): Promise<AuditPage> {
    const none: AuditPage = { entries: [], cursor: null };
    return this.#read(branchId, none, ({ commits }) => commits.audit(filter));
  }

  onStatus(listener: (status: StoreStatus) => void): () => void {
    listener({ state: 'ready' });
    return () => undefined;
  }

  stats(): Readonly<Record<string, number>> {
    const branches = [...this.#branches.values()];
    return {
      ...this.#counts,
      queue_length: this.#waiting.length,
      rows: branches.reduce((sum, { rows }) => sum + rows.size, 0),
      keys: branches.reduce((sum, { answerCount }) => sum + answerCount, 0),
      keys_expired_total: branches.reduce((sum, { forgotten }) => sum + forgotten, 0),
      commits_kept: branches.reduce((sum, { commits }) => sum + commits.size, 0),
    };
  }

  histograms(): Histograms {
    return {};
  }

  close(): Promise<void> {
    this.#commitGroup();
    this.#closed = true;
    return Promise.resolve();
  }

  #commitGroup(): void {
    const group = this.#waiting;
    if (group.length === 0) return;
    this.#waiting = [];
    const outcomes = group.map(({ request }) => this.#decide(request));
    this.#counts.groups += 1;
    for (const [index, { settle }] of group.entries()) {
      const outcome = outcomes[index];
      if (outcome !== undefined) settle(outcome);
    }
  }

  #decide(request: CommitRequest): CommitOutcome {
    if (this.#closed) return { kind: 'unavailable', reason: 'the store is closed' };
    let branch = this.#branches.get(request.branchId);
    if (branch === undefined) {
      branch = new BranchMemory();
      this.#branches.set(request.branchId, branch);
    }
    const outcome = branch.commit(request, this.#clock.now());
    if (outcome.kind === 'committed') this.#counts.commits += 1;
    return outcome;
  }

  #pairingCode(selector: string): StoredPairingCode | null {
    for (const [branchId, { secrets }] of this.#branches) {
      const code = secrets.code(selector);
      if (code !== null) return { ...code, branch_id: branchId };
    }
    return null;
  }

  #read<T>(branchId: string, none: T, read: (branch: BranchMemory) => T): Promise<T> {
    this.#counts.reads += 1;
    const branch = this.#branches.get(branchId);
    return Promise.resolve(branch === undefined ? none : read(branch));
  }
}
