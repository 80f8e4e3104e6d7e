/** Finds the records that a command names and memory does not hold: through the bounded cache, else from the store. */
import type { RecordNames } from '../../domain/command.js';
import type { PosShift } from '../../domain/rows.js';
import type { ColdCache } from '../../store/cold-cache.js';
import type { HotBranch } from '../../store/hot/hot-branch.js';
import type { Store, StoredOrder } from '../../store/port.js';
import { NO_COLD_RECORDS, type ColdRecords } from './state-view.js';

/** How often an order was found where. */
export interface ReadCounts {
  hot: number;
  cache: number;
  store: number;
}

export interface ColdReaderOptions {
  readonly branchId: string;
  readonly hot: HotBranch;
  readonly store: Store;
  readonly cache: ColdCache;
}

export class ColdReader {
  readonly counts: ReadCounts = { hot: 0, cache: 0, store: 0 };
  readonly #options: ColdReaderOptions;

  constructor(options: ColdReaderOptions) {
    this.#options = options;
  }

  /** The order of a payment: at once where it is hot, else a promise; null: there is no such payment. */
  orderIdOfPayment(paymentId: string): string | Promise<string | null> {
    const { branchId, hot, store } = this.#options;
    const payment = hot.tables.order_payment.get(paymentId);
    return payment?.order_id ?? store.orderIdOfPayment(branchId, paymentId);
  }

  /**
   * The cold ones among the named: at once where there are none, else a promise. Call it while their mutexes are held.
   */
  read(names: RecordNames, orderIds: readonly string[]): ColdRecords | Promise<ColdRecords> {
    const { hot } = this.#options;
    const coldOrders = orderIds.filter((id) => !hot.orders.has(id));
    const coldShifts = (names.shifts ?? []).filter((id) => id !== hot.shift?.id);
    if (coldOrders.length === 0 && coldShifts.length === 0) return NO_COLD_RECORDS;
    return this.#read(coldOrders, coldShifts);
  }

  /** An order that is not hot. */
  async order(orderId: string): Promise<StoredOrder | null> {
    const { branchId, store, cache } = this.#options;
    const cached = cache.get(orderId);
    if (cached !== undefined && cached.header.branch_id === branchId) {
      this.counts.cache += 1;
      return cached;
    }
    this.counts.store += 1;
    const dropsBefore = cache.drops;
    const order = await store.order(branchId, orderId);
    if (order !== null) cache.put(order, dropsBefore);
    return order;
  }

  async #read(orderIds: readonly string[], shiftIds: readonly string[]): Promise<ColdRecords> {
    const orders = await Promise.all(orderIds.map((id) => this.#toBeChanged(id)));
    const shifts = await Promise.all(shiftIds.map((id) => this.#shift(id)));
    return {
      orders: orders.filter((order) => order !== null),
      shifts: shifts.filter((shift) => shift !== null),
    };
  }

  /** What a command may change stands in the database: one that is archived comes back first. */
  async #toBeChanged(orderId: string): Promise<StoredOrder | null> {
    await this.#options.store.thaw(this.#options.branchId, orderId);
    return this.order(orderId);
  }

  async #shift(shiftId: string): Promise<PosShift | null> {
    const { branchId, store } = this.#options;
    const found = await store.shift(branchId, shiftId);
    return found?.shift ?? null;
  }
}
