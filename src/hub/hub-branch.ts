/** A branch of this hub with all that belongs to it: pipeline, channels, devices. */
import type { Clock } from '../base/clock.js';
import type { Durability } from '../base/durability.js';
import type { BranchHub } from './branch/branch.js';
import type { Devices } from './channels/devices.js';
import type { BranchConsistency } from './consistency/branch-consistency.js';
import type { BranchChannels } from './fanout/branch-channels.js';

export interface HubBranch {
  readonly hub: BranchHub;
  readonly channels: BranchChannels;
  readonly devices: Devices;
  /** Memory against the store. */
  readonly consistency: BranchConsistency;
  readonly clock: Clock;
  readonly durability: Durability;
}
