/**
 * Cache-aside for orders that are not hot: filled on a read, dropped when a commit writes the order. Bounded by entries and
 * by an estimate of bytes. Orders of one shift, table or station are found by its tag, without a scan.
 */
import { LRUCache } from 'lru-cache';
import type { StoredOrder } from './port.js';

export interface ColdCacheOptions {
  readonly entriesMax: number;
  readonly bytesMax: number;
}

/** What the orders of a branch are found by. */
export interface OrderTag {
  readonly kind: 'shift' | 'table' | 'station';
  readonly id: string;
}

const BYTES_PER_HEADER = 1_024;
const BYTES_PER_ROW = 768;

/** A generous estimate of what an order takes in memory, in bytes. */
function estimatedBytes(order: StoredOrder): number {
  const rows = order.lines.length + order.payments.length + order.adjustments.length;
  return BYTES_PER_HEADER + (rows + order.logs.length / 4) * BYTES_PER_ROW;
}

/** Ids contain no blank. */
function tagName(branchId: string, { kind, id }: OrderTag): string {
  return `${branchId} ${kind} ${id}`;
}

function tagsOf({ header, lines }: StoredOrder): ReadonlySet<string> {
  const { branch_id: branchId, shift_id: shiftId, table_no: table } = header;
  const tags = new Set([tagName(branchId, { kind: 'shift', id: shiftId })]);
  if (table !== null) tags.add(tagName(branchId, { kind: 'table', id: table }));
  for (const { station } of lines) {
    if (station !== null) tags.add(tagName(branchId, { kind: 'station', id: station }));
  }
  return tags;
}

export class ColdCache {
  readonly #orders: LRUCache<string, StoredOrder>;
  /** Ids of the orders held, by tag. */
  readonly #tagged = new Map<string, Set<string>>();
  #hits = 0;
  #misses = 0;
  #drops = 0;
  #evictions = 0;

  constructor(options: ColdCacheOptions) {
    this.#orders = new LRUCache({
      max: options.entriesMax,
      maxSize: options.bytesMax,
      sizeCalculation: (order) => Math.ceil(estimatedBytes(order)),
      dispose: (order, orderId, reason) => {
        if (reason === 'evict') this.#evictions += 1;
        this.#untag(order, orderId);
      },
    });
  }

  get(orderId: string): StoredOrder | undefined {
    const found = this.#orders.get(orderId);
    if (found === undefined) this.#misses += 1;
    else this.#hits += 1;
    return found;
  }

  /** Without counting as a use. */
  peek(orderId: string): StoredOrder | undefined {
    return this.#orders.peek(orderId);
  }

  get size(): number {
    return this.#orders.size;
  }

  /** In no particular order. */
  values(): Generator<StoredOrder> {
    return this.#orders.values() as Generator<StoredOrder>;
  }

  /** Rises with each drop. */
  get drops(): number {
    return this.#drops;
  }

  /** Keeps an order read from the store, unless something was dropped since: the read may be older than that write. */
  put(order: StoredOrder, dropsBefore: number): void {
    if (dropsBefore !== this.#drops) return;
    const { id } = order.header;
    this.#orders.set(id, order);
    // One that is too big for the whole cache is not kept.
    if (this.#orders.peek(id) === order) this.#tag(order, id);
  }

  /** True: it was held. */
  drop(orderId: string): boolean {
    this.#drops += 1;
    return this.#orders.delete(orderId);
  }

  /** Drops the branch's orders with the tag; gives how many. */
  dropTagged(branchId: string, tag: OrderTag): number {
    const orderIds = [...(this.#tagged.get(tagName(branchId, tag)) ?? [])];
    this.#drops += 1;
    for (const orderId of orderIds) this.#orders.delete(orderId);
    return orderIds.length;
  }

  clear(): void {
    this.#drops += 1;
    this.#orders.clear();
  }

  stats(): Readonly<
    Record<'entries' | 'bytes' | 'hits' | 'misses' | 'evictions' | 'tags', number>
  > {
    return {
      entries: this.#orders.size,
      bytes: this.#orders.calculatedSize,
      hits: this.#hits,
      misses: this.#misses,
      evictions: this.#evictions,
      tags: this.#tagged.size,
    };
  }

  #tag(order: StoredOrder, orderId: string): void {
    for (const tag of tagsOf(order)) {
      const ids = this.#tagged.get(tag);
      if (ids === undefined) this.#tagged.set(tag, new Set([orderId]));
      else ids.add(orderId);
    }
  }

  #untag(order: StoredOrder, orderId: string): void {
    for (const tag of tagsOf(order)) {
      const ids = this.#tagged.get(tag);
      ids?.delete(orderId);
      if (ids?.size === 0) this.#tagged.delete(tag);
    }
  }
}
