/**
 * Cashiers and waiters who work on the same few orders at the same moment: they add lines, take payments, and change quantities
 * that others change too. Whoever was overtaken goes on from the row that the refusal brings.
 */
import type { AckMessage, ViewRow } from '#dist/protocol/messages.js';
import { Latencies, type LatencySummary } from '../measure/latency.js';
import { monotonicNow } from '../measure/now.js';
import { ChannelCopy } from './channel-copy.js';
import { OrderLedger, type HeldOrder } from './ledger.js';
import { expectAck, newId, Till, type Answer, type Command } from './till.js';
import { ITEMS, seededRandom } from './work.js';

export interface WritersOptions {
  readonly port: number;
  /** One each; cashiers may take payments, waiters may not. */
  readonly cashiers: readonly string[];
  readonly waiters: readonly string[];
  /** Orders that all writers share. Each round has new ones, so that none outgrows what a table orders in a night. */
  readonly orders: number;
  readonly rounds: number;
  readonly commandsPerWriter: number;
}

export interface WritersReport {
  readonly seconds: number;
  /** Acknowledged: lines and payments added, and quantities changed. */
  readonly added: number;
  readonly changed: number;
  /** Changes that were refused once or more before they were acknowledged. */
  readonly overtaken: number;
  /** Refusals in all; each is followed by one retry. */
  readonly conflicts: number;
  readonly retriesMax: number;
  /** An addition; a change that nobody overtook; one that was overtaken, until it was through; one retry alone. */
  readonly addedAfter: LatencySummary;
  readonly changedAfter: LatencySummary;
  readonly overtakenAfter: LatencySummary;
  readonly retryAfter: LatencySummary;
  /** What was acknowledged and is not held, by `order.get` and by a fresh snapshot. */
  readonly lost: readonly string[];
}

/** Lines that every order opens with, whose quantities are fought over. */
const SHARED_LINES = 3;
const RETRIES_MAX = 1_000;
const PAYMENT_MAX = 5;
const SEED = 64;
/** Of a hundred commands; the others change quantities. */
const ADD_LINE = 35;
const ADD_PAYMENT = 25;

interface SharedOrder {
  readonly id: string;
  readonly lineIds: readonly string[];
  readonly ledger: OrderLedger;
}

interface Writer {
  readonly till: Till;
  readonly mayTakePayments: boolean;
}

interface SeenLine {
  readonly qty: number;
  readonly version: number;
}

export class Writers {
  readonly #options: WritersOptions;
  readonly #random = seededRandom(SEED);
  /** What every till shows: the hub tells all of them the same at the same moment. */
  readonly #screen = new ChannelCopy(true, () => {});
  readonly #writers: Writer[] = [];
  readonly #added = new Latencies();
  readonly #changed = new Latencies();
  readonly #overtaken = new Latencies();
  readonly #retries = new Latencies();
  readonly #lost: string[] = [];
  #retriesMax = 0;

  private constructor(options: WritersOptions) {
    this.#options = options;
  }

  /** Throws where anything but a change of a quantity is refused, or that for another reason than its version. */
  static async run(options: WritersOptions): Promise<WritersReport> {
    const writers = new Writers(options);
    try {
      await writers.#open();
      let milliseconds = 0;
      for (let round = 0; round < options.rounds; round += 1) {
        milliseconds += await writers.#round();
      }
      return writers.#report(milliseconds / 1_000);
    } finally {
      for (const { till } of writers.#writers) till.close();
    }
  }

  async #open(): Promise<void> {
    const { port, cashiers, waiters } = this.#options;
    const following = { view: 'orders', copy: this.#screen } as const;
    for (const token of cashiers) {
      const till = await Till.open(
        port,
        token,
        'main',
        this.#writers.length > 0 ? null : following,
      );
      this.#writers.push({ till, mayTakePayments: true });
    }
    for (const token of waiters) {
      this.#writers.push({ till: await Till.open(port, token), mayTakePayments: false });
    }
    const opened = await this.#first.give({ name: 'shift.open', payload: { opening_float: 0 } });
    if (opened.type === 'error' && opened.code !== 'already_exists') {
      throw new Error(opened.message);
    }
  }

  get #first(): Till {
    const [writer] = this.#writers;
    if (writer === undefined) throw new Error('nobody writes');
    return writer.till;
  }

  /** Milliseconds that the writers took. */
  async #round(): Promise<number> {
    const orders: SharedOrder[] = [];
    for (let nth = 0; nth < this.#options.orders; nth += 1) orders.push(await this.#openOrder());
    const from = monotonicNow();
    await Promise.all(this.#writers.map((writer) => this.#write(writer, orders)));
    const took = monotonicNow() - from;
    await this.#check(orders);
    return took;
  }

  async #openOrder(): Promise<SharedOrder> {
    const id = newId();
    const ledger = new OrderLedger();
    const items = ITEMS.slice(0, SHARED_LINES).map((item) => ({ ...item, lineId: newId() }));
    const lines = items.map((item) => ({ line_id: item.lineId, item_id: item.id, qty: 1 }));
    await this.#give(this.#first, {
      name: 'order.open',
      payload: { order_id: id, order_type: 'dine_in', table_no: '8', lines },
    });
    for (const { lineId, price } of items) ledger.lineAdded(lineId, { price, qty: 1 });
    return { id, lineIds: items.map(({ lineId }) => lineId), ledger };
  }

  async #write({ till, mayTakePayments }: Writer, orders: readonly SharedOrder[]): Promise<void> {
    for (let nth = 0; nth < this.#options.commandsPerWriter; nth += 1) {
      const order = this.#any(orders);
      const dice = this.#random() * 100;
      if (dice < ADD_LINE) await this.#addLine(till, order);
      else if (dice < ADD_LINE + ADD_PAYMENT && mayTakePayments) await this.#pay(till, order);
      else await this.#changeQuantity(till, order);
    }
  }

  async #addLine(till: Till, { id, ledger }: SharedOrder): Promise<void> {
    const item = this.#any(ITEMS);
    const lineId = newId();
    const line = { line_id: lineId, item_id: item.id, qty: 1 };
    const from = monotonicNow();
    await this.#give(till, { name: 'order.add_lines', payload: { order_id: id, lines: [line] } });
    this.#added.record(monotonicNow() - from);
    ledger.lineAdded(lineId, { price: item.price, qty: 1 });
  }

  async #pay(till: Till, { id, ledger }: SharedOrder): Promise<void> {
    const amount = 1 + Math.floor(this.#random() * PAYMENT_MAX);
    const paymentId = newId();
    const payload = { order_id: id, payment_id: paymentId, method: 'card', amount };
    const from = monotonicNow();
    await this.#give(till, { name: 'payment.add', payload });
    this.#added.record(monotonicNow() - from);
    ledger.paymentAdded(paymentId, amount);
  }

  /** One more of a line, of which the till shows that it has so many; overtaken, of those that it has by then. */
  async #changeQuantity(till: Till, order: SharedOrder): Promise<void> {
    const lineId = this.#any(order.lineIds);
    const from = monotonicNow();
    let seen = this.#shown(lineId);
    let triedAt = from;
    for (let retries = 0; retries <= RETRIES_MAX; retries += 1) {
      const answer = await till.give(quantityOf(order.id, lineId, seen));
      const now = monotonicNow();
      if (retries > 0) this.#retries.record(now - triedAt);
      triedAt = now;
      if (answer.type === 'ack') {
        (retries === 0 ? this.#changed : this.#overtaken).record(now - from);
        this.#retriesMax = Math.max(this.#retriesMax, retries);
        const version = versionOf(answer, lineId);
        order.ledger.quantityChanged(lineId, { version, from: seen.qty, to: seen.qty + 1 });
        return;
      }
      seen = currentLine(answer, lineId);
    }
    throw new Error(`a change was overtaken ${RETRIES_MAX} times`);
  }

  #shown(lineId: string): SeenLine {
    const row = this.#screen.replica?.tables.get('order_line')?.get(lineId);
    if (row === undefined) return { qty: 1, version: 1 };
    return seenLine(row);
  }

  async #check(orders: readonly SharedOrder[]): Promise<void> {
    const { port, cashiers } = this.#options;
    const copy = new ChannelCopy(true, () => {});
    (await Till.open(port, cashiers[0] ?? '', 'main', { view: 'orders', copy })).close();
    for (const { id, ledger } of orders) {
      const held = (await this.#first.ask('order.get', { order_id: id })) as HeldOrder;
      this.#lost.push(...ledger.differences(held));
      this.#lost.push(...ledger.differences(heldIn(copy, id)));
    }
    this.#lost.push(...this.#screen.faults);
  }

  async #give(till: Till, command: Command): Promise<AckMessage> {
    return expectAck(command, await till.give(command));
  }

  #any<Item>(items: readonly Item[]): Item {
    const item = items[Math.floor(this.#random() * items.length)];
    if (item === undefined) throw new Error('there is none');
    return item;
  }

  #report(seconds: number): WritersReport {
    const addedAfter = this.#added.summary();
    const changedAfter = this.#changed.summary();
    const overtakenAfter = this.#overtaken.summary();
    const retryAfter = this.#retries.summary();
    return {
      seconds,
      added: addedAfter.count,
      changed: changedAfter.count + overtakenAfter.count,
      overtaken: overtakenAfter.count,
      conflicts: retryAfter.count,
      retriesMax: this.#retriesMax,
      addedAfter,
      changedAfter,
      overtakenAfter,
      retryAfter,
      lost: this.#lost,
    };
  }
}

function quantityOf(orderId: string, lineId: string, { qty, version }: SeenLine): Command {
  return {
    name: 'order.update_line',
    payload: { order_id: orderId, line_id: lineId, qty: qty + 1 },
    expect: { order_line: { [lineId]: version } },
  };
}

function versionOf({ result }: AckMessage, lineId: string): number {
  const records = result?.['records'] as Record<string, Record<string, number>> | undefined;
  const version = records?.['order_line']?.[lineId];
  if (version === undefined) throw new Error('the answer does not name the line');
  return version;
}

/** The row that a refusal for an old version brings; throws for any other refusal. */
function currentLine(answer: Answer, lineId: string): SeenLine {
  const current = answer.type === 'error' && answer.code === 'version_conflict' && answer.current;
  const row = typeof current === 'object' ? current['order_line']?.[lineId] : undefined;
  if (typeof row !== 'object' || row === null) {
    throw new Error(`refused: ${JSON.stringify(answer)}`);
  }
  return seenLine(row);
}

function seenLine(row: object): SeenLine {
  const { qty, version } = row as SeenLine;
  return { qty, version };
}

/** One order out of a snapshot of all. */
function heldIn({ replica }: ChannelCopy, orderId: string): HeldOrder {
  const rows = (table: string): readonly ViewRow[] => [
    ...(replica?.tables.get(table)?.values() ?? []),
  ];
  const ofOrder = (table: string): unknown =>
    rows(table).filter((row) => (row as { readonly order_id?: string }).order_id === orderId);
  const header: unknown = rows('order_header').find(({ id }) => id === orderId);
  if (header === undefined) throw new Error(`order ${orderId} is in no snapshot`);
  return {
    header: header as HeldOrder['header'],
    lines: ofOrder('order_line') as HeldOrder['lines'],
    payments: ofOrder('order_payment') as HeldOrder['payments'],
  };
}
