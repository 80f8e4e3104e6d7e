/** Every task's handler; a new one is added to TaskTypes and here. */
import type { Database } from 'better-sqlite3';
import type { SegmentKind } from '../../archive/segment-format.js';
import { EventRows } from './event-rows.js';
import { OrderRows } from './order-rows.js';
import type { SegmentRows } from './segment-rows.js';
import { segmentTasks } from './segment-tasks.js';
import type { TaskHandlers } from './task.js';

export function taskHandlers(database: Database): TaskHandlers {
  const orders = new OrderRows(database);
  const rows = new Map<SegmentKind, SegmentRows>([
    ['orders', orders],
    ['events', new EventRows(database)],
  ]);
  return { ...segmentTasks(database, rows), 'order.thaw': orders.thaw };
}
