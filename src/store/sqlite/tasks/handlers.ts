/** Every task's handler; a new one is added to TaskTypes and here. */
import type { Database } from 'better-sqlite3';
import { segmentTasks } from './segment-tasks.js';
import type { TaskHandlers } from './task.js';

export function taskHandlers(database: Database): TaskHandlers {
  return { ...segmentTasks(database) };
}
