/**
 * A mutex per record. A command enqueues on all of its records in one synchronous step, so that commands take their turns in
 * the order in which they came, on every record alike: no deadlock, and one connection's commands keep their order.
 */
import { Mutex } from 'async-mutex';

interface RecordMutex {
  readonly mutex: Mutex;
  /** Holders and waiters; the mutex is dropped when there are none. */
  users: number;
}

export type Release = () => void;

export class RecordLocks {
  readonly #mutexes = new Map<string, RecordMutex>();

  /** Records that somebody holds or waits for. */
  get size(): number {
    return this.#mutexes.size;
  }

  /** Resolves when all of the records are held. A name given twice counts once. */
  async acquire(names: readonly string[]): Promise<Release> {
    const distinct = names.length > 1 ? [...new Set(names)] : names;
    const waits = distinct.map((name) => this.#enqueue(name));
    const releases = await Promise.all(waits);
    return () => {
      for (const release of releases) release();
    };
  }

  async #enqueue(name: string): Promise<Release> {
    let record = this.#mutexes.get(name);
    if (record === undefined) {
      record = { mutex: new Mutex(), users: 0 };
      this.#mutexes.set(name, record);
    }
    const held = record;
    held.users += 1;
    const release = await held.mutex.acquire();
    return () => {
      release();
      held.users -= 1;
      if (held.users === 0) this.#mutexes.delete(name);
    };
  }
}
