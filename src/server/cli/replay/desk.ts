/** How a till of a replay gives its commands: straight to the hub, or through its offline queue. */
import {
  CommandRefused,
  type Client,
  type CommandAnswer,
  type Readable,
} from '../../../client/index.js';
import type { QueueableName } from '../../../client/index.js';
import type { OrderHeader } from '../../../domain/rows.js';
import { derivedId } from './identity.js';
import type { Ledger, Order } from './ledger.js';

export type Header = Pick<OrderHeader, 'total' | 'version' | 'status'>;

export interface Desk {
  /** The branch's orders as the till shows them. */
  readonly orders: Readable;
  /** Resolves when the till may go on. Null: the hub has not answered yet, or has it from an earlier run. */
  give<Name extends QueueableName>(order: Order<Name>): Promise<CommandAnswer | null>;
  header(orderId: string): Promise<Header>;
  close(orderId: string): Promise<void>;
  /** Resolves when all that was given has reached the hub. */
  settled(): Promise<void>;
}

export interface DeskParts {
  readonly client: Client;
  readonly orders: Readable;
  readonly ledger: Ledger;
}

/** Waits for each acknowledgement. */
export class DirectDesk implements Desk {
  readonly orders: Readable;
  readonly #client: Client;
  readonly #ledger: Ledger;

  constructor({ client, orders, ledger }: DeskParts) {
    this.#client = client;
    this.orders = orders;
    this.#ledger = ledger;
  }

  give<Name extends QueueableName>(order: Order<Name>): Promise<CommandAnswer | null> {
    return this.#ledger.giveOnce(this.#client, order);
  }

  /** As the till's channel shows it; an order of a shift that is over is asked for. */
  async header(orderId: string): Promise<Header> {
    const row = this.orders.row('order_header', orderId);
    if (row !== undefined) return row as Header;
    return (await this.#client.query('order.get', { order_id: orderId })).header;
  }

  /** Meanwhile the kitchen goes on and may change the order: then again, with the version that it has now. */
  async close(orderId: string): Promise<void> {
    for (;;) {
      const { version, status } = await this.header(orderId);
      try {
        const answer = await this.#ledger.give(this.#client, {
          name: 'order.close',
          key: closingKey(orderId),
          payload: { order_id: orderId },
          expect: { order_header: { [orderId]: version } },
        });
        const closed = answer.records['order_header']?.[orderId] ?? version;
        await this.#until(orderId, (held) => held === null || held >= closed);
        return;
      } catch (error) {
        if (!(error instanceof CommandRefused)) throw error;
        if (error.code === 'invalid_state' && status === 'closed') return;
        if (error.code !== 'version_conflict') throw error;
        this.#ledger.counts.conflicts += 1;
        await this.#until(orderId, (held) => held !== version);
      }
    }
  }

  settled(): Promise<void> {
    return Promise.resolve();
  }

  /** `holds` is given the version that the till shows; null: the order is not shown any more. */
  #until(orderId: string, holds: (version: number | null) => boolean): Promise<void> {
    const { orders } = this;
    const isSo = (): boolean => holds(orders.row('order_header', orderId)?.version ?? null);
    if (isSo()) return Promise.resolve();
    return new Promise((resolve) => {
      const stop = orders.onRows(() => {
        if (!isSo()) return;
        stop();
        resolve();
      });
    });
  }
}

/** Goes on as soon as a command is on the till's own disk. */
export class QueueDesk implements Desk {
  readonly orders: Readable;
  readonly #client: Client;
  readonly #ledger: Ledger;
  readonly #open = new Set<Promise<void>>();
  #failure: Error | null = null;

  constructor({ client, orders, ledger }: DeskParts) {
    this.#client = client;
    this.orders = orders;
    this.#ledger = ledger;
  }

  async give<Name extends QueueableName>({ name, key, payload }: Order<Name>): Promise<null> {
    const { settled } = await this.#client.queue.add(name, payload, { key });
    const noted = settled.then((outcome) => {
      if (outcome.kind === 'acknowledged') this.#ledger.acknowledged(key, outcome.version);
      if (outcome.kind !== 'refused') return;
      const { code, message } = outcome.error;
      this.#failure ??= new Error(`queued ${name} was refused: ${code}: ${message}`);
    });
    this.#open.add(noted);
    void noted.finally(() => this.#open.delete(noted));
    return null;
  }

  header(orderId: string): Promise<Header> {
    const row = this.orders.row('order_header', orderId);
    if (row === undefined) return Promise.reject(new Error(`order ${orderId} is not shown`));
    return Promise.resolve(row as Header);
  }

  async close(orderId: string): Promise<void> {
    await this.give({
      name: 'order.close',
      key: closingKey(orderId),
      payload: { order_id: orderId },
    });
  }

  async settled(): Promise<void> {
    while (this.#open.size > 0) await Promise.all(this.#open);
    if (this.#failure !== null) throw this.#failure;
  }
}

function closingKey(orderId: string): string {
  return derivedId('order.close', orderId);
}
