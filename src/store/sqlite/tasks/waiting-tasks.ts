/** The hub's side of tasks: a promise for each that the writer has. */
import type { ToWriter } from '../messages.js';
import {
  TaskError,
  type TaskName,
  type TaskOf,
  type TaskOutcome,
  type TaskValue,
  type WriterTask,
} from './task.js';

/** Whoever has tasks waits for each, so few are ever under way. */
const TASKS_WAITING_MAX = 100;

interface Waiting {
  readonly name: TaskName;
  readonly resolve: (value: TaskValue<TaskName>) => void;
  readonly reject: (error: TaskError) => void;
}

export class WaitingTasks {
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #done = 0;

  stats(): Readonly<Record<string, number>> {
    return { tasks_total: this.#done, tasks_waiting: this.#waiting.size };
  }

  /** `writer`: null where the store is being closed or reopened. */
  begin<N extends TaskName>(
    task: TaskOf<N>,
    writer: { post(message: ToWriter): void } | null,
  ): Promise<TaskValue<N>> {
    const { name } = task;
    if (writer === null) {
      return Promise.reject(new TaskError(name, 'closed', 'the store is closed or being reopened'));
    }
    if (this.#waiting.size >= TASKS_WAITING_MAX) {
      return Promise.reject(new TaskError(name, 'busy', 'too many tasks are waiting'));
    }
    const id = ++this.#lastId;
    const done = new Promise((resolve, reject) => {
      this.#waiting.set(id, { name, resolve, reject });
    });
    writer.post({ type: 'task', id, task: task as WriterTask });
    return done as Promise<TaskValue<N>>;
  }

  settle(id: number, outcome: TaskOutcome): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    this.#waiting.delete(id);
    this.#done += 1;
    if ('value' in outcome) {
      waiting.resolve(outcome.value);
      return;
    }
    const { fault, reason } = outcome.error;
    waiting.reject(new TaskError(waiting.name, fault, reason));
  }

  /** The writer is gone: what became of them is unknown. */
  lose(reason: string): void {
    const lost = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { name, reject } of lost) reject(new TaskError(name, 'unknown', reason));
  }
}
