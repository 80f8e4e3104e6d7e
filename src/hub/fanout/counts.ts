/** What fan-out has done since the start of the hub, for metrics. */
export interface FanoutCounts {
  deltas: number;
  /** Messages encoded: deltas, snapshots' rows and catch-ups' rows, per encoding. */
  encodes: number;
  /** Deltas handed to subscribers. */
  deliveries: number;
  snapshots: number;
  catchUps: number;
  resyncs: number;
}

export function newFanoutCounts(): FanoutCounts {
  return { deltas: 0, encodes: 0, deliveries: 0, snapshots: 0, catchUps: 0, resyncs: 0 };
}
