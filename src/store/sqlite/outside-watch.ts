/**
 * Notices that another connection has written: by the data version of the writer's connection, which neither its own commits
 * nor the copier's checkpoints change. It is asked for once a second, whatever the load, and when somebody wants to know.
 */
import type { Cancel, Timers } from '../../base/clock.js';
import type { StoreStatus } from '../port.js';

const LOOK_EVERY_MS = 1_000;

export interface OutsideWatchOptions {
  readonly timers: Timers;
  /** Whether it changed since this was last asked; null: there is no writer to ask. */
  readonly look: () => Promise<boolean | null>;
}

export class OutsideWatch {
  readonly #options: OutsideWatchOptions;
  readonly #listeners = new Set<() => void>();
  readonly #counts = { outside_looks_total: 0, outside_writes_seen_total: 0 };
  #looking: Promise<boolean> | null = null;
  #recovering = false;
  #cancel: Cancel = () => undefined;
  #closed = false;

  constructor(options: OutsideWatchOptions) {
    this.#options = options;
  }

  stats(): Readonly<Record<string, number>> {
    return this.#counts;
  }

  /** From now on, every second. */
  start(): void {
    this.#cancel = this.#options.timers.after(LOOK_EVERY_MS, () => {
      void this.look().then(() => {
        if (!this.#closed) this.start();
      });
    });
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Who asks while a look is under way gets the one after it: that one may have begun before what they saw. */
  look(): Promise<boolean> {
    const before = this.#looking;
    const looking = before === null ? this.#look() : before.then(() => this.#look());
    this.#looking = looking;
    void looking.then(() => {
      if (this.#looking === looking) this.#looking = null;
    });
    return looking;
  }

  /** A writer that was opened again cannot tell what was written before: that counts as a change. */
  noteStatus({ state }: StoreStatus): void {
    if (state === 'ready' && this.#recovering) this.#tell();
    this.#recovering = state === 'recovering';
  }

  close(): void {
    this.#closed = true;
    this.#cancel();
  }

  async #look(): Promise<boolean> {
    const changed = await this.#options.look();
    if (changed !== null) this.#counts.outside_looks_total += 1;
    if (changed !== true) return false;
    this.#tell();
    return true;
  }

  #tell(): void {
    this.#counts.outside_writes_seen_total += 1;
    for (const listener of this.#listeners) listener();
  }
}
