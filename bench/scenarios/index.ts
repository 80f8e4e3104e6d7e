/** All scenarios, in the order in which they run. */
import type { Scenario } from '../scenario.js';
import { soak } from './soak.js';
import { throughput } from './throughput.js';

export const SCENARIOS: readonly Scenario[] = [throughput, soak];
