/** When a lost connection is tried again: by back-off, by what the hub asked for, and by how the last one fared. */
import { CLOSE } from '../../protocol/close-codes.js';
import { backoffMs } from './backoff.js';
import type { ElapsedClock } from './elapsed-clock.js';

/** A connection that lived for so long was good: the next back-off begins from the start. */
const GOOD_MS = 5_000;
/** A hub that asks to be left alone for longer is asked again after this. */
const RETRY_AFTER_MAX_MS = 300_000;
/** The hub found this client too much for it, however long the connection lived: the back-off goes on growing. */
const TOO_MUCH: readonly number[] = [
  CLOSE.messageTooBig,
  CLOSE.overloaded,
  CLOSE.tooSlow,
  CLOSE.tooManyMessages,
];

export interface Retry {
  readonly attempt: number;
  readonly delayMs: number;
}

export class Retries {
  readonly #elapsed: ElapsedClock;
  readonly #random: () => number;
  #attempt = 0;
  /** What the hub asked for in a notice on the present connection. */
  #retryAfterMs = 0;
  /** Before this the hub asked not to be tried again. */
  #notBeforeMs = 0;

  constructor(elapsed: ElapsedClock, random: () => number) {
    this.#elapsed = elapsed;
    this.#random = random;
  }

  /** Tries since the last good connection. */
  get attempt(): number {
    return this.#attempt;
  }

  /** A person begins anew. */
  begin(): void {
    this.#attempt = 0;
  }

  /** A new connection: nothing was asked for on it yet. */
  opened(): void {
    this.#retryAfterMs = 0;
  }

  /** A notice that says nothing of it leaves what an earlier one said. */
  askedToWait(retryAfterMs = this.#retryAfterMs): void {
    this.#retryAfterMs = Math.min(RETRY_AFTER_MAX_MS, retryAfterMs);
  }

  /** `livedMs`: how long the connection was live; 0: never. */
  lost(code: number, livedMs: number): Retry {
    const wasGood = livedMs >= GOOD_MS && !TOO_MUCH.includes(code);
    const attempt = wasGood ? 0 : this.#attempt;
    const delayMs = backoffMs(attempt, this.#random, this.#retryAfterMs);
    this.#attempt = attempt + 1;
    this.#notBeforeMs = this.#elapsed.nowMs() + this.#retryAfterMs;
    this.#retryAfterMs = 0;
    return { attempt, delayMs };
  }

  /**
   * At a wake: as after a first failure, since a whole restaurant may wake at once. What the hub asked for is waited in any case.
   */
  soonMs(): number {
    const askedMs = Math.max(0, this.#notBeforeMs - this.#elapsed.nowMs());
    return backoffMs(0, this.#random, askedMs);
  }
}
