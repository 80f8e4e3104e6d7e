/** How long to wait before the next try: exponential with full jitter, so that a thousand screens do not come back at once. */

/** The ceiling of the first wait, in milliseconds; it doubles with each try. */
const FIRST_MS = 500;
/** The ceiling never grows above this, in milliseconds: a screen must be back soon after the hub is. */
const CEILING_MS = 10_000;

/**
 * `attempt` counts from 0; `random` gives [0, 1). `atLeastMs` is what the hub asked for: it is waited in any case, and the
 * jitter comes on top.
 */
export function backoffMs(attempt: number, random: () => number, atLeastMs = 0): number {
  const ceiling = Math.min(CEILING_MS, FIRST_MS * 2 ** Math.min(attempt, 16));
  return Math.round(atLeastMs + random() * ceiling);
}
