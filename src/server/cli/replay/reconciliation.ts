/** The end of a replay: what the hub has in its store, order by order, against the orders file. */
import { Refused, type Client } from '../../../client/index.js';
import type { OrderGetResult } from '../../../protocol/results.js';
import type { PublicHeader } from '../../../protocol/results.js';
import type { ControlTotals, Plan, PlannedOrder } from './plan.js';
import { receiptNote } from './till.js';

/** Queries under way at once. */
const QUERIES_MAX = 32;
const PAGE_LENGTH = 200;

export interface Reconciliation {
  readonly expected: ControlTotals;
  readonly found: ControlTotals;
  /** Planned orders or lines that the hub does not have, or has not closed and paid. In words. */
  readonly lost: readonly string[];
  /** Orders or lines that it has more than once. In words. */
  readonly doubled: readonly string[];
}

export type StoredOrders = ReadonlyMap<string, OrderGetResult>;

/** The orders that the hub has, by id, wherever it keeps them. */
export async function fetchOrders(client: Client, plan: Plan): Promise<StoredOrders> {
  const found = new Map<string, OrderGetResult>();
  const ids = plan.days.flatMap((day) => day.orders.map((order) => order.id)).values();
  const worker = async (): Promise<void> => {
    for (const id of ids) {
      const order = await fetchOrder(client, id);
      if (order !== null) found.set(id, order);
    }
  };
  await Promise.all(Array.from({ length: QUERIES_MAX }, worker));
  return found;
}

async function fetchOrder(client: Client, id: string): Promise<OrderGetResult | null> {
  try {
    return await client.query('order.get', { order_id: id });
  } catch (error) {
    if (error instanceof Refused && error.code === 'not_found') return null;
    throw error;
  }
}

/** Every order that was opened from `from` (inclusive) to `to` (exclusive). */
export async function listOrders(
  client: Client,
  from: number,
  to: number,
): Promise<PublicHeader[]> {
  const headers: PublicHeader[] = [];
  let cursor: string | null = null;
  do {
    const page: { orders: readonly PublicHeader[]; cursor: string | null } = await client.query(
      'order.list',
      { from, to, limit: PAGE_LENGTH, ...(cursor === null ? {} : { cursor }) },
    );
    headers.push(...page.orders);
    ({ cursor } = page);
  } while (cursor !== null);
  return headers;
}

/** `listed` are all orders of the time in question, others' among them. */
export function reconcile(
  plan: Plan,
  stored: StoredOrders,
  listed: readonly PublicHeader[],
): Reconciliation {
  const lost: string[] = [];
  const doubled: string[] = [];
  const found = { orders: 0, lines: 0, units: 0, pence: 0 };
  const planned = plan.days.flatMap((day) => day.orders);
  for (const order of planned) {
    const held = stored.get(order.id);
    if (held === undefined) {
      lost.push(`order ${order.fileNumber}`);
      continue;
    }
    const lines = held.lines.filter((line) => line.status !== 'voided');
    found.orders += 1;
    found.lines += lines.length;
    found.units += lines.reduce((sum, line) => sum + line.qty, 0);
    found.pence += held.header.subtotal;
    compareOrder(order, held, { lost, doubled });
  }
  doubled.push(...secondReceipts(planned, listed));
  return { expected: plan.totals, found, lost, doubled };
}

function compareOrder(
  order: PlannedOrder,
  { header, lines, payments }: OrderGetResult,
  { lost, doubled }: { readonly lost: string[]; readonly doubled: string[] },
): void {
  const name = `order ${order.fileNumber}`;
  const planned = new Map(order.batches.flat().map((line) => [line.id, line]));
  const held = new Map(lines.map((line) => [line.id, line]));
  for (const [id, { item, qty, pence }] of planned) {
    const line = held.get(id);
    if (line === undefined) lost.push(`${name}, ${item.name}`);
    else if (line.qty !== qty || line.unit_price !== pence || line.item_id !== item.id) {
      lost.push(`${name}, ${item.name}: ${line.qty} of ${line.unit_price} each`);
    } else if (line.status !== 'served') lost.push(`${name}, ${item.name}: ${line.status}`);
  }
  for (const { id, name: item } of lines) if (!planned.has(id)) doubled.push(`${name}, ${item}`);
  if (header.status !== 'closed') lost.push(`${name} is ${header.status}`);
  const paid = payments.reduce((sum, payment) => sum + payment.amount, 0);
  if (paid > header.total) doubled.push(`${name}: ${paid} paid of ${header.total}`);
  if (paid < header.total) lost.push(`${name}: ${paid} paid of ${header.total}`);
}

/** Orders that bear the receipt of a planned one and are not it. */
function secondReceipts(
  planned: readonly PlannedOrder[],
  listed: readonly PublicHeader[],
): string[] {
  const ids = new Map(planned.map((order) => [receiptNote(order), order.id]));
  return listed
    .filter(({ note, id }) => note !== null && ids.has(note) && ids.get(note) !== id)
    .map(({ note, number }) => `${note ?? ''} again, as order ${number}`);
}
