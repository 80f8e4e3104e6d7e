/** What an earlier run has done already: the days that are over need not be played again. */
import type { Client } from '../../../client/index.js';
import type { Plan, PlannedDay } from './plan.js';
import { fetchOrders, type StoredOrders } from './reconciliation.js';

export interface Survey {
  /** Days to be played, from their beginning: what was done of them is repeated, and doubles nothing. */
  readonly open: readonly PlannedDay[];
  /** Days whose orders are all closed, in shifts that are closed too. */
  readonly over: readonly PlannedDay[];
}

export async function survey(client: Client, branchId: string, plan: Plan): Promise<Survey> {
  const stored = await fetchOrders(client, plan);
  const shifts = client.subscribe(`${branchId}/shift`);
  await shifts.ready;
  const openShifts = new Set(shifts.tables.get('pos_shift')?.keys());
  shifts.close();
  const over = plan.days.filter((day) => isOver(day, stored, openShifts));
  return { over, open: plan.days.filter((day) => !over.includes(day)) };
}

function isOver(day: PlannedDay, stored: StoredOrders, openShifts: ReadonlySet<string>): boolean {
  return day.orders.every((order) => {
    const header = stored.get(order.id)?.header;
    return header?.status === 'closed' && !openShifts.has(header.shift_id);
  });
}
