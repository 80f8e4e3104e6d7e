/** What a branch is given by the hub. */
import type { Clock, Timers } from '../../base/clock.js';
import type { NewId } from '../../base/ids.js';
import type { Log } from '../../base/log.js';
import type { ChangeSet } from '../../domain/change-set.js';
import type { TableName } from '../../domain/rows.js';
import type { ColdCache } from '../../store/cold-cache.js';
import type { Store } from '../../store/port.js';
import type { HubLimits } from '../options.js';
import type { KnownDevices } from './unsent-sales.js';

/** Told of each commit once memory has it. */
export type Publish = (changeSet: ChangeSet, version: number) => void;

export interface BranchOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly newId: NewId;
  readonly log: Log;
  readonly limits: HubLimits;
  readonly cache: ColdCache;
  readonly publish: Publish;
  readonly devices: KnownDevices;
  /** The store holds another version of the record than memory: resolves when memory has been looked at again. */
  readonly onConflict: (table: TableName, id: string) => Promise<void>;
}
