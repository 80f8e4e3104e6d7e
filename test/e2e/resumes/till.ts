/** One till behind the proxy: gives a command, waits for what becomes of it, and gives the next. */
import { randomUUID } from 'node:crypto';
import type { Client } from '../../../src/client/client.js';
import type { Replica } from '../../../src/client/index.js';
import type { ViewRow } from '../../../src/protocol/messages.js';
import type { Random } from '../../support/random-traffic/random.js';
import type { Attempts } from './attempts.js';

const ITEMS = ['halloumi', 'hummus', 'onion-rings', 'baklava'] as const;
/** Orders that are open at once; then one is paid and closed. */
const OPEN_MAX = 12;
const PAUSE_MAX_MS = 250;

export interface TillParts {
  readonly client: Client;
  readonly replicas: ReadonlyMap<string, Replica>;
  readonly attempts: Attempts;
  readonly dice: Random;
}

export class Till {
  readonly client: Client;
  readonly replicas: ReadonlyMap<string, Replica>;
  /** What its replicas did that they must not do. */
  readonly findings: string[] = [];
  readonly #attempts: Attempts;
  readonly #dice: Random;
  #stopped = false;

  constructor({ client, replicas, attempts, dice }: TillParts) {
    this.client = client;
    this.replicas = replicas;
    this.#attempts = attempts;
    this.#dice = dice;
    for (const replica of replicas.values()) this.#watch(replica);
  }

  /** Until it is stopped; resolves when its last command has its answer. */
  async work(): Promise<void> {
    while (!this.#stopped) {
      await this.#next();
      await new Promise((resolve) => setTimeout(resolve, this.#dice.whole(0, PAUSE_MAX_MS)));
    }
  }

  stop(): void {
    this.#stopped = true;
  }

  /** In the middle of whatever it does. */
  abandon(): void {
    this.stop();
    this.client.close();
  }

  /** A replica never goes back, and never asks in a loop. */
  #watch(replica: Replica): void {
    let version = 0;
    replica.onChange(() => {
      if (replica.version < version) {
        this.findings.push(
          `${replica.channel} went back from ${String(version)} to ${String(replica.version)}`,
        );
      }
      version = replica.version;
      if (replica.trouble !== null) {
        this.findings.push(`${replica.channel}: ${replica.trouble.reason}`);
      }
    });
  }

  async #next(): Promise<void> {
    const open = this.#open();
    const order = this.#dice.pick(open);
    if (order === undefined) await this.#ringUp();
    else if (open.length > OPEN_MAX) await this.#finish(order);
    else {
      const move = this.#dice.pick([
        () => this.#ringUp(),
        () => this.#add(order),
        () => this.#note(order),
        () => this.#note(order),
        () => this.#give('order.send', { order_id: order.id }),
      ]);
      await move?.();
    }
  }

  #open(): ViewRow[] {
    const headers = this.replicas.get('main/orders')?.tables.get('order_header')?.values() ?? [];
    return [...headers].filter(({ status }) => status !== 'closed' && status !== 'voided');
  }

  #lines(): object[] {
    return [{ line_id: randomUUID(), item_id: this.#dice.pick(ITEMS), qty: 1 }];
  }

  #give(name: Parameters<Attempts['give']>[1], payload: object): Promise<unknown> {
    return this.#attempts.give(this.client, name, payload);
  }

  #ringUp(): Promise<unknown> {
    const head = { order_id: randomUUID(), order_type: 'takeaway' };
    return this.#give('order.open', { ...head, lines: this.#lines() });
  }

  #add({ id }: ViewRow): Promise<unknown> {
    return this.#give('order.add_lines', { order_id: id, lines: this.#lines() });
  }

  #note({ id, version }: ViewRow): Promise<unknown> {
    const payload = { order_id: id, note: `no ${String(this.#dice.whole(1, 99))}` };
    return this.#attempts.give(this.client, 'order.update', payload, {
      order_header: { [id]: version },
    });
  }

  async #finish(order: ViewRow): Promise<void> {
    const balance = Number(order['total']) - Number(order['paid']);
    if (balance > 0) {
      const payment = { order_id: order.id, payment_id: randomUUID(), method: 'cash' };
      await this.#give('payment.add', { ...payment, amount: balance });
    }
    const now = this.replicas.get('main/orders')?.row('order_header', order.id);
    if (now === undefined) return;
    await this.#attempts.give(
      this.client,
      'order.close',
      { order_id: order.id },
      {
        order_header: { [order.id]: now.version },
      },
    );
  }
}
