/**
 * One till of a replay: rings orders up one after another, sends them, and takes the money: at once where guests pay first, or
 * when its own channel shows that all was served.
 */
import type { Readable } from '../../../client/index.js';
import type { Agenda } from './agenda.js';
import type { Desk } from './desk.js';
import { derivedId, derivedNumber } from './identity.js';
import type { MenuKeeper } from './menu-keeper.js';
import type { PlannedOrder } from './plan.js';

export interface TillOptions {
  readonly desk: Desk;
  readonly agenda: Agenda;
  readonly menu: MenuKeeper;
  /** Resolves when every screen that shows the order has seen the commit. */
  readonly shown: (order: PlannedOrder, version: number) => Promise<void>;
  /** Told when an order is closed. */
  readonly onClosed: (order: PlannedOrder) => void;
}

/** Notes of banks that guests hand over are multiples of this, in pence. */
const NOTE_PENCE = 500;

export class Till {
  readonly #options: TillOptions;
  /** The present turn: a till does one thing after another. */
  #turn: Promise<void> = Promise.resolve();
  /** Orders at tables, to be paid when they are served. */
  readonly #seated = new Map<string, PlannedOrder>();

  constructor(options: TillOptions) {
    this.#options = options;
    options.desk.orders.onRows(() => {
      this.#look();
    });
  }

  /** `begun` is called when all is rung up, at the order's own time. */
  async play(order: PlannedOrder, begun: () => void): Promise<void> {
    await this.#inTurn(async () => {
      await this.#ringUp(order);
      begun();
      await this.#send(order);
      if (order.simulated.orderType !== 'dine_in') await this.#settle(order);
    });
    if (order.simulated.orderType !== 'dine_in') return;
    this.#seated.set(order.id, order);
    this.#look();
  }

  #inTurn(act: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(act);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  async #ringUp(order: PlannedOrder): Promise<void> {
    const { desk, menu } = this.#options;
    const { orderType, tableNo, guests } = order.simulated;
    await desk.give({
      name: 'order.open',
      key: derivedId('order.open', order.id),
      payload: {
        order_id: order.id,
        order_type: orderType,
        ...(tableNo === null ? {} : { table_no: tableNo }),
        ...(guests === null ? {} : { guests }),
        note: receiptNote(order),
      },
    });
    for (const [index, lines] of order.batches.entries()) {
      await menu.setPrices(lines);
      await desk.give({
        name: 'order.add_lines',
        key: derivedId('order.add_lines', order.id, index),
        payload: {
          order_id: order.id,
          lines: lines.map(({ id, item, qty }) => ({ line_id: id, item_id: item.id, qty })),
        },
      });
    }
  }

  async #send(order: PlannedOrder): Promise<void> {
    const { desk, shown } = this.#options;
    const answer = await desk.give({
      name: 'order.send',
      key: derivedId('order.send', order.id),
      payload: { order_id: order.id },
    });
    if (answer === null || Object.keys(answer.records).length === 0) return;
    await shown(order, answer.version);
  }

  /** Payment, always of the whole and exact, then the close. */
  async #settle(order: PlannedOrder): Promise<void> {
    const { desk, onClosed } = this.#options;
    const { total } = await desk.header(order.id);
    const { method } = order.simulated;
    if (total > 0) {
      await desk.give({
        name: 'payment.add',
        key: derivedId('payment.add', order.id),
        payload: {
          order_id: order.id,
          payment_id: derivedId('payment', order.id),
          method,
          amount: total,
          ...(method === 'cash' ? { tendered: Math.ceil(total / NOTE_PENCE) * NOTE_PENCE } : {}),
        },
      });
    }
    await desk.close(order.id);
    onClosed(order);
  }

  /** Guests who have all that they ordered pay a few minutes later. */
  #look(): void {
    const { agenda } = this.#options;
    const { orders } = this.#options.desk;
    for (const order of this.#seated.values()) {
      const servedAt = servedSince(orders, order);
      if (servedAt === null) continue;
      this.#seated.delete(order.id);
      const lingerMs = 1_000 * (120 + derivedNumber(900, 'linger', order.id));
      agenda.at(agenda.since(servedAt) + lingerMs, () => this.#inTurn(() => this.#settle(order)));
    }
  }
}

/** How the receipt's number of the file stands on the ticket; the hub's own number is another. */
export function receiptNote(order: PlannedOrder): string {
  return `Receipt ${order.fileNumber}`;
}

/** When the last line was served; null: not all are. An order that is not shown any more is of a shift that is over. */
function servedSince(orders: Readable, order: PlannedOrder): number | null {
  if (orders.row('order_header', order.id) === undefined) return 0;
  let last = 0;
  for (const { id } of order.batches.flat()) {
    const row = orders.row('order_line', id);
    if (row?.status !== 'served') return null;
    last = Math.max(last, Number(row.served_at));
  }
  return last;
}
