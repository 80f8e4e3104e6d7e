/**
 * Keeps a channel from asking for its rows in a loop: while resyncs follow each other without peace between them, it waits
 * before each, longer and longer. It never gives up.
 */

/** So many at once; the next ones wait. */
export const RESYNCS_AT_ONCE = 5;
/** Without a gap for so long after the last answer, all is forgotten. */
export const PEACE_MS = 30_000;
/** Doubles from the first to the last. */
const PAUSE_MIN_MS = 2_000;
const PAUSE_MAX_MS = 60_000;

export class Breaker {
  /** Since the last peace. */
  #resyncs = 0;
  /** When the copy came to hold everything, on the monotonic clock; null: it does not. */
  #liveSinceMs: number | null = null;

  get resyncs(): number {
    return this.#resyncs;
  }

  /** The copy holds everything. */
  live(nowMs: number): void {
    this.#liveSinceMs ??= nowMs;
  }

  /** Something is missing. How long to wait before asking for it, in milliseconds; 0: it may be asked for at once. */
  gap(nowMs: number): number {
    if (this.#liveSinceMs !== null && nowMs - this.#liveSinceMs >= PEACE_MS) this.#resyncs = 0;
    this.#liveSinceMs = null;
    this.#resyncs += 1;
    const pauses = this.#resyncs - RESYNCS_AT_ONCE;
    if (pauses <= 0) return 0;
    return Math.min(PAUSE_MAX_MS, PAUSE_MIN_MS * 2 ** Math.min(pauses - 1, 10));
  }
}
