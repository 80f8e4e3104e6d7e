/** A channel: one view of one branch, with the version that its subscribers have been told of. */
import type { Changes, ViewName, ViewRow } from '../../protocol/messages.js';

export interface ChannelAddress {
  readonly branchId: string;
  readonly view: ViewName;
  readonly station: string | null;
}

export interface Delta {
  readonly baseVersion: number;
  readonly newVersion: number;
  readonly changes: Changes;
}

export interface CatchUp {
  readonly changes: Changes;
  /** It has fewer rows than the view, so that it is smaller than a snapshot for certain. */
  readonly fewer: boolean;
}

export interface Channel {
  readonly name: string;
  readonly address: ChannelAddress;
  /** The history that this channel's versions belong to. */
  readonly epoch: string;
  /** The version published last; snapshots and catch-ups are cut here. */
  readonly version: number;
  /** Published at most once an interval: who asks gets what was published last. */
  readonly paced: boolean;
  /** What happened since `version`, net; null: nothing that the view shows. Advances `version`. */
  takeDelta(): Delta | null;
  /** Everything in the view, at `version`. Of a channel that is not paced, call `takeDelta` first. */
  tables(): Readonly<Record<string, readonly ViewRow[]>>;
  /** What a client at `since` lacks, at `version`. Null: it cannot be told from memory. */
  catchUp(since: number): CatchUp | null;
}
