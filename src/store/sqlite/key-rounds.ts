/** When idempotency keys are looked through for those whose time is over: at the start, and every hour. */
import type { Cancel, Clock, Timers } from '../../base/clock.js';

const EXPIRE_EVERY_MS = 3_600_000;

export interface KeyRoundsOptions {
  /** The one that dates commits. */
  readonly clock: Clock;
  readonly timers: Timers;
  readonly expire: (now: number) => void;
}

/** Begins at once. Gives how to stop. */
export function startKeyRounds({ clock, timers, expire }: KeyRoundsOptions): Cancel {
  expire(clock.now());
  return timers.every(EXPIRE_EVERY_MS, () => {
    expire(clock.now());
  });
}
