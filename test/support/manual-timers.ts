/** Timers that move by hand, so that no test waits. */
import type { Cancel, Timers } from '../../src/base/clock.js';

interface Due {
  at: number;
  readonly everyMs: number | null;
  readonly run: () => void;
}

export class ManualTimers implements Timers {
  readonly #due = new Set<Due>();
  #now = 0;

  /** How many timers are set. */
  get waiting(): number {
    return this.#due.size;
  }

  monotonicMs(): number {
    return this.#now;
  }

  after(delayMs: number, run: () => void): Cancel {
    return this.#add({ at: this.#now + delayMs, everyMs: null, run });
  }

  every(intervalMs: number, run: () => void): Cancel {
    return this.#add({ at: this.#now + intervalMs, everyMs: intervalMs, run });
  }

  /** Runs everything that falls due, in order of time. */
  advance(milliseconds: number): void {
    const until = this.#now + milliseconds;
    for (let next = this.#next(until); next !== undefined; next = this.#next(until)) {
      this.#now = Math.max(this.#now, next.at);
      if (next.everyMs === null) this.#due.delete(next);
      else next.at += next.everyMs;
      next.run();
    }
    this.#now = until;
  }

  /** Time passes and nothing runs, as in a frozen page; what fell due comes late, with the next `advance`. */
  freeze(milliseconds: number): void {
    this.#now += milliseconds;
  }

  #next(until: number): Due | undefined {
    return [...this.#due].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
  }

  #add(due: Due): Cancel {
    this.#due.add(due);
    return () => {
      this.#due.delete(due);
    };
  }
}
