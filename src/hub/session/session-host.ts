/** What a session needs of the hub that it lives in. */
import type { Clock, Timers } from '../../base/clock.js';
import type { Durability } from '../../base/durability.js';
import type { Log } from '../../base/log.js';
import type { Refusal } from '../../base/refusal.js';
import type { CloseCode } from '../../protocol/close-codes.js';
import type { HubMessage, Principal } from '../../protocol/messages.js';
import type { FrameMessage } from '../connection.js';
import type { HubBranch } from '../hub-branch.js';
import type { HubMeasures } from '../measures.js';
import type { AddressLimits } from '../limits/addresses.js';
import type { RequestGate } from '../limits/request-gate.js';
import type { Credential, HubLimits, TokenVerdict } from '../options.js';
import type { Queries } from '../queries.js';
import type { SessionCounts } from './counts.js';

/** A session, as the host keeps it. */
export interface HostedSession {
  readonly sessionId: string | null;
  readonly principal: Principal | null;
  readonly isLagging: boolean;
  /** Requests whose answers are still to come. */
  readonly inFlight: number;
  readonly outboxBytes: number;
  send(message: HubMessage): void;
  flush(): void;
  heartbeat(): void;
  sweep(): void;
  close(code: CloseCode, reason: string): void;
}

export interface SessionHost {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly limits: HubLimits;
  readonly epoch: string;
  readonly durability: Durability;
  readonly branches: ReadonlyMap<string, HubBranch>;
  readonly queries: Queries;
  readonly counts: SessionCounts;
  readonly measures: HubMeasures;
  readonly gate: RequestGate;
  readonly addresses: AddressLimits;
  readonly frame: FrameMessage;
  readonly verifyToken: (token: string) => Promise<TokenVerdict>;
  /** Why the holder of a valid token may not go on; null: it may. */
  objection(credential: Credential): string | null;
  /** Why no command is taken now; null: they are. */
  refusesCommands(): Refusal | null;
  /** The session's id: the one asked for where it is the same principal's, whose older connection ends; else a new one. */
  continueSession(
    session: HostedSession,
    sessionId: string | undefined,
    principal: Principal,
  ): string;
  /** Something is to be written at the end of the tick. */
  wake(session: HostedSession): void;
  ended(session: HostedSession): void;
}
