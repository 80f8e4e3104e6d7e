/** The hub: branches, sessions and fan-out behind one door for connections. */
import type { Histograms } from '../base/histogram.js';
import type { Refusal } from '../base/refusal.js';
import type { Connection, ConnectionEvents } from './connection.js';
import type { HubBranch } from './hub-branch.js';
import type { AddressLimits } from './limits/addresses.js';
import type { RequestGate } from './limits/request-gate.js';
import type { Credential, HubLimits, HubOptions } from './options.js';
import type { Queries } from './queries.js';
import type { Outcome } from './session/counts.js';

export type HubState = 'ready' | 'storage_unavailable' | 'draining' | 'closed';

export interface Hub {
  readonly state: HubState;
  readonly limits: HubLimits;
  readonly branches: ReadonlyMap<string, HubBranch>;
  readonly queries: Queries;
  /** Why no command is taken now; null: they are. */
  refusesCommands(): Refusal | null;
  /** Counts a request that comes without a connection, so that a drain waits for it; to be called once it has its answer. */
  requestBegan(): () => void;
  /** What every command and query passes, by whichever door it comes. */
  readonly gate: RequestGate;
  /** What comes from one address before anybody has said who they are. */
  readonly addresses: AddressLimits;
  /** Takes a new connection; what the socket brings is told to the returned events. */
  accept(connection: Connection): ConnectionEvents;
  /**
   * Refuses new commands, finishes those in flight, tells every client `draining` and closes all with 1012 (or 1001 when
   * `forGood`). Resolves when the last answer is written or `drainMs` is over. The store stays open.
   */
  drain(forGood?: boolean): Promise<void>;
  /** Counts how a request ended that came without a connection. */
  answered(outcome: Outcome): void;
  /** Why the holder of a valid token may not go on (the login has ended, the role has changed ...); null: it may. */
  objection(credential: Credential): string | null;
  /** A login ends: its connections are told `revoked` and closed, and its access tokens are void. */
  endSession(sessionId: string): void;
  /**
   * Sizes and counts by metric name, for /metrics. One of several kinds bears its label as Prometheus writes it,
   * `refusals_total{code="locked"}`; a label has few values, and none that a client, person or device brings.
   */
  stats(): Readonly<Record<string, number>>;
  /** Distributions for /metrics, by name. */
  histograms(): Histograms;
}

/** Loads the store and opens every branch. */
export type OpenHub = (options: HubOptions) => Promise<Hub>;
