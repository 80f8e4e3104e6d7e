/** Every scenario by name; each call begins one anew. */
import type { Scenario } from '../recording/recorder.js';
import { archive } from './archive.js';
import { close } from './close.js';
import { orders } from './orders.js';
import { restart } from './restart.js';

export const SCENARIOS = { orders, restart, close, archive } as const satisfies Readonly<
  Record<string, () => Scenario>
>;
export type ScenarioName = keyof typeof SCENARIOS;
