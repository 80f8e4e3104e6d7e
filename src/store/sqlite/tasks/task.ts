/**
 * Small pieces of work that the writer does between groups of commits, each in a transaction of its own: what archiving and
 * its like write. Commits wait for a task, so none may take longer than a few milliseconds.
 */
import type { Fault } from '../errors.js';
import type { TaskHandler } from './task-handler.js';
import type { BeginSegment, UndoSegment } from './segment-tasks.js';

/** What each task asks for and gives, by its name. Both cross between threads. */
export interface TaskTypes {
  'segment.begin': { readonly asks: BeginSegment; readonly gives: null };
  'segment.undo': { readonly asks: UndoSegment; readonly gives: null };
}

export type TaskName = keyof TaskTypes;
export type TaskOf<N extends TaskName> = { readonly name: N } & TaskTypes[N]['asks'];
export type TaskValue<N extends TaskName> = TaskTypes[N]['gives'];
export type WriterTask = { [N in TaskName]: TaskOf<N> }[TaskName];

export type TaskHandlers = {
  readonly [N in TaskName]: TaskHandler<TaskOf<N>, TaskValue<N>>;
};

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
