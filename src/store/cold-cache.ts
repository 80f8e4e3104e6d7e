/**
 * Cache-aside for orders that are not hot: filled on a read, dropped when a commit writes the order. Bounded by entries and
 * by an estimate of bytes.
 */
import { LRUCache } from 'lru-cache';
import type { StoredOrder } from './port.js';

export interface ColdCacheOptions {
  readonly entriesMax: number;
  readonly bytesMax: number;
}

const BYTES_PER_HEADER = 1_024;
const BYTES_PER_ROW = 768;

/** A generous estimate of what an order takes in memory, in bytes. */
function estimatedBytes(order: StoredOrder): number {
  const rows = order.lines.length + order.payments.length + order.adjustments.length;
  return BYTES_PER_HEADER + (rows + order.logs.length / 4) * BYTES_PER_ROW;
}

export class ColdCache {
  readonly #orders: LRUCache<string, StoredOrder>;
  #hits = 0;
  #misses = 0;
  #drops = 0;

  constructor(options: ColdCacheOptions) {
    this.#orders = new LRUCache({
      max: options.entriesMax,
      maxSize: options.bytesMax,
      sizeCalculation: (order) => Math.ceil(estimatedBytes(order)),
    });
  }

  get(orderId: string): StoredOrder | undefined {
    const found = this.#orders.get(orderId);
    if (found === undefined) this.#misses += 1;
    else this.#hits += 1;
    return found;
  }

  /** Rises with each drop. */
  get drops(): number {
    return this.#drops;
  }

  /** Keeps an order read from the store, unless something was dropped since: the read may be older than that write. */
  put(order: StoredOrder, dropsBefore: number): void {
    if (dropsBefore === this.#drops) this.#orders.set(order.header.id, order);
  }

  drop(orderId: string): void {
    this.#drops += 1;
    this.#orders.delete(orderId);
  }

  stats(): Readonly<Record<'entries' | 'bytes' | 'hits' | 'misses', number>> {
    return {
      entries: this.#orders.size,
      bytes: this.#orders.calculatedSize,
      hits: this.#hits,
      misses: this.#misses,
    };
  }
}
