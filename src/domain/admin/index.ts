/** What is administered over HTTP alone: committed like any command, but no message of the wire names it. */
import type { CommandDefinition } from '../command.js';
import { branchUpdate } from './branch-update.js';
import { devicePair } from './device-pair.js';
import { devicePut } from './device-put.js';
import { staffPut } from './staff-put.js';
import { staffSetCredential } from './staff-set-credential.js';
import { stationPut } from './station-put.js';

export const ADMIN_COMMANDS = {
  'staff.put': staffPut,
  'staff.set_credential': staffSetCredential,
  'device.put': devicePut,
  'device.pair': devicePair,
  'station.put': stationPut,
  'branch.update': branchUpdate,
} as const satisfies Readonly<Record<string, CommandDefinition>>;
