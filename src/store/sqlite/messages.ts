/** What crosses between the hub's thread and the store's two workers. */
import type { CommitOutcome } from '../port.js';
import type { TaskOutcome, WriterTask } from './tasks/task.js';

export type DiskDurability = 'full' | 'normal';

/** One commit: strings in a tuple, since an object's names and its rows would be cloned one by one. */
export type CommitItem = readonly [
  branchId: string,
  key: string | null,
  requestHash: string,
  command: string,
  actor: string,
  deviceId: string,
  correlationId: string | null,
  at: number,
  requiresShift: string | null,
  zNumberOf: string | null,
  raisesHorizon: boolean,
  /** JSON of the serial change set. */
  changes: string,
  /** JSON of the result kept with the key. */
  result: string,
  /** JSON of the secrets written with it; null: none. */
  secrets: string | null,
  /** JSON of what the commit takes over from another program; null: nothing. */
  adopts: string | null,
  /** JSON of what the shift that it closes came to; null: it closes none. */
  summary: string | null,
];

/** A number is the version of a commit that gave no Z number. */
export type ItemOutcome = number | CommitOutcome;

export interface DatabaseFile {
  readonly path: string;
  readonly durability: DiskDurability;
  readonly mmapBytes: number;
}

/** `workerData` of the writer. */
export interface WriterStart extends DatabaseFile {
  /** The epoch's name should this start need a new one. */
  readonly newEpoch: string;
  readonly startedAt: number;
  /** Opened again by a store that is running: the epoch stays, whatever the last stop was like. */
  readonly reopening: boolean;
  /** What the database must still hold; null: nothing is remembered, or it is not to be asked. */
  readonly remembered: RememberedHeads | null;
  /** Go on, in a new epoch, where it does not hold that. */
  readonly acceptRollback: boolean;
}

/** A branch's newest commit and its hash, in lower-case hex. */
export type BranchHead = readonly [branchId: string, version: number, hash: string];

/** What is remembered outside the database. */
export interface RememberedHeads {
  /** Of the history that they belong to. */
  readonly epoch: string;
  readonly heads: readonly BranchHead[];
}

export type BranchVersions = readonly (readonly [branchId: string, version: number])[];

export type ToWriter =
  | { readonly type: 'commits'; readonly items: readonly CommitItem[] }
  /** Settle these by what the disk holds; `settled`: the newest version of each branch that was settled before. */
  | {
      readonly type: 'recover';
      readonly items: readonly CommitItem[];
      readonly settled: BranchVersions;
    }
  /** Which heads have moved since this was last asked? */
  | { readonly type: 'heads' }
  /** Has another connection written since this was last asked? */
  | { readonly type: 'look' }
  /** Take away the keys whose time is over, a few at a time. */
  | { readonly type: 'expire'; readonly now: number }
  /** Between two groups, in a transaction of its own. */
  | { readonly type: 'task'; readonly id: number; readonly task: WriterTask }
  | { readonly type: 'close' };

export type FromWriter =
  | {
      readonly type: 'opened';
      readonly epoch: string;
      readonly heads: BranchVersions;
      /** What is missing of what was remembered, in words, where that was accepted; else null. */
      readonly rolledBack: string | null;
    }
  /** What was done of an upgrade, in words for the log; before `opened`. */
  | { readonly type: 'upgrading'; readonly step: string }
  | {
      readonly type: 'open_failed';
      readonly operation: string;
      readonly path: string;
      readonly reason: string;
      readonly hint: string;
    }
  /** The outcomes of one group, in the order in which its items were posted. */
  | {
      readonly type: 'settled';
      readonly outcomes: readonly ItemOutcome[];
      /** Why the disk is full; null: it is not. */
      readonly full: string | null;
      readonly bugs: readonly SchemaBug[];
      readonly walBytes: number;
      readonly spent: GroupTimes;
    }
  /** None ahead of the outcomes told before; at first those of all branches. */
  | { readonly type: 'heads'; readonly heads: readonly BranchHead[] }
  /** None ahead of the outcomes told before. */
  | { readonly type: 'looked'; readonly changed: boolean }
  /** So many keys more. */
  | { readonly type: 'expired'; readonly keys: number }
  | { readonly type: 'task_done'; readonly id: number; readonly outcome: TaskOutcome }
  /** An outcome for each item of `recover`. */
  | { readonly type: 'recovered'; readonly outcomes: readonly ItemOutcome[] }
  /** The database can no longer be trusted: nothing more is written, and the worker ends. */
  | { readonly type: 'failed'; readonly reason: string }
  | { readonly type: 'closed' };

/** Milliseconds that a group took, by the writer's own clock. */
export interface GroupTimes {
  /** From before BEGIN to after COMMIT, with all that was written between. */
  readonly groupMs: number;
  /** COMMIT alone: the group's pages to the log and, with durability full, their sync. */
  readonly commitMs: number;
}

/** A change set that the schema refused although the domain allowed it. */
export interface SchemaBug {
  readonly branchId: string;
  readonly command: string;
  readonly key: string | null;
  readonly correlationId: string | null;
  readonly table: string | null;
  readonly id: string | null;
  readonly reason: string;
}
