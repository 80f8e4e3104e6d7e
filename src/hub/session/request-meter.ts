/** Counts one connection's requests: how many are under way, and since when. */
import type { Timers } from '../../base/clock.js';
import type { HubLimits } from '../options.js';

const MINUTE_MS = 60_000;

/** Counts what happens within a minute, minute by minute. */
export class MinuteCounter {
  readonly #timers: Timers;
  #from: number;
  #count = 0;

  constructor(timers: Timers) {
    this.#timers = timers;
    this.#from = timers.monotonicMs();
  }

  /** Counts one more; gives how many there are in this minute. */
  add(): number {
    const now = this.#timers.monotonicMs();
    if (now - this.#from >= MINUTE_MS) {
      this.#from = now;
      this.#count = 0;
    }
    this.#count += 1;
    return this.#count;
  }
}

export class RequestMeter {
  readonly #timers: Timers;
  readonly #limits: HubLimits;
  /** Start of each request under way, in the order in which they came. */
  readonly #startedAt = new Map<number, number>();
  #lastNumber = 0;

  constructor(timers: Timers, limits: HubLimits) {
    this.#timers = timers;
    this.#limits = limits;
  }

  get inFlight(): number {
    return this.#startedAt.size;
  }

  /** As many as `welcome` told are under way. */
  get isFull(): boolean {
    return this.#startedAt.size >= this.#limits.commandsInFlightMax;
  }

  /** Returns its number, for `end`. */
  begin(): number {
    this.#lastNumber += 1;
    this.#startedAt.set(this.#lastNumber, this.#timers.monotonicMs());
    return this.#lastNumber;
  }

  /** Gives the milliseconds that it took. */
  end(number: number): number {
    const now = this.#timers.monotonicMs();
    const startedAt = this.#startedAt.get(number) ?? now;
    this.#startedAt.delete(number);
    return now - startedAt;
  }

  /** Milliseconds since the oldest request under way began; 0: none is. */
  oldestMs(): number {
    const [oldest] = this.#startedAt.values();
    return oldest === undefined ? 0 : this.#timers.monotonicMs() - oldest;
  }
}
