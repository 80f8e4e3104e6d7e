/** Counts one connection's requests: how many are under way, since when, and how many in this minute. */
import type { Timers } from '../../base/clock.js';
import { refuse, type Refusal } from '../../base/refusal.js';
import type { HubLimits } from '../options.js';

const MINUTE_MS = 60_000;
const OVERLOADED_RETRY_MS = 100;

export class RequestMeter {
  readonly #timers: Timers;
  readonly #limits: HubLimits;
  /** Start of each request under way, in the order in which they came. */
  readonly #startedAt = new Map<number, number>();
  #lastNumber = 0;
  #minuteFrom: number;
  #inMinute = 0;

  constructor(timers: Timers, limits: HubLimits) {
    this.#timers = timers;
    this.#limits = limits;
    this.#minuteFrom = timers.monotonicMs();
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
    const now = this.#timers.monotonicMs();
    if (now - this.#minuteFrom >= MINUTE_MS) {
      this.#minuteFrom = now;
      this.#inMinute = 0;
    }
    this.#inMinute += 1;
    if (this.#inMinute <= commandsPerMinute) return null;
    return refuse('rate_limited', `at most ${String(commandsPerMinute)} requests a minute`, {
      retryAfterMs: Math.ceil(this.#minuteFrom + MINUTE_MS - now),
    });
  }

  /** Returns how to tell its end. */
  begin(): () => void {
    this.#lastNumber += 1;
    const number = this.#lastNumber;
    this.#startedAt.set(number, this.#timers.monotonicMs());
    return () => {
      this.#startedAt.delete(number);
    };
  }

  /** Milliseconds since the oldest request under way began; 0: none is. */
  oldestMs(): number {
    const [oldest] = this.#startedAt.values();
    return oldest === undefined ? 0 : this.#timers.monotonicMs() - oldest;
  }
}
