/**
 * A branch kept by the simplest means, for comparison: every row ever written with the commit that wrote it, and every
 * question answered by looking at all of them. Makes change sets as commands would.
 */
import type { ChangeSet, RowChange } from '../../../src/domain/change-set.js';
import type {
  LineStatus,
  OrderAggregate,
  OrderHeader,
  OrderLine,
  OrderPayment,
  OrderStatus,
  PosShift,
} from '../../../src/domain/rows.js';
import { changed, inserted } from '../../support/store.js';
import { headerRow, lineRow, paymentRow, shiftRow } from '../../support/store-rows.js';

export interface Written<Row> {
  readonly row: Row;
  readonly version: number;
}

const OF = { branch_id: 'main' };

export class NaiveBranch {
  readonly headers = new Map<string, Written<OrderHeader>>();
  readonly lines = new Map<string, Written<OrderLine>>();
  readonly payments = new Map<string, Written<OrderPayment>>();
  shift: PosShift | null = null;
  version = 0;
  #shifts = 0;

  openShift(): ChangeSet {
    if (this.shift !== null) return [];
    this.#shifts += 1;
    const shift = shiftRow({ ...OF, id: `shift-${String(this.#shifts)}` });
    const carried = [...this.headers.values()]
      .filter(({ row }) => ['open', 'preparing', 'ready'].includes(row.status))
      .map(({ row }) => changed('order_header', row, { shift_id: shift.id }));
    return [inserted('pos_shift', shift), ...carried];
  }

  closeShift(): ChangeSet {
    return this.shift === null ? [] : [changed('pos_shift', this.shift, { status: 'closed' })];
  }

  openOrder(id: string, table: string | null): ChangeSet {
    if (this.shift === null || this.headers.has(id)) return [];
    const number = this.headers.size + 1;
    const header = { ...OF, id, number, shift_id: this.shift.id, table_no: table };
    const of = { ...OF, order_id: id, item_id: 'kebab' };
    return [
      inserted('order_header', headerRow(header)),
      inserted('order_line', lineRow({ ...of, id: `${id}-1`, seq: 1, station: 'grill' })),
      inserted('order_line', lineRow({ ...of, id: `${id}-2`, seq: 2, station: 'fry' })),
    ];
  }

  /** Sets a line's status, and the header's stations after it. Of a cold order the only such change is a recall. */
  setLine(lineId: string, status: LineStatus): ChangeSet {
    const line = this.lines.get(lineId)?.row;
    if (line === undefined || line.status === status) return [];
    const header = this.headers.get(line.order_id)?.row;
    if (header === undefined) return [];
    const after = { ...line, status };
    const stations = this.#linesOf(header.id)
      .map((other) => (other.id === lineId ? after : other))
      .filter((other) => ['queued', 'preparing', 'ready'].includes(other.status))
      .map(({ station }) => station ?? '')
      .sort();
    if (stations.length === 0 && !this.belongs(header)) return [];
    const changes: RowChange[] = [changed('order_line', line, { status })];
    if (stations.join() !== header.stations.join()) {
      changes.unshift(changed('order_header', header, { stations }));
    }
    return changes;
  }

  setHeader(id: string, status: OrderStatus, table: string | null): ChangeSet {
    const header = this.headers.get(id)?.row;
    if (header === undefined) return [];
    return [changed('order_header', header, { status, table_no: table })];
  }

  pay(orderId: string): ChangeSet {
    if (this.shift === null || !this.headers.has(orderId)) return [];
    const id = `pay-${String(this.payments.size + 1)}`;
    const row = paymentRow({ ...OF, id, order_id: orderId, shift_id: this.shift.id });
    return [inserted('order_payment', row)];
  }

  /** Moves a line to another order, as a merge does. */
  moveLine(lineId: string, orderId: string): ChangeSet {
    const line = this.lines.get(lineId)?.row;
    const target = this.headers.get(orderId)?.row;
    if (line === undefined || target === undefined || line.order_id === orderId) return [];
    if (!this.belongs(target)) return [];
    const seq = Math.max(0, ...this.#linesOf(orderId).map((other) => other.seq)) + 1;
    return [changed('order_line', line, { order_id: orderId, seq })];
  }

  apply(changeSet: ChangeSet): void {
    this.version += 1;
    const { version } = this;
    for (const { table, after } of changeSet) {
      if (table === 'order_header') this.headers.set(after.id, { row: after, version });
      if (table === 'order_line') this.lines.set(after.id, { row: after, version });
      if (table === 'order_payment') this.payments.set(after.id, { row: after, version });
      if (table === 'pos_shift') this.shift = after.status === 'open' ? after : null;
    }
  }

  belongs(header: OrderHeader): boolean {
    return (
      header.shift_id === this.shift?.id ||
      ['open', 'preparing', 'ready'].includes(header.status) ||
      header.stations.length > 0
    );
  }

  /** Every order that has to be in memory, whole. */
  hotOrders(): Map<string, OrderAggregate> {
    const hot = [...this.headers.values()].filter(({ row }) => this.belongs(row));
    return new Map(hot.map(({ row }) => [row.id, this.order(row.id)!]));
  }

  order(id: string): OrderAggregate | null {
    const header = this.headers.get(id)?.row;
    if (header === undefined) return null;
    const payments = [...this.payments.values()].map(({ row }) => row);
    return {
      header,
      lines: this.#linesOf(id),
      payments: payments.filter(({ order_id: of }) => of === id),
      adjustments: [],
    };
  }

  #linesOf(orderId: string): OrderLine[] {
    return [...this.lines.values()]
      .map(({ row }) => row)
      .filter(({ order_id: of }) => of === orderId)
      .sort((one, other) => one.seq - other.seq);
  }
}
