/** Promises in one line each. */
import type { Goal } from '../scenario.js';

type Holds = Goal['holds'];

/** `words` is the limit as people read it: `10 ms`. Ratios and counts hold everywhere, times and rates on this machine. */
export function atMost(limit: number, words: string, holds: Holds): Goal {
  return { sense: 'at most', limit, words: `at most ${words}`, holds };
}

export function atLeast(limit: number, words: string, holds: Holds): Goal {
  return { sense: 'at least', limit, words: `at least ${words}`, holds };
}
