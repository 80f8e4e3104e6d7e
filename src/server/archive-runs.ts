/** Has the store archive what is old, at the start and every hour. A run that fails is in the store's log and counts; the next one tries again. */
import type { Clock, Timers } from '../base/clock.js';
import type { Upkeep } from '../store/upkeep.js';

export interface ArchiveRunsOptions {
  /** null: the engine keeps nothing on a disk, and nothing is archived. */
  readonly upkeep: Upkeep | null;
  /** From the close of a shift to the move of its orders. */
  readonly afterMs: number;
  readonly clock: Clock;
  readonly timers: Timers;
}

const RUN_EVERY_MS = 3_600_000;

/** Begins at once. Gives how to stop; a run that is under way is ended by the store's close. */
export function startArchiveRuns({
  upkeep,
  afterMs,
  clock,
  timers,
}: ArchiveRunsOptions): () => void {
  if (upkeep === null) return () => undefined;
  const run = (): void => {
    upkeep.archive({ closedBefore: clock.now() - afterMs }).catch(() => undefined);
  };
  run();
  return timers.every(RUN_EVERY_MS, run);
}
