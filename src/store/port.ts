/**
 * The Store port: what the hub asks of whatever keeps the data. One contract suite runs on every engine
 * (test/store/contract.ts). Above it nothing assumes that it is the only writer: versions and verdicts come from here.
 */
import type { Durability } from '../base/durability.js';
import type { Histograms } from '../base/histogram.js';
import type { ChangeSet, RecordVersions } from '../domain/change-set.js';
import type {
  AnyRow,
  Branch,
  CashMovement,
  OrderAggregate,
  OrderHeader,
  OrderLine,
  OrderStatus,
  PosShift,
  StatusLogRow,
  TableName,
} from '../domain/rows.js';
import type { ReportReads, ShiftSummary } from './reports.js';
import type { Upkeep } from './upkeep.js';
import type { SecretChange, SecretReads } from './secrets.js';
import type { AuditFilter, AuditPage, HistoryPage, OrderHistory } from './history.js';

/** One command's change set on its way into a commit. */
export interface CommitRequest {
  readonly branchId: string;
  /** Idempotency key; null: made by the hub itself (seeding), never repeated. */
  readonly key: string | null;
  /** Hash of name and payload, canonical: tells a retry from a reuse. */
  readonly requestHash: string;
  readonly command: string;
  readonly actor: string;
  readonly deviceId: string;
  readonly correlationId: string | null;
  readonly at: number;
  readonly changeSet: ChangeSet;
  /** What the acknowledgement carries as `result`; stored with the key. */
  readonly result: CommandResult;
  /** The commit is refused unless this shift is open; null: no shift needed. */
  readonly requiresShift: string | null;
  /** The shift in the change set that gets the next `z_number` of its register. */
  readonly zNumberOf: string | null;
  /** Rows leave the hot set with this commit: remember its version as the branch's horizon. */
  readonly raisesHorizon: boolean;
  /** Written in the same transaction; absent: none. Whoever changes no row but these may leave the change set empty. */
  readonly secrets?: readonly SecretChange[];
  /** Takes over what another program has done to the data; absent: an ordinary commit. */
  readonly adopts?: Adoption;
  /** What the shift that this commit closes came to: kept in the same transaction; absent: it closes none. */
  readonly summary?: ShiftSummary;
}

/** Rows that another program wrote or removed. Append-only ones are not taken over, only restored. */
export interface Adoption {
  /**
   * Each row of the change set that was there, as it was found: one that does not stand so any more is a `conflict`, and a new
   * one that some commit wrote before is `exists`. The store gives them the version of the change set and this commit's number.
   */
  readonly found: readonly FoundRow[];
  /** Rows that were gone and are written again; one that is there is `exists`. */
  readonly restored: readonly RestoredRow[];
}

export interface FoundRow {
  readonly table: TableName;
  readonly row: AnyRow;
}

export interface RestoredRow extends FoundRow {
  /** The commit that wrote it; null: it is changed by this one, and stands in the change set. */
  readonly commitVersion: number | null;
}

export interface CommandResult {
  readonly records: RecordVersions;
  readonly [more: string]: unknown;
}

/** The answer kept under a key, as it was first given. */
export interface StoredAnswer {
  readonly requestHash: string;
  readonly version: number;
  readonly durability: Durability;
  readonly result: CommandResult;
}

export type CommitOutcome =
  /** Written and, as far as `durability` says, on the disk. `zNumber` where one was asked for. */
  | { readonly kind: 'committed'; readonly version: number; readonly zNumber: number | null }
  /** The key had been used: nothing written. The caller compares `answer.requestHash`. */
  | { readonly kind: 'duplicate'; readonly answer: StoredAnswer }
  /** A row's version is not the one that the decision was made on: nothing written. */
  | { readonly kind: 'conflict'; readonly table: TableName; readonly id: string }
  /** A new row's id or number is taken: nothing written. */
  | { readonly kind: 'exists'; readonly table: TableName; readonly id: string }
  /** `requiresShift` is not open: nothing written. */
  | { readonly kind: 'shift_closed' }
  /** What one of `secrets` was decided on has changed: nothing written. */
  | { readonly kind: 'outdated' }
  /** The disk refused, or writes are stopped: nothing written. */
  | { readonly kind: 'unavailable'; readonly reason: string };

export type Settle = (outcome: CommitOutcome) => void;

export interface LoadedRow {
  readonly table: TableName;
  readonly row: AnyRow;
  /** Branch version of the commit that last wrote it. */
  readonly commitVersion: number;
}

/** What a branch starts with: everything hot, in rising order of `commitVersion`. */
export interface LoadedBranch {
  readonly branch: Branch;
  /** Number of the newest commit; 0 before the first. */
  readonly version: number;
  /** Versions below it cannot be caught up from: rows have left the hot set since. */
  readonly horizon: number;
  /**
   * branch, station, menu_item, staff, device: all. pos_shift: the open one. order_*: orders of the open shift, unfinished
   * ones (status not closed or voided) and those with non-empty `stations`. order_payment also: all of the open shift.
   * cash_movement, number_lease: of the open shift.
   */
  readonly rows: readonly LoadedRow[];
}

/** Ids by table. An order's brings its lines, payments and adjustments along. */
export type RecordIds = { readonly [T in TableName]?: readonly string[] };

/** Records that one call of `stored` may name. */
export const STORED_RECORDS_MAX = 200;

/** A row as it stands in the store now. */
export interface StoredRow extends LoadedRow {
  /** The store would have written the same values in other words: somebody else wrote them. */
  readonly foreign: boolean;
}

export interface StoredOrder extends OrderAggregate {
  /** In order of branch version. */
  readonly logs: readonly StatusLogRow[];
}

export interface OrderFilter {
  readonly status?: OrderStatus;
  readonly table_no?: string;
  /** `opened_at`, inclusive. */
  readonly from?: number;
  /** `opened_at`, exclusive. */
  readonly to?: number;
  readonly number?: number;
  /** The cursor of the page before. */
  readonly cursor?: string;
  /** Default 50, at most 200. */
  readonly limit?: number;
}

export interface OrderPage {
  /** Newest first (`opened_at`, then id). */
  readonly orders: readonly OrderHeader[];
  /** null: there is no more. */
  readonly cursor: string | null;
}

export interface StoredShift {
  readonly shift: PosShift;
  readonly movements: readonly CashMovement[];
}

export type StoreStatus =
  | { readonly state: 'ready' }
  /** Writes are stopped since an I/O error; the store is being reopened and what was in flight settled. */
  | { readonly state: 'recovering'; readonly reason: string }
  /** The disk is full: commits are refused, reads go on, and the next commit tries again. */
  | { readonly state: 'full'; readonly reason: string };

export interface Store {
  readonly durability: Durability;
  /** Names the history that versions belong to. */
  readonly epoch: string;

  /**
   * Everything hot, for each branch, as of the newest commit that is settled. It reads all of that: a start calls it
   * once, and once more only where it made the first branches.
   */
  load(): Promise<readonly LoadedBranch[]>;

  /**
   * Joins the next group. `settle` is called exactly once, outside the call itself, in commit order: versions of one branch
   * arrive gapless and rising, and all of one group in one turn. After an I/O error it waits until the store is reopened and
   * the key was looked up.
   */
  commit(request: CommitRequest, settle: Settle): void;

  /** The answer stored under a key, or null. Sees every commit settled before the call. */
  answer(branchId: string, key: string): Promise<StoredAnswer | null>;

  /** An order wherever it is, with its logs; null: there is none in this branch. */
  order(branchId: string, orderId: string): Promise<StoredOrder | null>;
  /**
   * Brings an archived order's rows back, so that a command may change it; false: it is not archived. The order is the same
   * before and after.
   */
  thaw(branchId: string, orderId: string): Promise<boolean>;
  orderIdOfPayment(branchId: string, paymentId: string): Promise<string | null>;
  orders(branchId: string, filter: OrderFilter): Promise<OrderPage>;
  /** The lines served last, newest first. */
  recentlyServed(
    branchId: string,
    station: string | null,
    limit: number,
  ): Promise<readonly OrderLine[]>;
  /** A shift with its frozen report; `shiftId` null: the one closed last. */
  shift(branchId: string, shiftId: string | null): Promise<StoredShift | null>;
  /** The highest order number given or leased on a business date; 0: none. */
  lastNumber(branchId: string, businessDate: string): Promise<number>;

  /** What closed shifts came to, over any range of dates: read beside all other reads. */
  readonly reports: ReportReads;

  /** What is done with old data; null: the engine keeps none. */
  readonly upkeep: Upkeep | null;

  /** Who may log in, and who has: read on demand, never kept. */
  readonly secrets: SecretReads;

  /** The ids of what `load` would load of the branch now; of an order only its own. */
  hotRecords(branchId: string): Promise<RecordIds>;
  /** These records as they stand now, all at one moment; what is not there is left out. */
  stored(branchId: string, records: RecordIds): Promise<readonly StoredRow[]>;

  /** Told when another program has written to the data: what is remembered of it may be old. Returns how to stop hearing. */
  onOutsideChange(listener: () => void): () => void;
  /** Looks for that now instead of at the next look. True: somebody has, and the listeners were told. */
  lookOutside(): Promise<boolean>;

  /**
   * The commits that touched an order, as far as the engine keeps them; null: there is no such order. A personal value is
   * shown where the order still has it, else as null.
   */
  orderHistory(branchId: string, orderId: string, page: HistoryPage): Promise<OrderHistory | null>;
  /** The branch's commits as far as the engine keeps them, newest first. */
  audit(branchId: string, filter: AuditFilter): Promise<AuditPage>;

  /** Heard at once with the present status and at each change. Returns how to stop hearing. */
  onStatus(listener: (status: StoreStatus) => void): () => void;
  /** Sizes and counts for metrics: `commits`, `groups`, `reads`, `queue_length`, `wal_bytes`, ... */
  stats(): Readonly<Record<string, number>>;
  /** Distributions for metrics, by name; an engine has those that it can measure. */
  histograms(): Histograms;

  /**
   * Settles what was handed in, then closes. Idempotent. While the disk stays broken it waits a bounded time, then closes
   * all the same: what nobody knows the end of is left unsettled, whose callers must not wait for it any longer.
   */
  close(): Promise<void>;
}
