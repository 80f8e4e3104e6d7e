/** Every task's handler; a new one is added to TaskTypes and here. */
import type { Database } from 'better-sqlite3';
import { OrderRows } from './order-rows.js';
import { segmentTasks } from './segment-tasks.js';
import type { TaskHandlers } from './task.js';

export function taskHandlers(database: Database): TaskHandlers {
  const orders = new OrderRows(database);
  const rows = new Map([['orders', orders] as const]);
  return { ...segmentTasks(database, rows), 'order.thaw': orders.thaw };
}
