/** How long the hub takes for what its promises name. */
import { Histogram, SECONDS } from '../base/histogram.js';

export interface HubMeasures {
  readonly ack_seconds: Histogram;
  readonly delivery_seconds: Histogram;
}

export function newHubMeasures(): HubMeasures {
  return {
    ack_seconds: new Histogram(
      "From a WebSocket command's arrival to its acknowledgement in the connection's queue, which leaves at the end of the same tick",
      SECONDS,
    ),
    delivery_seconds: new Histogram(
      'Once for each delta of a row-local view: from the first commit in it to its last write to a socket that takes it',
      SECONDS,
    ),
  };
}
