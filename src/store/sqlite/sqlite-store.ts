/** The SQLite engine: one writer, one reader, and the ownership of the directory they work in. */
import type { Cancel } from '../../base/clock.js';
import type { Histograms } from '../../base/histogram.js';
import type { OrderLine } from '../../domain/rows.js';
import type { AuditFilter, AuditPage, HistoryPage, OrderHistory } from '../history.js';
import type {
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
import type { SecretReads } from '../secrets.js';
import type { Archive } from '../archive/archive.js';
import type { HeadKeeper } from './head-keeper.js';
import type { DiskDurability } from './messages.js';
import type { OutsideWatch } from './outside-watch.js';
import type { ReadClient } from './read-client.js';
import type { WriteQueue } from './write-queue.js';

interface Parts {
  readonly durability: DiskDurability;
  readonly epoch: string;
  readonly queue: WriteQueue;
  readonly reader: ReadClient;
  /** A reader of its own, so that a long report delays no other read. */
  readonly reports: ReadClient;
  readonly heads: HeadKeeper;
  readonly archive: Archive;
  readonly outside: OutsideWatch;
  readonly load: () => readonly LoadedBranch[];
  readonly letGo: () => void;
  readonly stopKeyRounds: Cancel;
}

export class SqliteStore implements Store {
  readonly durability: DiskDurability;
  readonly epoch: string;
  readonly secrets: SecretReads;
  readonly reports: ReportReads;
  readonly #queue: WriteQueue;
  readonly #reader: ReadClient;
  readonly #reportReader: ReadClient;
  readonly upkeep: Archive;
  readonly #heads: HeadKeeper;
  readonly #outside: OutsideWatch;
  readonly #load: () => readonly LoadedBranch[];
  readonly #letGo: () => void;
  readonly #stopKeyRounds: Cancel;
  #closing: Promise<void> | null = null;

  constructor(parts: Parts) {
    this.durability = parts.durability;
    this.epoch = parts.epoch;
    this.#queue = parts.queue;
    this.#reader = parts.reader;
    this.secrets = secretReads(parts.reader);
    this.#reportReader = parts.reports;
    this.reports = reportReads(parts.reports);
    this.#heads = parts.heads;
    this.upkeep = parts.archive;
    this.#outside = parts.outside;
    this.#load = parts.load;
    this.#letGo = parts.letGo;
    this.#stopKeyRounds = parts.stopKeyRounds;
  }

  load(): Promise<readonly LoadedBranch[]> {
    return Promise.resolve().then(this.#load);
  }

  commit(request: CommitRequest, settle: Settle): void {
    this.#queue.commit(request, settle);
  }

  answer(branchId: string, key: string): Promise<StoredAnswer | null> {
    return this.#reader.read('answer', branchId, key);
  }

  order(branchId: string, orderId: string): Promise<StoredOrder | null> {
    return this.#reader.read('order', branchId, orderId);
  }

  async thaw(branchId: string, orderId: string): Promise<boolean> {
    const found = await this.#reader.read('archivedOrder', branchId, orderId);
    if (found === null) return false;
    const record = JSON.stringify(found.record);
    const key = { branchId, orderId, segmentId: found.segmentId };
    const { thawed } = await this.#queue.task({ name: 'order.thaw', ...key, record });
    return thawed;
  }

  orderIdOfPayment(branchId: string, paymentId: string): Promise<string | null> {
    return this.#reader.read('orderIdOfPayment', branchId, paymentId);
  }

  orders(branchId: string, filter: OrderFilter): Promise<OrderPage> {
    return this.#reader.read('orders', branchId, filter);
  }

  recentlyServed(
    branchId: string,
    station: string | null,
    limit: number,
  ): Promise<readonly OrderLine[]> {
    return this.#reader.read('recentlyServed', branchId, station, limit);
  }

  shift(branchId: string, shiftId: string | null): Promise<StoredShift | null> {
    return this.#reader.read('shift', branchId, shiftId);
  }

  lastNumber(branchId: string, businessDate: string): Promise<number> {
    return this.#reader.read('lastNumber', branchId, businessDate);
  }

  hotRecords(branchId: string): Promise<RecordIds> {
    return this.#reader.read('hotRecords', branchId);
  }

  stored(branchId: string, records: RecordIds): Promise<readonly StoredRow[]> {
    return this.#reader.read('stored', branchId, records);
  }

  onOutsideChange(listener: () => void): () => void {
    return this.#outside.onChange(listener);
  }

  lookOutside(): Promise<boolean> {
    return this.#outside.look();
  }

  orderHistory(branchId: string, orderId: string, page: HistoryPage): Promise<OrderHistory | null> {
    return this.#reader.read('orderHistory', branchId, orderId, page);
  }

  audit(branchId: string, filter: AuditFilter): Promise<AuditPage> {
    return this.#reader.read('audit', branchId, filter);
  }

  onStatus(listener: (status: StoreStatus) => void): () => void {
    return this.#queue.onStatus(listener);
  }

  stats(): Readonly<Record<string, number>> {
    const readers = [this.#reader, this.#reportReader];
    return {
      ...this.#queue.stats(),
      ...this.#heads.stats(),
      ...this.#outside.stats(),
      ...this.upkeep.stats(),
      reads: readers.reduce((sum, { reads }) => sum + reads, 0),
      reads_waiting: readers.reduce((sum, { waiting }) => sum + waiting, 0),
    };
  }

  histograms(): Histograms {
    return this.#queue.histograms;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#outside.close();
    this.#stopKeyRounds();
    await this.upkeep.close();
    await this.#queue.drain();
    await this.#heads.close();
    // The readers first: the last connection copies the log into the file and takes it away.
    await this.#reportReader.close();
    await this.#reader.close();
    await this.#queue.close();
    this.#letGo();
  }
}

function reportReads(reader: ReadClient): ReportReads {
  return {
    figures: (branchId, range) => reader.read('figures', branchId, range),
    days: (branchId, range) => reader.read('days', branchId, range),
    shifts: (branchId, range) => reader.read('shifts', branchId, range),
  };
}

function secretReads(reader: ReadClient): SecretReads {
  return {
    credential: (branchId, staffId, kind) => reader.read('credential', branchId, staffId, kind),
    authSession: (branchId, sessionId) => reader.read('authSession', branchId, sessionId),
    endedSessions: (since) => reader.read('endedSessions', since),
    pairingCode: (selector) => reader.read('pairingCode', selector),
    loginFailures: (branchId, deviceId, staffId) =>
      reader.read('loginFailures', branchId, deviceId, staffId),
  };
}
