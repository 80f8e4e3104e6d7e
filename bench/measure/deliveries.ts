/** How long after its acknowledgement a command had reached the last subscriber, joined by the branch's versions. */
import { Latencies } from './latency.js';

type Version = number;
type AtMs = number;

/**
 * Each acknowledgement with the first delta whose version is not below its own: a delta may cover several commits. One that came
 * before the acknowledgement counts as 0. Both lists hold `[version, monotonic milliseconds]`; deltas are in order of versions.
 * Throws where an acknowledged version never arrived.
 */
export function deliveries(
  acknowledged: readonly (readonly [Version, AtMs, ...unknown[]])[],
  arrivals: readonly (readonly [Version, AtMs])[],
): Latencies {
  const latencies = new Latencies();
  const inOrder = [...acknowledged].sort(([a], [b]) => a - b);
  let at = 0;
  for (const [version, acknowledgedAt] of inOrder) {
    while ((arrivals[at]?.[0] ?? Infinity) < version) at += 1;
    const arrival = arrivals[at];
    if (arrival === undefined) throw new Error(`version ${String(version)} never arrived`);
    latencies.record(Math.max(0, arrival[1] - acknowledgedAt));
  }
  return latencies;
}
