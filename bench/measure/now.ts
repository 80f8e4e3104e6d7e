/** Milliseconds of the machine's monotonic clock: the same in every process, so that their times can be compared. */
const NS_PER_MS = 1e6;

export function monotonicNow(): number {
  return Number(process.hrtime.bigint()) / NS_PER_MS;
}
