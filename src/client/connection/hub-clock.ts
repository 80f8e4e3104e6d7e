/**
 * The hub's time, estimated from the times in its messages. A message on its way makes the hub look behind, never ahead, so the
 * greatest offset among recent messages is the nearest to the truth: it errs by the shortest way that one of them had. The window
 * slides, so that a clock that drifts or is set is followed.
 */
import type { Clock } from '../../base/clock.js';
import type { ElapsedClock } from './elapsed-clock.js';

/** Messages older than this are forgotten, in milliseconds: twelve heartbeats. */
const WINDOW_MS = 60_000;
/** No message is on its way for so long: such an offset means that a clock was set. In milliseconds. */
const DELAY_MAX_MS = 15_000;

interface Sample {
  readonly atMs: number;
  readonly offsetMs: number;
}

export class HubClock {
  readonly #clock: Clock;
  readonly #elapsed: ElapsedClock;
  /** Oldest first, their offsets falling: one that a later message surpasses will never be the greatest again. */
  #samples: Sample[] = [];
  #leaps = 0;

  constructor(clock: Clock, elapsed: ElapsedClock) {
    this.#clock = clock;
    this.#elapsed = elapsed;
  }

  /** `serverTime` of a message that was made to be sent at once. */
  heard(serverTime: number): void {
    const atMs = this.#elapsed.nowMs();
    const offsetMs = serverTime - atMs;
    if (this.#isOver(offsetMs)) this.#samples = [];
    this.#leaps = this.#elapsed.leaps;
    this.#samples = this.#samples.filter(
      (sample) => sample.offsetMs > offsetMs && atMs - sample.atMs < WINDOW_MS,
    );
    this.#samples.push({ atMs, offsetMs });
  }

  /** Whole milliseconds, as the protocol's times are. Before the hub was first heard: the wall clock. */
  now(): number {
    const [best] = this.#samples;
    if (best === undefined) return this.#clock.now();
    // The platform's monotonic clock counts fractions.
    return Math.round(this.#elapsed.nowMs() + best.offsetMs);
  }

  /** The hub's time minus the wall clock's, whatever was done to the latter; null: never heard. */
  get offsetMs(): number | null {
    return this.#samples.length === 0 ? null : Math.round(this.now() - this.#clock.now());
  }

  /** Whether what was measured before is of another clock: one was set, or the machine slept. */
  #isOver(offsetMs: number): boolean {
    const [best] = this.#samples;
    if (best === undefined) return false;
    return this.#leaps !== this.#elapsed.leaps || best.offsetMs - offsetMs > DELAY_MAX_MS;
  }
}
