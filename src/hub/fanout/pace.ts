/**
 * How often a channel may send. At once while it has credit, which a quiet channel always has; a channel that changes all the time
 * sends one delta an interval, net of all that happened in it, so that its subscribers cost writes by time and not by commands.
 */

export interface PaceOptions {
  /** Between two deltas of a channel without credit; 0: never any pause. */
  readonly intervalMs: number;
  /** Deltas that may leave at once after a pause. */
  readonly burst: number;
}

export class Pace {
  readonly #options: PaceOptions;
  #credit: number;
  /** Monotonic milliseconds of the last look. */
  #at = 0;

  constructor(options: PaceOptions) {
    this.#options = options;
    this.#credit = options.burst;
  }

  /** 0: now, and the credit for it is taken. Else the milliseconds until it is worth asking again. */
  take(nowMs: number): number {
    const { intervalMs, burst } = this.#options;
    if (intervalMs === 0) return 0;
    this.#credit = Math.min(burst, this.#credit + (nowMs - this.#at) / intervalMs);
    this.#at = nowMs;
    if (this.#credit < 1) return (1 - this.#credit) * intervalMs;
    this.#credit -= 1;
    return 0;
  }
}
