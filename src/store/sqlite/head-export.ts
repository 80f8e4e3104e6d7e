/**
 * Tells the heads of the branches to the log, which goes where the database's owner may not reach: a database that no longer
 * holds a head that was told was cut or replaced, also where `heads.json` was put back with it.
 */
import type { Timers } from '../../base/clock.js';
import type { Log } from '../../base/log.js';
import type { BranchHead } from './messages.js';

const TELL_EVERY_MS = 600_000;

export class HeadExport {
  readonly #timers: Timers;
  readonly #log: Log;
  /** Those that moved since they were told, one a branch. */
  readonly #moved = new Map<string, BranchHead>();
  /** Monotonic; null: not yet. */
  #toldAtMs: number | null = null;

  constructor(timers: Timers, log: Log) {
    this.#timers = timers;
    this.#log = log;
  }

  note(head: BranchHead): void {
    this.#moved.set(head[0], head);
  }

  /** Tells what moved: the first time at once, then ten minutes after the last time, and whenever it is the `last` one. */
  tell(last: boolean): void {
    const now = this.#timers.monotonicMs();
    const isDue = this.#toldAtMs === null || now - this.#toldAtMs >= TELL_EVERY_MS;
    if (!last && !isDue) return;
    this.#toldAtMs = now;
    for (const [branch, version, hash] of this.#moved.values()) {
      this.#log.info(
        { branch, version, hash },
        'the head of the branch: verify --expect-head finds it',
      );
    }
    this.#moved.clear();
  }
}
