/**
 * A mutex per record. A command enqueues on all of its records in one synchronous step, so that commands take their turns in
 * the order in which they came, on every record alike: no deadlock, and one connection's commands keep their order.
 */
import { Mutex } from 'async-mutex';

interface HeldRecord {
  /** null: nobody has had to wait for the holder yet. */
  mutex: Mutex | null;
  /** The holder and those who wait; the record is dropped when there are none. */
  users: number;
}

export type Release = () => void;

export class RecordLocks {
  readonly #held = new Map<string, HeldRecord>();

  /** Records that somebody holds or waits for. */
  get size(): number {
    return this.#held.size;
  }

  /** All of the records: at once where all are free, else a promise. A name given twice counts once. */
  acquire(names: readonly string[]): Release | Promise<Release> {
    const distinct = names.length > 1 ? [...new Set(names)] : names;
    const waits: Promise<unknown>[] = [];
    for (const name of distinct) {
      const wait = this.#enter(name);
      if (wait !== null) waits.push(wait);
    }
    const release = (): void => {
      for (const name of distinct) this.#leave(name);
    };
    return waits.length === 0 ? release : Promise.all(waits).then(() => release);
  }

  /** null: it was free, and is held now. */
  #enter(name: string): Promise<unknown> | null {
    const held = this.#held.get(name);
    if (held === undefined) {
      this.#held.set(name, { mutex: null, users: 1 });
      return null;
    }
    held.users += 1;
    if (held.mutex === null) {
      held.mutex = new Mutex();
      // The holder's own: it took the record before there was a mutex. A free one is held as soon as it is asked for.
      void held.mutex.acquire();
    }
    return held.mutex.acquire();
  }

  #leave(name: string): void {
    const held = this.#held.get(name);
    if (held === undefined) return;
    held.users -= 1;
    if (held.users === 0) this.#held.delete(name);
    else held.mutex?.release();
  }
}
