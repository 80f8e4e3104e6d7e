/** Every scenario by name; each call begins one anew. */
import type { Scenario } from '../recording/recorder.js';
import { archive } from './archive.js';
import { backup } from './backup.js';
import { bringBack } from './bring-back.js';
import { close } from './close.js';
import { erasure } from './erasure.js';
import { migration } from './migration.js';
import { orders } from './orders.js';
import { restart } from './restart.js';
import { restore } from './restore.js';

export const SCENARIOS = {
  ...{ orders, restart, close, archive, erasure, backup, restore },
  'bring-back': bringBack,
  'migration-1': () => migration(1),
  'migration-2': () => migration(2),
} as const satisfies Readonly<Record<string, () => Scenario>>;
export type ScenarioName = keyof typeof SCENARIOS;
