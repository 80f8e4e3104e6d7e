/** Looks after one branch's memory: compares it with the store, repairs it, and takes over what other programs change. */
import { refuse, type Refusal } from '../../base/refusal.js';
import { differingColumns } from '../../domain/row-difference.js';
import type { AnyRow, OrderAggregate, TableName } from '../../domain/rows.js';
import { PERSONAL_COLUMNS } from '../../domain/tables.js';
import type { OrderTag } from '../../store/cold-cache.js';
import type { StoredOrder } from '../../store/port.js';
import type { RowDifference } from './compare.js';
import { MemoryRepair, RepairRefused, THE_HUB, type Asker } from './memory-repair.js';
import type { ConsistencyOptions } from './options.js';
import { OutsideLook } from './outside-look.js';

/** One column, or one row, of which memory held something else than the store. */
export type Difference =
  | {
      readonly table: TableName;
      readonly id: string;
      readonly column: string;
      readonly memory: unknown;
      readonly stored: unknown;
    }
  /** A personal column: its values are told to nobody. */
  | {
      readonly table: TableName;
      readonly id: string;
      readonly column: string;
      readonly differs: true;
    }
  /** The whole row was there in one of them alone. */
  | { readonly table: TableName; readonly id: string; readonly missing: 'memory' | 'store' };

/** Where memory holds an order: with the open shift, among those read before, or not at all. */
export type Held = 'hot' | 'cold' | 'none';

export interface OrderCheck {
  readonly held: Held;
  /** What differed, and is repaired. */
  readonly difference: readonly Difference[];
}

export type Checked<Result> =
  | { readonly kind: 'done'; readonly result: Result }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

export interface BulkCheck {
  readonly checked: number;
  readonly repaired: number;
  readonly not_found: number;
}

/** Orders of a bulk check that are looked at before the event loop gets its turn. */
const BULK_SLICE_ORDERS = 10;
const STORAGE_RETRY_MS = 2_000;

export class BranchConsistency {
  readonly outside: OutsideLook;
  readonly #options: ConsistencyOptions;
  readonly #repair: MemoryRepair;

  constructor(options: ConsistencyOptions) {
    this.#options = options;
    this.outside = new OutsideLook(options);
    this.#repair = new MemoryRepair(options, this.outside);
  }

  /** Compares what memory holds of the order with the store; memory is right when it resolves. */
  async checkOrder(orderId: string, by: Asker): Promise<Checked<OrderCheck>> {
    try {
      const checked = await this.#checkOrder(orderId, by);
      if (checked === null) return notFound(orderId);
      this.#count(1, checked.difference.length > 0 ? 1 : 0);
      return { kind: 'done', result: checked };
    } catch (error) {
      if (!(error instanceof RepairRefused)) throw error;
      const more = { retryAfterMs: STORAGE_RETRY_MS };
      return { kind: 'refused', refusal: refuse('storage_unavailable', error.message, more) };
    }
  }

  /** Memory forgets the order where it may: a hot one is compared and repaired instead. */
  async invalidateOrder(orderId: string, by: Asker): Promise<Checked<OrderCheck>> {
    const { hub, cache } = this.#options;
    const isCold = !hub.hot.orders.has(orderId) && this.#cached(orderId) !== null;
    if (!isCold) return this.checkOrder(orderId, by);
    cache.drop(orderId);
    return { kind: 'done', result: { held: 'cold', difference: [] } };
  }

  /** Drops the cold orders with the tag; gives how many. */
  dropTagged(tag: OrderTag): number {
    return this.#options.cache.dropTagged(this.#options.hub.id, tag);
  }

  /** These orders, or all hot ones, a few at a time. */
  async checkOrders(orderIds: readonly string[] | null, by: Asker): Promise<Checked<BulkCheck>> {
    const { hub } = this.#options;
    const ids = orderIds ?? Array.from(hub.hot.orders.values(), ({ header }) => header.id);
    const counts = { checked: 0, repaired: 0, not_found: 0 };
    for (const [index, orderId] of ids.entries()) {
      if (index % BULK_SLICE_ORDERS === 0) await new Promise<void>(this.#options.nextTick);
      const checked = await this.checkOrder(orderId, by);
      if (checked.kind === 'done') {
        counts.checked += 1;
        if (checked.result.difference.length > 0) counts.repaired += 1;
      } else if (checked.refusal.code === 'not_found') counts.not_found += 1;
      else return checked;
    }
    return { kind: 'done', result: counts };
  }

  /** A menu item of memory against the store. True: it was right. */
  async checkItem(itemId: string): Promise<boolean> {
    const differences = await this.#repair.refresh({ menu_item: [itemId] }, THE_HUB);
    this.#count(1, differences.length > 0 ? 1 : 0);
    return differences.length === 0;
  }

  /** The store holds another version than a command was decided on: memory is looked at before it is decided again. */
  async conflictMet(table: TableName, id: string): Promise<void> {
    const { hub, store, log } = this.#options;
    try {
      await store.lookOutside();
      await this.outside.lookIfDue();
      const row: AnyRow | undefined = hub.hot.record(table, id);
      const orderId = row !== undefined && 'order_id' in row ? row.order_id : null;
      const unit = orderId === null ? { [table]: [id] } : { order_header: [orderId] };
      if (row !== undefined) await this.#repair.refresh(unit, THE_HUB);
      else this.#options.cache.clear();
    } catch (error) {
      log.error(
        { branch: hub.id, table, id, err: error },
        'memory could not be compared with the store',
      );
    }
  }

  async #checkOrder(orderId: string, by: Asker): Promise<OrderCheck | null> {
    const { hub } = this.#options;
    if (!hub.hot.orders.has(orderId)) {
      const cold = await this.#checkCold(orderId);
      if (cold !== 'hot') return cold;
    }
    const found = await this.#repair.refresh({ order_header: [orderId] }, by);
    const gone = found.some(
      ({ table, stored, memory }) => table === 'order_header' && stored === null && memory !== null,
    );
    const difference = found.flatMap(shown);
    if (gone && !hub.hot.orders.has(orderId)) return { held: 'none', difference };
    return { held: 'hot', difference };
  }

  /** `hot`: it belongs among the hot ones, or has come there meanwhile. */
  async #checkCold(orderId: string): Promise<OrderCheck | 'hot' | null> {
    const { hub, store, cache } = this.#options;
    const release = await hub.hold('shared', [`order:${orderId}`]);
    try {
      if (hub.hot.orders.has(orderId)) return 'hot';
      const stored = await store.order(hub.id, orderId);
      const held = this.#cached(orderId);
      if (stored === null) {
        cache.drop(orderId);
        return held === null ? null : { held: 'cold', difference: coldDifferences(held, null) };
      }
      if (hub.hot.belongs(stored.header)) return 'hot';
      if (held === null) return { held: 'none', difference: [] };
      const difference = coldDifferences(held, stored);
      cache.drop(orderId);
      cache.put(stored, cache.drops);
      return { held: 'cold', difference };
    } finally {
      release();
    }
  }

  #cached(orderId: string): StoredOrder | null {
    const cached = this.#options.cache.peek(orderId);
    return cached?.header.branch_id === this.#options.hub.id ? cached : null;
  }

  #count(checks: number, wrong: number): void {
    this.#options.counts.checks += checks;
    this.#options.counts.inconsistencies += wrong;
  }
}

function notFound(orderId: string): Checked<never> {
  return { kind: 'refused', refusal: refuse('not_found', `no order ${orderId}`) };
}

function shown({ table, id, memory, stored, columns }: RowDifference): Difference[] {
  if (memory === null) return [{ table, id, missing: 'memory' }];
  if (stored === null) return [{ table, id, missing: 'store' }];
  const personal: readonly string[] = PERSONAL_COLUMNS[table] ?? [];
  return columns.map((column) =>
    personal.includes(column)
      ? { table, id, column, differs: true }
      : { table, id, column, memory: valueOf(memory, column), stored: valueOf(stored.row, column) },
  );
}

function valueOf(row: AnyRow, column: string): unknown {
  return (row as unknown as Readonly<Record<string, unknown>>)[column];
}

/** `stored` null: the store lacks the order. */
function coldDifferences(held: OrderAggregate, stored: OrderAggregate | null): Difference[] {
  const ours = rowsOf(held);
  const theirs = stored === null ? new Map<string, readonly [TableName, AnyRow]>() : rowsOf(stored);
  const differences: Difference[] = [];
  for (const [name, [table, memory]] of ours) {
    const other = theirs.get(name)?.[1];
    if (other === undefined) {
      differences.push({ table, id: memory.id, missing: 'store' });
      continue;
    }
    const row = { table, row: other, commitVersion: 0, foreign: false };
    const columns = differingColumns(table, memory, other);
    differences.push(...shown({ table, id: memory.id, memory, stored: row, columns }));
  }
  for (const [name, [table, { id }]] of theirs) {
    if (!ours.has(name)) differences.push({ table, id, missing: 'memory' });
  }
  return differences;
}

function rowsOf(order: OrderAggregate): Map<string, readonly [TableName, AnyRow]> {
  const { header, lines, payments, adjustments } = order;
  const rows: (readonly [TableName, AnyRow])[] = [
    ['order_header', header],
    ...lines.map((row) => ['order_line', row] as const),
    ...payments.map((row) => ['order_payment', row] as const),
    ...adjustments.map((row) => ['order_adjustment', row] as const),
  ];
  return new Map(rows.map((entry) => [`${entry[0]} ${entry[1].id}`, entry]));
}
