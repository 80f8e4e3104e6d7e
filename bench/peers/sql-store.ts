/**
 * SQLite and nothing else behind the Store port: every read from SQL, every commit a transaction of its own, both on the
 * caller's thread, as better-sqlite3 recommends it. Same schema, same statements, same durability as ours.
 */
import type { Database, Statement } from 'better-sqlite3';
import { uuidV7Source } from '#dist/base/ids.js';
import { systemClock } from '#dist/base/clock.js';
import type { OrderAggregate, OrderLine, TableName } from '#dist/domain/rows.js';
import type { AuditFilter, AuditPage, HistoryPage, OrderHistory } from '#dist/store/history.js';
import type {
  CommitOutcome,
  CommitRequest,
  LoadedBranch,
  OrderFilter,
  OrderPage,
  RecordIds,
  Settle,
  StoreStatus,
  StoredAnswer,
  StoredOrder,
  StoredRow,
  StoredShift,
} from '#dist/store/port.js';
import type { ReportReads } from '#dist/store/reports.js';
import type { SecretReads } from '#dist/store/secrets.js';
import { openReader, openWriter } from '#dist/store/sqlite/database.js';
import { encodeRequest } from '#dist/store/sqlite/encode.js';
import { GroupWriter } from '#dist/store/sqlite/group-writer.js';
import { loadFrom } from '#dist/store/sqlite/load.js';
import type { DatabaseFile } from '#dist/store/sqlite/messages.js';
import { READ_SQL, Reader } from '#dist/store/sqlite/reads.js';
import { fromSql, type PlainRow } from '#dist/store/sqlite/row-sql.js';
import type { ReadingStore } from '../stores/reading-store.js';
import type { KitchenTickets } from '../stores/kitchen.js';
import { SqlKitchen } from './sql-kitchen.js';

/** SQLite's own default; ours copies the log on a thread of its own instead. */
const AUTOCHECKPOINT_PAGES = 1_000;

type ReadName = 'header' | 'lines' | 'payments' | 'adjustments';

export class SqlStore implements ReadingStore {
  readonly durability = 'full';
  readonly upkeep = null;
  readonly epoch = uuidV7Source(systemClock)();
  readonly secrets: SecretReads = {
    credential: (...of) => Promise.resolve(this.#reader.credential(...of)),
    authSession: (...of) => Promise.resolve(this.#reader.authSession(...of)),
    endedSessions: (since) => Promise.resolve(this.#reader.endedSessions(since)),
    pairingCode: (selector) => Promise.resolve(this.#reader.pairingCode(selector)),
    loginFailures: (...of) => Promise.resolve(this.#reader.loginFailures(...of)),
  };
  readonly reports: ReportReads = {
    figures: (...of) => Promise.resolve(this.#reader.figures(...of)),
    days: (...of) => Promise.resolve(this.#reader.days(...of)),
    shifts: (...of) => Promise.resolve(this.#reader.shifts(...of)),
  };
  readonly #file: DatabaseFile;
  readonly #writing: Database;
  readonly #reading: Database;
  readonly #writer: GroupWriter;
  readonly #reader: Reader;
  readonly #kitchen: SqlKitchen;
  readonly #sql: Readonly<Record<ReadName, Statement<string[]>>>;

  constructor(path: string) {
    this.#file = { path, durability: 'full', mmapBytes: 0 };
    this.#writing = openWriter(this.#file);
    this.#writing.pragma(`wal_autocheckpoint = ${String(AUTOCHECKPOINT_PAGES)}`);
    this.#reading = openReader(this.#file);
    this.#writer = new GroupWriter(this.#writing, 'full');
    this.#reader = new Reader(this.#reading);
    this.#kitchen = new SqlKitchen(this.#reading, 'indexed');
    const prepare = (name: ReadName): Statement<string[]> => this.#reading.prepare(READ_SQL[name]);
    this.#sql = {
      header: prepare('header'),
      lines: prepare('lines'),
      payments: prepare('payments'),
      adjustments: prepare('adjustments'),
    };
  }

  thaw(): Promise<boolean> {
    return Promise.resolve(false);
  }

  aggregate(branchId: string, orderId: string): Promise<OrderAggregate | null> {
    const rows = <T extends TableName>(table: T, name: ReadName) =>
      this.#sql[name].all(branchId, orderId).map((row) => fromSql(table, row as PlainRow));
    const [header] = rows('order_header', 'header');
    if (header === undefined) return Promise.resolve(null);
    return Promise.resolve({
      header,
      lines: rows('order_line', 'lines'),
      payments: rows('order_payment', 'payments'),
      adjustments: rows('order_adjustment', 'adjustments'),
    });
  }

  kitchen(station: string | null): Promise<KitchenTickets> {
    return Promise.resolve(this.#kitchen.tickets(station));
  }

  load(): Promise<readonly LoadedBranch[]> {
    return Promise.resolve(loadFrom(this.#file));
  }

  commit(request: CommitRequest, settle: Settle): void {
    const written = this.#writer.write([encodeRequest(request)]);
    const outcome = written.kind === 'settled' ? written.outcomes[0] : undefined;
    const settled: CommitOutcome =
      outcome === undefined
        ? { kind: 'unavailable', reason: 'the disk failed' }
        : typeof outcome === 'number'
          ? { kind: 'committed', version: outcome, zNumber: null }
          : outcome;
    queueMicrotask(() => {
      settle(settled);
    });
  }

  answer(branchId: string, key: string): Promise<StoredAnswer | null> {
    return Promise.resolve(this.#reader.answer(branchId, key));
  }

  order(branchId: string, orderId: string): Promise<StoredOrder | null> {
    return Promise.resolve(this.#reader.order(branchId, orderId));
  }

  orderIdOfPayment(branchId: string, paymentId: string): Promise<string | null> {
    return Promise.resolve(this.#reader.orderIdOfPayment(branchId, paymentId));
  }

  orders(branchId: string, filter: OrderFilter): Promise<OrderPage> {
    return Promise.resolve(this.#reader.orders(branchId, filter));
  }

  recentlyServed(branchId: string, station: string | null, limit: number): Promise<OrderLine[]> {
    return Promise.resolve(this.#reader.recentlyServed(branchId, station, limit));
  }

  shift(branchId: string, shiftId: string | null): Promise<StoredShift | null> {
    return Promise.resolve(this.#reader.shift(branchId, shiftId));
  }

  lastNumber(branchId: string, businessDate: string): Promise<number> {
    return Promise.resolve(this.#reader.lastNumber(branchId, businessDate));
  }

  hotRecords(branchId: string): Promise<RecordIds> {
    return Promise.resolve(this.#reader.hotRecords(branchId));
  }

  stored(branchId: string, records: RecordIds): Promise<readonly StoredRow[]> {
    return Promise.resolve(this.#reader.stored(branchId, records));
  }

  /** Nobody writes beside it in a bench. */
  onOutsideChange(): () => void {
    return () => undefined;
  }

  lookOutside(): Promise<boolean> {
    return Promise.resolve(false);
  }

  orderHistory(branchId: string, orderId: string, page: HistoryPage): Promise<OrderHistory | null> {
    return this.#reader.orderHistory(branchId, orderId, page);
  }

  audit(branchId: string, filter: AuditFilter): Promise<AuditPage> {
    return this.#reader.audit(branchId, filter);
  }

  onStatus(listener: (status: StoreStatus) => void): () => void {
    listener({ state: 'ready' });
    return () => undefined;
  }

  stats(): Readonly<Record<string, number>> {
    return {};
  }

  histograms() {
    return {};
  }

  close(): Promise<void> {
    this.#reading.close();
    this.#writing.close();
    return Promise.resolve();
  }
}
