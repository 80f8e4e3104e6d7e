/** Much to tell: whole tickets of a hundred lines, each bumped at once, again and again at a steady rate. */
import type { AckMessage } from '#dist/protocol/messages.js';
import { monotonicNow } from '../measure/now.js';
import { expectAck, newId, Till, type Command } from './till.js';

export interface BulkOptions {
  readonly port: number;
  readonly token: string;
  readonly perSecond: number;
}

const TICKETS = 16;
const LINES = 100;
const UNDER_WAY_MAX = 8;
const ITEM = 'halloumi';
const STEPS = ['preparing', 'ready'] as const;

interface Ticket {
  readonly orderId: string;
  readonly lineIds: readonly string[];
  /** Of its lines, as the last answer told them. */
  versions: Readonly<Record<string, number>>;
  step: number;
}

export class Bulk {
  readonly #options: BulkOptions;
  readonly #till: Till;
  readonly #tickets: readonly Ticket[];
  #stopped = false;
  #running: Promise<number> | null = null;

  private constructor(options: BulkOptions, till: Till, tickets: readonly Ticket[]) {
    this.#options = options;
    this.#till = till;
    this.#tickets = tickets;
  }

  /** The shift is open already. */
  static async open(options: BulkOptions): Promise<Bulk> {
    const till = await Till.open(options.port, options.token);
    const tickets = Array.from({ length: TICKETS }, (): Ticket => {
      const lineIds = Array.from({ length: LINES }, () => newId());
      return { orderId: newId(), lineIds, versions: {}, step: 0 };
    });
    const bulk = new Bulk(options, till, tickets);
    for (const ticket of tickets) {
      const { orderId, lineIds } = ticket;
      const lines = lineIds.map((line_id) => ({ line_id, item_id: ITEM, qty: 1 }));
      const payload = { order_id: orderId, order_type: 'takeaway', lines };
      await bulk.#give({ name: 'order.open', payload });
      const sent = await bulk.#give({ name: 'order.send', payload: { order_id: orderId } });
      ticket.versions = versionsIn(sent);
    }
    return bulk;
  }

  start(): void {
    this.#stopped = false;
    this.#running = this.#run();
    // Told to whoever stops it.
    this.#running.catch(() => {});
  }

  /** Resolves with the tickets that were bumped, when the last one is acknowledged; rejects where one was refused. */
  async stop(): Promise<number> {
    this.#stopped = true;
    return (await this.#running) ?? 0;
  }

  /** A hub that is late gets no more of it than a few at a time. */
  async #run(): Promise<number> {
    const startedAt = monotonicNow();
    const underWay = new Set<Promise<void>>();
    let bumped = 0;
    while (!this.#stopped) {
      const dueAt = startedAt + (bumped * 1_000) / this.#options.perSecond;
      const wait = dueAt - monotonicNow();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      const bump = this.#bump(this.#tickets[bumped % TICKETS]).finally(() => underWay.delete(bump));
      underWay.add(bump);
      bumped += 1;
      if (underWay.size >= UNDER_WAY_MAX) await Promise.race(underWay);
    }
    await Promise.all(underWay);
    return bumped;
  }

  async #bump(ticket: Ticket | undefined): Promise<void> {
    if (ticket === undefined) return;
    const { orderId, lineIds, versions, step } = ticket;
    ticket.step += 1;
    const payload = { order_id: orderId, line_ids: lineIds, status: STEPS[step % STEPS.length] };
    const expect = { order_line: versions };
    const answer = await this.#give({ name: 'kitchen.set_status', payload, expect });
    ticket.versions = versionsIn(answer);
  }

  async #give(command: Command): Promise<AckMessage> {
    return expectAck(command, await this.#till.give(command));
  }
}

function versionsIn({ result }: AckMessage): Readonly<Record<string, number>> {
  const records = result?.['records'] as Record<string, Record<string, number>> | undefined;
  return records?.['order_line'] ?? {};
}
