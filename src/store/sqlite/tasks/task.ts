/**
 * Small pieces of work that the writer does between groups of commits, each in a transaction of its own: what archiving and
 * its like write. Commits wait for a task, so none may take longer than a few milliseconds.
 */
import type { Fault } from '../errors.js';
import type { TaskHandler } from './task-handler.js';
import type { ThawOrder } from './order-rows.js';
import type { SegmentTasks } from './segment-tasks.js';

/** Every task's handler, by the task's name. */
export interface TaskHandlers extends SegmentTasks {
  readonly 'order.thaw': TaskHandler<ThawOrder, { readonly thawed: boolean }>;
}

export type TaskName = keyof TaskHandlers;
/** What it asks for, and what it gives; both cross between threads. */
export type TaskOf<N extends TaskName> = { readonly name: N } & Parameters<
  TaskHandlers[N]['run']
>[0];
export type TaskValue<N extends TaskName> = ReturnType<TaskHandlers[N]['run']>;
export type WriterTask = { [N in TaskName]: TaskOf<N> }[TaskName];

export interface TaskFailure {
  readonly fault: Exclude<Fault, 'disk'>;
  readonly reason: string;
}

export type TaskOutcome =
  | { readonly value: TaskValue<TaskName> }
  /** Nothing was written. */
  | { readonly error: TaskFailure };

/**
 * - `closed`: the store is being closed or reopened; nothing was written.
 * - `full`, `busy`, `schema`: as Fault says; nothing was written.
 * - `unknown`: the writer failed meanwhile; whether it was written, the reopened database says.
 */
export class TaskError extends Error {
  override readonly name = 'TaskError';
  readonly kind: 'closed' | 'unknown' | TaskFailure['fault'];

  constructor(task: TaskName, kind: TaskError['kind'], reason: string) {
    super(`${task}: ${reason}`);
    this.kind = kind;
  }
}
