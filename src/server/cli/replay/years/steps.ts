/** The commands that a drawn order is made of, each with its time. Kitchen steps are given for all lines of an order at once. */
import type { CommandName, CommandPayloads } from '../../../../domain/registry.js';
import type { Role } from '../../../../domain/rows.js';
import type { DrawnOrder } from './drawn-order.js';

export interface Step {
  readonly at: number;
  /** Commands under one subject take effect one after the other. */
  readonly subject: string;
  readonly key: string;
  readonly name: CommandName;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly by: { readonly id: string; readonly role: Role };
}

const MANAGER = { id: 'manager', role: 'manager' } as const;
const KITCHEN = { id: 'kitchen', role: 'kitchen' } as const;
const SECOND_MS = 1_000;
/** A refund comes so long after the close. */
const AFTER_MS = 60 * SECOND_MS;

/** In order of time. */
export function stepsOf(order: DrawnOrder): Step[] {
  const { id, at, kitchen, voided } = order;
  const steps: Step[] = [];
  const till = { id: order.till, role: 'cashier' } as const;
  const add = <Name extends CommandName>(
    time: number,
    name: Name,
    payload: CommandPayloads[Name],
    { by = till, as = name }: { by?: Step['by']; as?: string } = {},
  ): void => {
    steps.push({ at: time, subject: id, key: `${id}/${as}`, name, payload, by });
  };
  const of = { order_id: id };
  const sentAt = at + 5 * SECOND_MS;
  add(at, 'order.open', openingOf(order));
  add(sentAt, 'order.send', of);
  if (voided !== null) {
    const line = { ...of, line_id: voided.id, reason: 'guest changed their mind' };
    add(sentAt + SECOND_MS, 'order.void_line', line);
    const seen = { ...of, line_ids: [voided.id] };
    add(sentAt + 2 * SECOND_MS, 'kitchen.clear', seen, { by: KITCHEN });
  }
  const line_ids = order.lines.filter((line) => line !== voided).map((line) => line.id);
  let time = sentAt;
  for (const [status, after] of [
    ...(kitchen.queue === null ? [] : [['preparing', kitchen.queue] as const]),
    ['ready', kitchen.preparation],
    ['served', kitchen.pass],
  ] as const) {
    time += after;
    add(time, 'kitchen.set_status', { ...of, line_ids, status }, { by: KITCHEN, as: status });
  }
  time += kitchen.linger;
  if (order.discount > 0) {
    const discount = { kind: 'amount', value: order.discount, reason: 'regular guest' } as const;
    add(time, 'order.discount', { ...of, ...discount });
  }
  if (order.total > 0) add(time + SECOND_MS, 'payment.add', paymentOf(order));
  add(time + 2 * SECOND_MS, 'order.close', of);
  if (order.refund > 0) {
    const refund = { payment_id: paymentId(id), amount: order.refund, reason: 'complaint' };
    const refund_id = `${id}:back`;
    add(time + AFTER_MS, 'payment.refund', { ...refund, refund_id }, { by: MANAGER });
  }
  return steps;
}

function openingOf({
  id,
  orderType,
  guests,
  tableNo,
  lines,
}: DrawnOrder): CommandPayloads['order.open'] {
  return {
    order_id: id,
    order_type: orderType,
    ...(guests === null ? {} : { guests }),
    ...(tableNo === null ? {} : { table_no: tableNo }),
    lines: lines.map((line) => ({ line_id: line.id, item_id: line.item.id, qty: line.qty })),
  };
}

function paymentOf({ id, method, total, tip }: DrawnOrder): CommandPayloads['payment.add'] {
  return { order_id: id, payment_id: paymentId(id), method, amount: total, tip };
}

function paymentId(orderId: string): string {
  return `${orderId}:paid`;
}
