/**
 * Milliseconds that pass for the hub too: the monotonic clock, and what it missed while the machine slept. Many platforms stop
 * their monotonic clock in sleep, so the wall clock is compared with it: where it leapt ahead, the machine slept (or somebody set
 * the clock forward, which cannot be told apart, and is told as silence until the hub is heard). One that was set back counts for
 * nothing.
 */
import type { Clock, Timers } from '../../base/clock.js';

/** A smaller leap is a clock's own unrest, in milliseconds. */
const LEAP_MIN_MS = 1_500;

export class ElapsedClock {
  readonly #clock: Clock;
  readonly #timers: Timers;
  /** Wall clock minus monotonic clock, when they were last looked at. */
  #difference: number;
  #sleptMs = 0;
  #leaps = 0;

  constructor({ clock, timers }: { readonly clock: Clock; readonly timers: Timers }) {
    this.#clock = clock;
    this.#timers = timers;
    this.#difference = clock.now() - timers.monotonicMs();
  }

  /** Never goes back. To be asked often: a leap is seen by comparing with the time before. */
  nowMs(): number {
    const monotonicMs = this.#timers.monotonicMs();
    const difference = this.#clock.now() - monotonicMs;
    const leapMs = difference - this.#difference;
    this.#difference = difference;
    if (leapMs >= LEAP_MIN_MS) {
      this.#sleptMs += leapMs;
      this.#leaps += 1;
    }
    return monotonicMs + this.#sleptMs;
  }

  /** How many leaps were seen so far. */
  get leaps(): number {
    return this.#leaps;
  }
}
