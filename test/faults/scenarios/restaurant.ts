/** The moves of a small evening at the demo's branch, given through one or several tills. */
import { randomUUID } from 'node:crypto';
import type { CommandBook, Till } from '../recording/command-book.js';

const ITEMS = ['halloumi', 'hummus', 'onion-rings', 'baklava'] as const;
const SUCCESSOR = 'lucy';

export interface RungUp {
  readonly orderId: string;
  readonly lineIds: readonly string[];
}

export class Restaurant {
  readonly #book: CommandBook;
  #rungUp = 0;

  constructor(book: CommandBook) {
    this.#book = book;
  }

  /** Gives the shift's id. */
  async openShift(till: Till): Promise<string> {
    const { records } = await this.#book.give(till, 'shift.open', { opening_float: 10_000 });
    return idIn(records, 'pos_shift');
  }

  async ringUp(till: Till, lines = 2): Promise<RungUp> {
    const rungUp = {
      orderId: randomUUID(),
      lineIds: Array.from({ length: lines }, () => randomUUID()),
    };
    this.#rungUp += 1;
    await this.#book.give(till, 'order.open', {
      order_id: rungUp.orderId,
      order_type: 'takeaway',
      customer_name: `Guest ${this.#rungUp}`,
      lines: rungUp.lineIds.map((line_id, index) => ({
        line_id,
        item_id: ITEMS[(this.#rungUp + index) % ITEMS.length] ?? 'hummus',
        qty: 1 + (index % 2),
      })),
    });
    return rungUp;
  }

  async cook(till: Till, { orderId, lineIds }: RungUp): Promise<void> {
    await this.#book.give(till, 'order.send', { order_id: orderId });
    for (const status of ['ready', 'served'] as const) {
      const payload = { order_id: orderId, line_ids: [...lineIds], status };
      await this.#book.give(till, 'kitchen.set_status', payload, { order_line: lineIds });
    }
  }

  /** The whole sum in one payment; gives its id. */
  async pay(till: Till, { orderId }: RungUp, method: 'cash' | 'card'): Promise<string> {
    const { header } = await till.query('order.get', { order_id: orderId });
    const payment_id = randomUUID();
    const amount = header.total - header.paid;
    await this.#book.give(till, 'payment.add', { order_id: orderId, payment_id, method, amount });
    return payment_id;
  }

  async closeOrder(till: Till, { orderId }: RungUp): Promise<void> {
    const expected = { order_header: [orderId] };
    await this.#book.give(till, 'order.close', { order_id: orderId }, expected);
  }

  async voidLine(till: Till, { orderId, lineIds }: RungUp): Promise<void> {
    const [line_id = ''] = lineIds;
    const payload = { order_id: orderId, line_id, reason: 'mistake' };
    await this.#book.give(till, 'order.void_line', payload, { order_line: [line_id] });
  }

  async discount(till: Till, { orderId }: RungUp): Promise<void> {
    const payload = { order_id: orderId, kind: 'percent', value: 1_000, reason: 'late' } as const;
    await this.#book.give(till, 'order.discount', payload, { order_header: [orderId] });
  }

  async refund(till: Till, paymentId: string): Promise<void> {
    const payload = { payment_id: paymentId, amount: 100, reason: 'cold' };
    await this.#book.give(till, 'payment.refund', payload);
  }

  async payIn(till: Till, shiftId: string): Promise<void> {
    await this.#book.give(till, 'cash.paid_in', {
      shift_id: shiftId,
      amount: 500,
      reason: 'change',
    });
  }

  async closeShift(till: Till, shiftId: string): Promise<void> {
    const payload = { shift_id: shiftId, counted_cash: 12_345, carry_over: true };
    await this.#book.give(till, 'shift.close', payload, { pos_shift: [shiftId] });
  }

  /** Gives the next shift's id. */
  async handOver(till: Till, shiftId: string): Promise<string> {
    const payload = { shift_id: shiftId, to_staff_id: SUCCESSOR, counted_cash: 12_000 };
    const expected = { pos_shift: [shiftId] };
    const { records } = await this.#book.give(till, 'shift.handover', payload, expected);
    return Object.keys(records['pos_shift'] ?? {}).find((id) => id !== shiftId) ?? '';
  }

  /** Notes the Z report as a till is shown it. */
  async showZ(till: Till, shiftId: string): Promise<void> {
    const { report } = await till.query('shift.report', { shift_id: shiftId, kind: 'z' });
    this.#book.shown.set(shiftId, report);
  }

  /** All of an order's life. */
  async serve(till: Till): Promise<RungUp> {
    const rungUp = await this.ringUp(till);
    await this.cook(till, rungUp);
    await this.pay(till, rungUp, this.#rungUp % 2 === 0 ? 'card' : 'cash');
    await this.closeOrder(till, rungUp);
    return rungUp;
  }
}

function idIn(records: Readonly<Record<string, object | undefined>>, table: string): string {
  const [id] = Object.keys(records[table] ?? {});
  if (id === undefined) throw new Error(`nothing was written to ${table}`);
  return id;
}
