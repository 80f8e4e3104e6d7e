/** What fan-out has done since the start of the hub, for metrics. */
import { VIEW_NAMES, type ViewName } from '../../protocol/messages.js';

export interface ViewCounts {
  /** Bytes of deltas handed to subscribers: a frame counts once for each. */
  deltaBytes: number;
  /** Bytes of snapshots and catch-ups. */
  catchUpBytes: number;
}

/** How a client that said what it holds was brought up to date. */
export interface ResumeCounts {
  /** It lacked nothing. */
  unchanged: number;
  /** By what it lacked. */
  delta: number;
  /** By everything: another epoch, too long ago, or smaller so. */
  snapshot: number;
}

export interface FanoutCounts {
  deltas: number;
  /** Messages encoded: deltas, snapshots' rows and catch-ups' rows, per encoding. */
  encodes: number;
  /** Of these the deltas: at most one for each delta and encoding. */
  deltaEncodes: number;
  /** Deltas handed to subscribers. */
  deliveries: number;
  snapshots: number;
  catchUps: number;
  resyncs: number;
  readonly resumes: ResumeCounts;
  readonly views: Readonly<Record<ViewName, ViewCounts>>;
}

export function newFanoutCounts(): FanoutCounts {
  const views = VIEW_NAMES.map((view) => [view, { deltaBytes: 0, catchUpBytes: 0 }] as const);
  return {
    deltas: 0,
    encodes: 0,
    deltaEncodes: 0,
    deliveries: 0,
    snapshots: 0,
    catchUps: 0,
    resyncs: 0,
    resumes: { unchanged: 0, delta: 0, snapshot: 0 },
    views: Object.fromEntries(views) as Record<ViewName, ViewCounts>,
  };
}
