/** The end of a history: every day's orders and its Z report, as the hub gives them out, against what was drawn. */
import type { Client } from '../../../../client/index.js';
import type { PublicHeader } from '../../../../protocol/results.js';
import { listOrders } from '../reconciliation.js';
import { showPence } from '../money.js';
import { fetchZReport, type ZReport } from '../z-reports.js';
import { figuresOf } from './day.js';
import type { DrawnOrder } from './drawn-order.js';
import type { HistoryDay } from './history.js';

const DAY_MS = 86_400_000;

export interface DayFound {
  /** null: there is none. */
  readonly zReport: ZReport | null;
  /** In words. */
  readonly faults: readonly string[];
}

export async function reconcileDay(client: Client, day: HistoryDay): Promise<DayFound> {
  const { businessDate: date } = day;
  // The first order of the next day comes later than that, however the clocks change.
  const listed = await listOrders(client, day.opensAt, day.opensAt + DAY_MS);
  const headers = listed.filter((header) => header.business_date === date);
  const faults = orderFaults(day, headers);
  const [shiftId] = new Set(headers.map((header) => header.shift_id));
  const zReport = shiftId === undefined ? null : await fetchZReport(client, shiftId);
  const { orders, total } = figuresOf(day);
  if (zReport === null) faults.push('there is no Z report');
  else if (zReport.orders !== orders || zReport.total !== total) {
    const said = `${zReport.orders} orders, ${showPence(zReport.total)}`;
    faults.push(`the Z report says ${said}, not ${orders}, ${showPence(total)}`);
  }
  return { zReport, faults: faults.map((fault) => `${date}: ${fault}`) };
}

function orderFaults({ orders }: HistoryDay, headers: readonly PublicHeader[]): string[] {
  const found = new Map(headers.map((header) => [header.id, header]));
  const faults: string[] = [];
  for (const order of orders) {
    const header = found.get(order.id);
    if (header === undefined) faults.push(`order ${order.id} is lost`);
    else if (!isRight(order, header)) {
      const { status, total, paid } = header;
      faults.push(`order ${order.id} is ${status}, ${paid} paid of ${total}, not ${order.total}`);
    }
  }
  const extra = headers.length - orders.length;
  if (extra > 0) faults.push(`${extra} orders more than were drawn`);
  return faults;
}

function isRight({ total, refund }: DrawnOrder, header: PublicHeader): boolean {
  return header.status === 'closed' && header.total === total && header.paid === total - refund;
}
