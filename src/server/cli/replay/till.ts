/**
 * One till of a replay: rings orders up one after another, sends them, and takes the money: at once where guests pay first, or
 * when its own channel shows that all was served.
 */
import { CommandRefused, type Client, type Replica } from '../../../client/index.js';
import type { OrderHeader } from '../../../domain/rows.js';
import type { ViewRow } from '../../../protocol/messages.js';
import type { Agenda } from './agenda.js';
import { derivedId, derivedNumber } from './identity.js';
import type { Ledger } from './ledger.js';
import type { MenuKeeper } from './menu-keeper.js';
import type { PlannedOrder } from './plan.js';

export interface TillOptions {
  readonly client: Client;
  /** The branch's `orders` channel, ready. */
  readonly orders: Replica;
  readonly agenda: Agenda;
  readonly ledger: Ledger;
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
    options.orders.onChange(() => {
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
    const { client, ledger, menu } = this.#options;
    const { orderType, tableNo, guests } = order.simulated;
    await ledger.giveOnce(client, {
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
      await ledger.giveOnce(client, {
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
    const { client, ledger, shown } = this.#options;
    const answer = await ledger.give(client, {
      name: 'order.send',
      key: derivedId('order.send', order.id),
      payload: { order_id: order.id },
    });
    if (Object.keys(answer.records).length > 0) await shown(order, answer.version);
  }

  /** Payment, always of the whole and exact, then the close. */
  async #settle(order: PlannedOrder): Promise<void> {
    const { client, ledger, onClosed } = this.#options;
    const { total } = await this.#header(order.id);
    const { method } = order.simulated;
    if (total > 0) {
      await ledger.giveOnce(client, {
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
    await this.#close(order.id);
    onClosed(order);
  }

  /** Meanwhile the kitchen goes on and may change the order: then again, with the version that it has now. */
  async #close(orderId: string): Promise<void> {
    const { client, ledger } = this.#options;
    for (;;) {
      const { version, status } = await this.#header(orderId);
      try {
        const answer = await ledger.give(client, {
          name: 'order.close',
          key: derivedId('order.close', orderId),
          payload: { order_id: orderId },
          expect: { order_header: { [orderId]: version } },
        });
        await this.#options.orders.until(
          (orders) => orders.version >= answer.version || !isShown(orders, orderId),
        );
        return;
      } catch (error) {
        if (!(error instanceof CommandRefused)) throw error;
        if (error.code === 'invalid_state' && status === 'closed') return;
        if (error.code !== 'version_conflict') throw error;
        ledger.counts.conflicts += 1;
        await this.#options.orders.until(
          (orders) => headerOf(orders, orderId)?.version !== version,
        );
      }
    }
  }

  /** As the till's channel shows it; an order of a shift that is over is asked for. */
  async #header(orderId: string): Promise<Pick<OrderHeader, 'total' | 'version' | 'status'>> {
    const { client, orders } = this.#options;
    const row = headerOf(orders, orderId);
    if (row !== undefined) return row as unknown as OrderHeader;
    return (await client.query('order.get', { order_id: orderId })).header;
  }

  /** Guests who have all that they ordered pay a few minutes later. */
  #look(): void {
    const { orders, agenda } = this.#options;
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

function headerOf(orders: Replica, orderId: string): ViewRow | undefined {
  return orders.tables.get('order_header')?.get(orderId);
}

function isShown(orders: Replica, orderId: string): boolean {
  return headerOf(orders, orderId) !== undefined;
}

/** When the last line was served; null: not all are. An order that is not shown any more is of a shift that is over. */
function servedSince(orders: Replica, order: PlannedOrder): number | null {
  if (!isShown(orders, order.id)) return 0;
  const rows = orders.tables.get('order_line');
  let last = 0;
  for (const { id } of order.batches.flat()) {
    const row = rows?.get(id);
    if (row?.['status'] !== 'served') return null;
    last = Math.max(last, Number(row['served_at']));
  }
  return last;
}
