/**
 * One branch in memory: the open shift's records and everything unfinished, as the newest commit left them. Written only by
 * `apply`, once per commit and in version order; bounded by what one shift holds.
 */
import { assert } from '../../base/assert.js';
import { assertNever } from '../../base/assert.js';
import type { ChangeSet, RowChange } from '../../domain/change-set.js';
import type {
  AnyRow,
  Branch,
  CashMovement,
  Device,
  MenuItem,
  NumberLease,
  OrderAdjustment,
  OrderAggregate,
  OrderHeader,
  OrderLine,
  OrderPayment,
  PosShift,
  Rows,
  Staff,
  Station,
  TableName,
} from '../../domain/rows.js';
import type { LoadedBranch } from '../port.js';
import { CommitOrder } from './commit-order.js';
import { HotOrders } from './hot-orders.js';

/** The tables whose rows views show, each in commit order. */
export interface HotTables {
  readonly order_header: CommitOrder<OrderHeader>;
  readonly order_line: CommitOrder<OrderLine>;
  readonly order_payment: CommitOrder<OrderPayment>;
  readonly order_adjustment: CommitOrder<OrderAdjustment>;
  readonly cash_movement: CommitOrder<CashMovement>;
  readonly menu_item: CommitOrder<MenuItem>;
  readonly station: CommitOrder<Station>;
}

export type HotTableName = keyof HotTables;

/** A row as the store has it; null: the store has none of this id. */
export interface Repair {
  readonly table: TableName;
  readonly id: string;
  readonly row: AnyRow | null;
  /** The commit that wrote it. */
  readonly commitVersion: number;
}

const UNFINISHED: readonly OrderHeader['status'][] = ['open', 'preparing', 'ready'];

export function isUnfinished(header: OrderHeader): boolean {
  return UNFINISHED.includes(header.status);
}

export class HotBranch {
  readonly tables: HotTables = {
    order_header: new CommitOrder(),
    order_line: new CommitOrder(),
    order_payment: new CommitOrder(),
    order_adjustment: new CommitOrder(),
    cash_movement: new CommitOrder(),
    menu_item: new CommitOrder(),
    station: new CommitOrder(),
  };
  readonly orders = new HotOrders();
  readonly staff = new Map<string, Staff>();
  readonly devices = new Map<string, Device>();
  readonly leases = new Map<string, NumberLease>();
  #branch: Branch;
  #shift: PosShift | null = null;
  /** The commit that last wrote the open shift's row. */
  #shiftCommitVersion = 0;
  #version: number;
  #horizon: number;

  constructor(loaded: LoadedBranch) {
    this.#branch = loaded.branch;
    this.#version = loaded.version;
    this.#horizon = loaded.horizon;
    // Headers first, so that lines and payments find their order; commit order holds within each table.
    for (const { table, row, commitVersion } of loaded.rows) {
      if (table === 'order_header') this.#putHeader(row as OrderHeader, commitVersion);
    }
    for (const { table, row, commitVersion } of loaded.rows) {
      if (table === 'order_header') continue;
      this.#put({ table, before: null, after: row, changes: null } as RowChange, commitVersion);
    }
  }

  get branch(): Branch {
    return this.#branch;
  }

  /** The open shift. */
  get shift(): PosShift | null {
    return this.#shift;
  }

  get shiftCommitVersion(): number {
    return this.#shiftCommitVersion;
  }

  /** Number of the newest commit applied. */
  get version(): number {
    return this.#version;
  }

  /** What was in a view before this version cannot be told from memory any more. */
  get horizon(): number {
    return this.#horizon;
  }

  /** Whether the header's order belongs to the open shift: the rows of the view `orders`. */
  inOpenShift(orderId: string): boolean {
    return this.#shift !== null && this.orders.get(orderId)?.header.shift_id === this.#shift.id;
  }

  /** Whether rows leave the hot set, or a view, without being written, when this change set commits. */
  raisesHorizon(changeSet: ChangeSet): boolean {
    return changeSet.some(
      (change) =>
        change.table === 'pos_shift' ||
        (change.table === 'order_header' &&
          this.orders.has(change.after.id) &&
          (change.changes?.shift_id !== undefined || !this.belongs(change.after))),
    );
  }

  /**
   * Takes over what a commit wrote. `cold`: orders from the disk that the decision was made on; one that becomes hot
   * again is taken in whole. Versions must come gapless.
   */
  apply(changeSet: ChangeSet, version: number, cold: readonly OrderAggregate[]): void {
    assert(
      version === this.#version + 1,
      `commit ${String(version)} after ${String(this.#version)}`,
    );
    const raises = this.raisesHorizon(changeSet);
    for (const change of changeSet) {
      if (change.table === 'order_header') this.#takeHeader(change.after, version, cold);
    }
    for (const change of changeSet) {
      if (change.table !== 'order_header') this.#put(change, version);
    }
    this.#version = version;
    if (!raises) return;
    this.#horizon = version;
    this.#evict();
  }

  /**
   * Takes rows as the store has them, with the commit that says so. What clients were told of them before it may have been
   * wrong, so it is the new horizon.
   */
  repair(repairs: readonly Repair[], version: number): void {
    assert(
      version === this.#version + 1,
      `repair ${String(version)} after ${String(this.#version)}`,
    );
    const isHeader = ({ table }: Repair): boolean => table === 'order_header';
    for (const repair of repairs) if (isHeader(repair)) this.#repairRow(repair);
    for (const repair of repairs) if (!isHeader(repair)) this.#repairRow(repair);
    this.#version = version;
    this.#horizon = version;
    this.#evict();
  }

  #repairRow({ table, id, row, commitVersion }: Repair): void {
    const before = this.#found(table, id) ?? null;
    const rows = table in this.tables ? this.tables[table as HotTableName] : null;
    if (row !== null) {
      this.#put({ table, before, after: row, changes: null } as RowChange, commitVersion);
      if (rows?.has(id) === true) (rows as CommitOrder<AnyRow>).restore(row, commitVersion);
      return;
    }
    rows?.delete(id);
    if (table === 'order_header') this.orders.delete(id);
    else if (before !== null && 'order_id' in before) this.orders.dropRow(before.order_id, id);
  }

  #takeHeader(header: OrderHeader, version: number, cold: readonly OrderAggregate[]): void {
    if (!this.orders.has(header.id) && !this.belongs(header)) return;
    const aggregate = this.orders.has(header.id)
      ? undefined
      : cold.find((order) => order.header.id === header.id);
    this.#putHeader(header, version);
    if (aggregate !== undefined) this.#adopt(aggregate);
  }

  /** An order that comes back from the disk: its unwritten rows are older than any version that a client may ask from. */
  #adopt(aggregate: OrderAggregate): void {
    for (const line of aggregate.lines) {
      this.tables.order_line.putOldest(line);
      this.orders.putLine(line, null);
    }
    for (const payment of aggregate.payments) {
      this.tables.order_payment.putOldest(payment);
      this.orders.putPayment(payment);
    }
    for (const adjustment of aggregate.adjustments) {
      this.tables.order_adjustment.putOldest(adjustment);
      this.orders.putAdjustment(adjustment);
    }
  }

  #putHeader(header: OrderHeader, version: number): void {
    this.tables.order_header.put(header, version);
    this.orders.putHeader(header);
  }

  #put(change: RowChange, version: number): void {
    switch (change.table) {
      case 'order_header':
        this.#putHeader(change.after, version);
        return;
      case 'order_line':
        if (!this.orders.has(change.after.order_id)) return;
        this.tables.order_line.put(change.after, version);
        this.orders.putLine(change.after, change.before?.order_id ?? null);
        return;
      case 'order_payment':
        this.#putPayment(change.after, version);
        return;
      case 'order_adjustment':
        if (!this.orders.has(change.after.order_id)) return;
        this.tables.order_adjustment.put(change.after, version);
        this.orders.putAdjustment(change.after);
        return;
      case 'pos_shift':
        this.#putShift(change.after, version);
        return;
      case 'cash_movement':
        this.tables.cash_movement.put(change.after, version);
        return;
      case 'menu_item':
        this.tables.menu_item.put(change.after, version);
        return;
      case 'station':
        this.tables.station.put(change.after, version);
        return;
      case 'staff':
        this.staff.set(change.after.id, change.after);
        return;
      case 'branch':
        this.#branch = change.after;
        return;
      case 'number_lease':
        this.leases.set(change.after.id, change.after);
        return;
      case 'device':
        this.devices.set(change.after.id, change.after);
        return;
      default:
        assertNever(change);
    }
  }

  #putPayment(payment: OrderPayment, version: number): void {
    const ofOpenShift = payment.shift_id === this.#shift?.id;
    if (!ofOpenShift && !this.orders.has(payment.order_id)) return;
    this.tables.order_payment.put(payment, version);
    this.orders.putPayment(payment);
  }

  #putShift(shift: PosShift, version: number): void {
    if (shift.status === 'open') {
      this.#shift = shift;
      this.#shiftCommitVersion = version;
    } else if (this.#shift?.id === shift.id) {
      this.#shift = null;
      this.#shiftCommitVersion = version;
    }
  }

  /** Whether an order has to be in memory. */
  belongs(header: OrderHeader): boolean {
    return (
      header.shift_id === this.#shift?.id || isUnfinished(header) || header.stations.length > 0
    );
  }

  #evict(): void {
    for (const { header, lines, adjustments } of [...this.orders.values()]) {
      if (this.belongs(header)) continue;
      for (const line of lines) this.tables.order_line.delete(line.id);
      for (const adjustment of adjustments) this.tables.order_adjustment.delete(adjustment.id);
      this.tables.order_header.delete(header.id);
      this.orders.delete(header.id);
    }
    for (const payment of [...this.tables.order_payment.values()]) {
      if (payment.shift_id !== this.#shift?.id && !this.orders.has(payment.order_id)) {
        this.tables.order_payment.delete(payment.id);
      }
    }
    this.#dropOfOtherShifts(this.tables.cash_movement);
    for (const lease of [...this.leases.values()]) {
      if (lease.shift_id !== this.#shift?.id) this.leases.delete(lease.id);
    }
  }

  #dropOfOtherShifts(rows: CommitOrder<CashMovement>): void {
    for (const row of [...rows.values()]) {
      if (row.shift_id !== this.#shift?.id) rows.delete(row.id);
    }
  }

  /** The record as it stands in memory, for `current` of a conflict. */
  record<T extends TableName>(table: T, id: string): Rows[T] | undefined {
    return this.#found(table, id) as Rows[T] | undefined;
  }

  #found(table: TableName, id: string): AnyRow | undefined {
    switch (table) {
      case 'pos_shift':
        return this.#shift?.id === id ? this.#shift : undefined;
      case 'branch':
        return this.#branch.id === id ? this.#branch : undefined;
      case 'staff':
        return this.staff.get(id);
      case 'device':
        return this.devices.get(id);
      case 'number_lease':
        return this.leases.get(id);
      case 'order_header':
      case 'order_line':
      case 'order_payment':
      case 'order_adjustment':
      case 'cash_movement':
      case 'menu_item':
      case 'station':
        return this.tables[table].get(id);
      default:
        return assertNever(table);
    }
  }
}
