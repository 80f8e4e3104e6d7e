/** Time comes in from outside: a wall clock for what is recorded, timers for what happens later. */

/** Wall clock. `now()` is UTC epoch milliseconds. */
export interface Clock {
  now(): number;
}

/** Cancels what it came from; calling it twice does nothing. */
export type Cancel = () => void;

/** Runs things later. `delayMs` is measured by a monotonic clock. */
export interface Timers {
  after(delayMs: number, run: () => void): Cancel;
  every(intervalMs: number, run: () => void): Cancel;
  /** Monotonic milliseconds, for measuring spans; it has no meaning as a date. */
  monotonicMs(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

export const systemTimers: Timers = {
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => {
      clearTimeout(timer);
    };
  },
  every(intervalMs, run) {
    const timer = setInterval(run, intervalMs);
    return () => {
      clearInterval(timer);
    };
  },
  monotonicMs: () => performance.now(),
};

/** A clock that stands still until it is set: for replays of recorded days and for tests. */
export class SettableClock implements Clock {
  #now: number;

  constructor(now: number) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  set(now: number): void {
    this.#now = now;
  }

  advance(milliseconds: number): void {
    this.#now += milliseconds;
  }
}
