/** Runs tasks on the writer's connection, each in a transaction of its own. */
import type { Database } from 'better-sqlite3';
import { faultOf, messageOf } from '../errors.js';
import type { DiskDurability } from '../messages.js';
import type { TaskHandler } from './task-handler.js';
import type { TaskHandlers, TaskName, TaskOutcome, TaskValue, WriterTask } from './task.js';

export class TaskRunner {
  readonly #database: Database;
  readonly #durability: DiskDurability;
  readonly #handlers: TaskHandlers;

  constructor(database: Database, durability: DiskDurability, handlers: TaskHandlers) {
    this.#database = database;
    this.#durability = durability;
    this.#handlers = handlers;
  }

  /** Throws where the database can no longer be trusted: then nobody knows whether the task was done. */
  run(task: WriterTask): TaskOutcome {
    const handler = this.#handlers[task.name] as TaskHandler<WriterTask, TaskValue<TaskName>>;
    const synchronous = handler.synced ? 'FULL' : 'NORMAL';
    const usual = this.#durability === 'full' ? 'FULL' : 'NORMAL';
    try {
      if (synchronous !== usual) this.#database.pragma(`synchronous = ${synchronous}`);
      if (handler.unchecked) this.#database.pragma('foreign_keys = OFF');
      // Pages that fall free are emptied too: what is moved into a file must be erasable there.
      this.#database.pragma('secure_delete = ON');
      return { value: this.#database.transaction(() => handler.run(task)).immediate() };
    } catch (error) {
      const fault = faultOf(error);
      if (fault === 'disk') throw error;
      return { error: { fault, reason: messageOf(error) } };
    } finally {
      this.#database.pragma('secure_delete = FAST');
      if (handler.unchecked) this.#database.pragma('foreign_keys = ON');
      if (synchronous !== usual) this.#database.pragma(`synchronous = ${usual}`);
    }
  }
}
