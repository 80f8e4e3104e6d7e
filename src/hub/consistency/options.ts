/** What looking after one branch's memory takes. */
import type { Clock } from '../../base/clock.js';
import type { Log } from '../../base/log.js';
import type { ColdCache } from '../../store/cold-cache.js';
import type { Store } from '../../store/port.js';
import type { BranchHub } from '../branch/branch.js';

/** Of the whole hub; each only rises. */
export interface ConsistencyCounts {
  /** Records compared with the store. */
  checks: number;
  /** Records of which memory held something else. */
  inconsistencies: number;
  /** Records that memory was given anew. */
  repairs: number;
  /** Commits that took over what another program had done. */
  externalChanges: number;
}

export function newConsistencyCounts(): ConsistencyCounts {
  return { checks: 0, inconsistencies: 0, repairs: 0, externalChanges: 0 };
}

export interface ConsistencyOptions {
  readonly hub: BranchHub;
  readonly store: Store;
  readonly cache: ColdCache;
  readonly clock: Clock;
  readonly log: Log;
  readonly counts: ConsistencyCounts;
  /** Every screen of the branch gets a new snapshot: what it was shown may be wrong. */
  readonly restartScreens: (version: number) => void;
  /** Gives the event loop back. */
  readonly nextTick: (run: () => void) => void;
}
