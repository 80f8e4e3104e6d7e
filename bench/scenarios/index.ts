/** All scenarios, in the order in which they run. */
import type { Scenario } from '../scenario.js';
import { conflicts } from './conflicts.js';
import { bytes } from './bytes.js';
import { connections } from './connections.js';
import { fanout } from './fanout.js';
import { history } from './history.js';
import { kitchenQuery } from './kitchen-query.js';
import { oldOrder } from './old-order.js';
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
  oldOrder,
  history,
  micro,
];

/**
 * What `bench:check` runs where no scenario is named: what it costs to tell a change, and what it weighs on the wire. The others take as
 * long each, and their promises hang on the machine, or on counts that the tests take: they run by name.
 */
export const CHECKED: readonly Scenario[] = [fanout, bytes];
