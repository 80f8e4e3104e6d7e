/** All scenarios, in the order in which they run. */
import type { Scenario } from '../scenario.js';
import { conflicts } from './conflicts.js';
import { bytes } from './bytes.js';
import { connections } from './connections.js';
import { fanout } from './fanout.js';
import { kitchenQuery } from './kitchen-query.js';
import { overload } from './overload.js';
import { reconnect } from './reconnect.js';
import { rush } from './rush.js';
import { micro } from './micro.js';
import { restart } from './restart.js';
import { slow } from './slow.js';
import { soak } from './soak.js';
import { stores } from './stores.js';
import { throughput } from './throughput.js';

export const SCENARIOS: readonly Scenario[] = [
  fanout,
  rush,
  throughput,
  overload,
  stores,
  kitchenQuery,
  bytes,
  conflicts,
  reconnect,
  slow,
  connections,
  soak,
  restart,
  micro,
];

/**
 * What `bench:check` runs where no scenario is named: those with ratios and counts that a short run can tell. `throughput` takes
 * as long as three of them and promises one ratio, whose cause, the syncs, the tests count; `stores` compares engines, and promises nothing of
 * a version against the last.
 */
export const CHECKED: readonly Scenario[] = [fanout, kitchenQuery, bytes, conflicts, reconnect];
