/** The hot orders: each aggregate whole, with indexes by status, station and table, so that a kitchen view never scans. */
import type {
  OrderAdjustment,
  OrderAggregate,
  OrderHeader,
  OrderLine,
  OrderPayment,
} from '../../domain/rows.js';
import { IndexSets } from './index-sets.js';

interface HotOrder extends OrderAggregate {
  header: OrderHeader;
  lines: readonly OrderLine[];
  payments: readonly OrderPayment[];
  adjustments: readonly OrderAdjustment[];
}

/** Puts a row at its place: in place of the one of its id, else where `before` says, else at the end. */
function withRow<Row extends { readonly id: string }>(
  rows: readonly Row[],
  row: Row,
  before: (held: Row) => boolean,
): readonly Row[] {
  const index = rows.findIndex((held) => held.id === row.id);
  if (index >= 0) return rows.with(index, row);
  const place = rows.findIndex(before);
  return place < 0 ? [...rows, row] : rows.toSpliced(place, 0, row);
}

const atEnd = (): boolean => false;

export class HotOrders {
  readonly #orders = new Map<string, HotOrder>();
  readonly #byStatus = new IndexSets();
  readonly #byStation = new IndexSets();
  readonly #byTable = new IndexSets();
  /** Ids of orders with something in the kitchen: non-empty `stations`. */
  readonly #inKitchen = new Set<string>();

  get size(): number {
    return this.#orders.size;
  }

  get(orderId: string): OrderAggregate | undefined {
    return this.#orders.get(orderId);
  }

  has(orderId: string): boolean {
    return this.#orders.has(orderId);
  }

  values(): IterableIterator<OrderAggregate> {
    return this.#orders.values();
  }

  withStatus(status: OrderHeader['status']): ReadonlySet<string> {
    return this.#byStatus.ids(status);
  }

  atStation(station: string): ReadonlySet<string> {
    return this.#byStation.ids(station);
  }

  atTable(tableNo: string): ReadonlySet<string> {
    return this.#byTable.ids(tableNo);
  }

  inKitchen(): ReadonlySet<string> {
    return this.#inKitchen;
  }

  putHeader(header: OrderHeader): void {
    const held = this.#orders.get(header.id);
    if (held === undefined) {
      this.#orders.set(header.id, { header, lines: [], payments: [], adjustments: [] });
      this.#index(header);
      return;
    }
    // A new object each time: whoever holds the aggregate from before keeps what they saw.
    this.#orders.set(header.id, { ...held, header });
    this.#reindex(held.header, header);
  }

  /** `from`: the order that the line stood in before, where a split or merge moved it. */
  putLine(line: OrderLine, from: string | null): void {
    if (from !== null && from !== line.order_id) {
      this.#change(from, (held) => ({
        ...held,
        lines: held.lines.filter((other) => other.id !== line.id),
      }));
    }
    this.#change(line.order_id, (held) => ({
      ...held,
      lines: withRow(held.lines, line, (other) => other.seq > line.seq),
    }));
  }

  putPayment(payment: OrderPayment): void {
    this.#change(payment.order_id, (held) => ({
      ...held,
      payments: withRow(held.payments, payment, atEnd),
    }));
  }

  putAdjustment(adjustment: OrderAdjustment): void {
    this.#change(adjustment.order_id, (held) => ({
      ...held,
      adjustments: withRow(held.adjustments, adjustment, atEnd),
    }));
  }

  /** Takes a line, payment or adjustment out of its order. */
  dropRow(orderId: string, id: string): void {
    const others = <Row extends { readonly id: string }>(rows: readonly Row[]): readonly Row[] =>
      rows.filter((row) => row.id !== id);
    this.#change(orderId, (held) => ({
      ...held,
      lines: others(held.lines),
      payments: others(held.payments),
      adjustments: others(held.adjustments),
    }));
  }

  delete(orderId: string): void {
    const held = this.#orders.get(orderId);
    if (held === undefined) return;
    this.#orders.delete(orderId);
    this.#unindex(held.header);
  }

  #change(orderId: string, change: (held: HotOrder) => HotOrder): void {
    const held = this.#orders.get(orderId);
    if (held !== undefined) this.#orders.set(orderId, change(held));
  }

  #index(header: OrderHeader): void {
    this.#byStatus.add(header.status, header.id);
    if (header.table_no !== null) this.#byTable.add(header.table_no, header.id);
    for (const station of header.stations) this.#byStation.add(station, header.id);
    if (header.stations.length > 0) this.#inKitchen.add(header.id);
  }

  /** Touches only the indexes of what changed: mostly none did. */
  #reindex(before: OrderHeader, { id, status, table_no, stations }: OrderHeader): void {
    if (before.status !== status) {
      this.#byStatus.remove(before.status, id);
      this.#byStatus.add(status, id);
    }
    if (before.table_no !== table_no) {
      if (before.table_no !== null) this.#byTable.remove(before.table_no, id);
      if (table_no !== null) this.#byTable.add(table_no, id);
    }
    if (before.stations === stations) return;
    for (const left of before.stations) {
      if (!stations.includes(left)) this.#byStation.remove(left, id);
    }
    for (const station of stations) this.#byStation.add(station, id);
    if (stations.length > 0) this.#inKitchen.add(id);
    else this.#inKitchen.delete(id);
  }

  #unindex(header: OrderHeader): void {
    this.#byStatus.remove(header.status, header.id);
    if (header.table_no !== null) this.#byTable.remove(header.table_no, header.id);
    for (const station of header.stations) this.#byStation.remove(station, header.id);
    this.#inKitchen.delete(header.id);
  }
}
