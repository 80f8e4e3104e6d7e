/** A whole sale as a till queues it, and what a hub must hold of it afterwards. */
import { expect } from 'vitest';
import type { Client, Outcome, Queued } from '../../../src/client/index.js';
import type { House } from './house.js';

/** Two burgers and a lager. */
export const TOTAL = 2_950;

function linesOf(orderId: string): { line_id: string; item_id: string; qty: number }[] {
  return [
    { line_id: `${orderId}-1`, item_id: 'burger', qty: 2 },
    { line_id: `${orderId}-2`, item_id: 'lager', qty: 1 },
  ];
}

/** Opened, rung up, sent, paid in cash and closed: in that order, whatever is left of it to queue. */
export async function sell(client: Client, orderId = 'o1'): Promise<readonly Queued[]> {
  const { queue } = client;
  const order_id = orderId;
  return [
    await queue.add('order.open', { order_id, order_type: 'dine_in', table_no: '7' }, key('open')),
    await queue.add('order.add_lines', { order_id, lines: linesOf(orderId) }, key('lines')),
    await queue.add('order.send', { order_id }, key('send')),
    await queue.add(
      'payment.add',
      { order_id, payment_id: `${orderId}-cash`, method: 'cash', amount: TOTAL, tendered: 3_000 },
      key('pay'),
    ),
    await queue.add('order.close', { order_id }, key('close')),
  ];
  function key(step: string): { readonly key: string } {
    return { key: `${orderId}-${step}` };
  }
}

export async function outcomesOf(queued: readonly Queued[]): Promise<readonly Outcome['kind'][]> {
  return (await Promise.all(queued.map(({ settled }) => settled))).map(({ kind }) => kind);
}

/** The hub holds the sale, whole and once. */
export function expectSold({ watcher }: House, orderId = 'o1'): void {
  const rows = (table: string, column: string): object[] =>
    watcher.rows('main/orders', table).filter((row) => row[column] === orderId);
  expect(rows('order_header', 'id')).toMatchObject([
    { status: 'closed', payment_status: 'paid', total: TOTAL, paid: TOTAL },
  ]);
  expect(rows('order_line', 'order_id')).toMatchObject([{ qty: 2 }, { qty: 1 }]);
  expect(rows('order_payment', 'order_id')).toMatchObject([{ amount: TOTAL, change_due: 50 }]);
}
