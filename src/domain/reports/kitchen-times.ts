/** Kitchen times as counts by bucket: they add up over any number of shifts, and percentiles are read from them. */
import { KITCHEN_BOUNDS_MS, type TimeCounts } from './figures.js';

/** Adds one time, in milliseconds. */
export function addTime(counts: number[], ms: number): void {
  const found = KITCHEN_BOUNDS_MS.findIndex((bound) => ms <= bound);
  addAt(counts, found === -1 ? KITCHEN_BOUNDS_MS.length : found, 1);
}

export function addCounts(counts: number[], more: TimeCounts): void {
  for (const [bucket, count] of more.entries()) addAt(counts, bucket, count);
}

function addAt(counts: number[], bucket: number, count: number): void {
  while (counts.length <= bucket) counts.push(0);
  counts[bucket] = (counts[bucket] ?? 0) + count;
}

/**
 * The time, in whole milliseconds, that `share` (0 to 1) of the lines did not exceed; null: there are none. Within its bucket the
 * times are taken to lie evenly, so that it is off by less than the bucket's width; beyond the last bound it is that bound.
 */
export function percentile(counts: TimeCounts, share: number): number | null {
  const lines = counts.reduce((sum, count) => sum + count, 0);
  if (lines === 0) return null;
  const wanted = share * lines;
  let before = 0;
  for (const [bucket, count] of counts.entries()) {
    const upper = KITCHEN_BOUNDS_MS[bucket];
    if (upper === undefined) break;
    if (count > 0 && before + count >= wanted) {
      const lower = KITCHEN_BOUNDS_MS[bucket - 1] ?? 0;
      return Math.round(lower + ((upper - lower) * (wanted - before)) / count);
    }
    before += count;
  }
  return KITCHEN_BOUNDS_MS.at(-1) ?? null;
}
