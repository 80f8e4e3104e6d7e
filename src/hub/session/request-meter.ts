/** Counts one connection's requests: how many are under way, since when, and how many in this minute. */
import type { Timers } from '../../base/clock.js';
import { refuse, type Refusal } from '../../base/refusal.js';
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

  /** Milliseconds until the count begins anew. */
  get leftMs(): number {
    return Math.ceil(this.#from + MINUTE_MS - this.#timers.monotonicMs());
  }
}
const OVERLOADED_RETRY_MS = 100;

export class RequestMeter {
  readonly #timers: Timers;
  readonly #limits: HubLimits;
  /** Start of each request under way, in the order in which they came. */
  readonly #startedAt = new Map<number, number>();
  #lastNumber = 0;
  readonly #inMinute: MinuteCounter;

  constructor(timers: Timers, limits: HubLimits) {
    this.#timers = timers;
    this.#limits = limits;
    this.#inMinute = new MinuteCounter(timers);
  }

  get inFlight(): number {
    return this.#startedAt.size;
  }

  /** Null: it may begin. */
  admit(): Refusal | null {
    const { commandsInFlightMax, commandsPerMinute } = this.#limits;
    if (this.inFlight >= commandsInFlightMax) {
      const text = `at most ${String(commandsInFlightMax)} requests at a time`;
      return refuse('overloaded', text, { retryAfterMs: OVERLOADED_RETRY_MS });
    }
    if (this.#inMinute.add() <= commandsPerMinute) return null;
    return refuse('rate_limited', `at most ${String(commandsPerMinute)} requests a minute`, {
      retryAfterMs: this.#inMinute.leftMs,
    });
  }

  /** Returns how to tell its end, which gives the milliseconds that it took. */
  begin(): () => number {
    this.#lastNumber += 1;
    const number = this.#lastNumber;
    const startedAt = this.#timers.monotonicMs();
    this.#startedAt.set(number, startedAt);
    return () => {
      this.#startedAt.delete(number);
      return this.#timers.monotonicMs() - startedAt;
    };
  }

  /** Milliseconds since the oldest request under way began; 0: none is. */
  oldestMs(): number {
    const [oldest] = this.#startedAt.values();
    return oldest === undefined ? 0 : this.#timers.monotonicMs() - oldest;
  }
}
