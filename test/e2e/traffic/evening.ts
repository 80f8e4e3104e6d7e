/** An evening at the demo's branch `main`: tills that ring up, send and take money, and a kitchen that bumps what it is shown. */
import { randomUUID } from 'node:crypto';
import type { Client } from '../../../src/client/client.js';
import type { Replica } from '../../../src/client/replica/replica.js';
import type { TrafficRecord } from './record.js';

const ITEMS = ['halloumi', 'hummus', 'onion-rings', 'baklava'] as const;

/** What one order must hold, whatever happened meanwhile. */
export interface RungUp {
  readonly orderId: string;
  readonly lineIds: readonly string[];
  /** null: not paid. */
  paymentId: string | null;
}

export class TillTraffic {
  readonly #client: Client;
  readonly #record: TrafficRecord;
  /** Of acknowledged commands alone. */
  readonly rungUp: RungUp[] = [];
  #stopped = false;

  constructor(client: Client, record: TrafficRecord) {
    this.#client = client;
    this.#record = record;
  }

  /** Several orders at a time, until it is stopped; resolves when each has its answers. */
  async run(atOnce: number): Promise<void> {
    const customers = Array.from({ length: atOnce }, async () => {
      while (!this.#stopped) await this.serve();
    });
    await Promise.all(customers);
  }

  stop(): void {
    this.#stopped = true;
  }

  /** One order: opened, added to, sent and paid in part. */
  async serve(): Promise<void> {
    const orderId = randomUUID();
    const [first, second] = [randomUUID(), randomUUID()];
    const give = this.#record.give.bind(this.#record, this.#client);
    const lineOf = (line_id: string, item: number): object => ({
      line_id,
      item_id: ITEMS[item % ITEMS.length],
      qty: 1,
    });
    const opened = await give('order.open', {
      order_id: orderId,
      order_type: 'takeaway',
      lines: [lineOf(first, this.rungUp.length)],
    } as never);
    if (opened === null) return;
    const lines = [lineOf(second, this.rungUp.length + 1)];
    const [added] = await Promise.all([
      give('order.add_lines', { order_id: orderId, lines } as never),
      give('order.send', { order_id: orderId }),
    ]);
    const lineIds = added === null ? [first] : [first, second];
    const rungUp: RungUp = { orderId, lineIds, paymentId: null };
    this.rungUp.push(rungUp);
    const payment_id = randomUUID();
    const payment = { order_id: orderId, payment_id, method: 'cash', amount: 300 } as const;
    if ((await give('payment.add', payment)) !== null) rungUp.paymentId = payment_id;
  }
}

/** Bumps every line that its channel shows as queued, once, with the version that it was shown. */
export class KitchenTraffic {
  readonly #client: Client;
  readonly #record: TrafficRecord;
  readonly #kitchen: Replica;
  readonly #bumped = new Set<string>();
  #working: Promise<unknown> = Promise.resolve();

  constructor(client: Client, kitchen: Replica, record: TrafficRecord) {
    this.#client = client;
    this.#record = record;
    this.#kitchen = kitchen;
    kitchen.onChange(() => {
      this.#look();
    });
  }

  /** Resolves when all that was bumped has its answers. */
  async idle(): Promise<void> {
    let before: Promise<unknown>;
    do {
      before = this.#working;
      await before;
    } while (before !== this.#working);
  }

  #look(): void {
    for (const [id, line] of this.#kitchen.tables.get('order_line') ?? []) {
      if (line['status'] !== 'queued' || this.#bumped.has(id)) continue;
      this.#bumped.add(id);
      const payload = { order_id: String(line['order_id']), line_ids: [id], status: 'ready' };
      const expect = { order_line: { [id]: line.version } };
      const bump = this.#record.give(this.#client, 'kitchen.set_status', payload as never, {
        expect,
      });
      this.#working = Promise.all([this.#working, bump]);
    }
  }
}
