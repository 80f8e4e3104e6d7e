/** What a hub is made of, and its bounds. */
import type { Clock, Timers } from '../base/clock.js';
import type { NewId } from '../base/ids.js';
import type { Log } from '../base/log.js';
import type { Refusal } from '../base/refusal.js';
import type { Principal } from '../protocol/messages.js';
import type { LoadedBranch, Store } from '../store/port.js';
import type { FrameMessage } from './connection.js';

/** What a token was given for. */
export interface Grant {
  /** The login or pairing that it belongs to; null: signed by whoever holds the hub's key. */
  readonly sessionId: string | null;
  /** Epoch milliseconds, by the clock that tokens are checked with. */
  readonly issuedAt: number;
  /** Branches whose reports it opens, besides the principal's own; absent: none. Only the hub's key signs this. */
  readonly branches?: readonly string[];
}

/** What a valid token says. */
export interface Credential {
  readonly principal: Principal;
  readonly grant: Grant;
}

export type TokenVerdict =
  | {
      readonly kind: 'valid';
      readonly principal: Principal;
      readonly grant: Grant;
      /** From now, in milliseconds, by the clock that tokens are checked with. */
      readonly expiresInMs: number;
    }
  /** `unauthenticated` or `token_expired`. */
  | { readonly kind: 'refused'; readonly refusal: Refusal };

export interface HubLimits {
  /** Between two heartbeats of the hub. */
  readonly heartbeatMs: number;
  /** From the connection to its `hello`. */
  readonly helloWaitMs: number;
  /** Without a heartbeat while subscribed, or without a sign of life at all, a connection is closed. */
  readonly silenceMaxMs: number;
  /** A connection whose applied positions stay behind what was queued for this long is closed. */
  readonly behindMaxMs: number;
  /** Unsent deltas of one connection; above it they are dropped and the connection is lagging. */
  readonly outboxBytesMax: number;
  /** Bytes given to the socket ahead of the kernel; the rest waits in the outbox, where it can still be dropped. */
  readonly socketBytesMax: number;
  readonly subscriptionsMax: number;
  readonly commandsInFlightMax: number;
  /** Told in `welcome`: what a device and person may give of each kind of request; above it they are `rate_limited`. */
  readonly commandsPerMinute: number;
  /** New connections of one address in a minute. */
  readonly connectionsPerMinutePerIp: number;
  /** Connections of one address at once. */
  readonly connectionsPerIp: number;
  /** Points of one address in a minute: a request without a token takes one, a wrong token ten. */
  readonly unauthenticatedPerMinutePerIp: number;
  /** Addresses whose present minute is remembered. */
  readonly addressesMax: number;
  /** Devices and persons whose requests of the present minute are remembered. */
  readonly allowancesMax: number;
  /** Commands and queries under way in the whole hub, at most; as it fills they are `overloaded`, payments and the kitchen's last. */
  readonly requestsUnderWayMax: number;
  /** All messages of a connection, of whatever type; above it the connection is closed with 4429. */
  readonly messagesPerMinuteMax: number;
  /** A duplicate waits this long for the first one's answer, then is told `idempotency_in_progress`. */
  readonly duplicateWaitMs: number;
  /** A command without an answer after this (the store is being reopened) closes its connection with 1012. */
  readonly answerWaitMs: number;
  /** From SIGTERM to the exit. */
  readonly drainMs: number;
  /** Between two deltas of a channel that changes all the time; 0: each tick's at once. */
  readonly deltaIntervalMs: number;
  /** Deltas of a channel that leave at once after a pause. */
  readonly deltaBurst: number;
  /** Between two deltas of the views that are derived (shift, devices). */
  readonly derivedIntervalMs: number;
  /** Entries of the cache of cold orders. */
  readonly coldOrdersMax: number;
  /** Bytes (estimated) of the cache of cold orders. */
  readonly coldBytesMax: number;
}

export const HUB_LIMITS: HubLimits = {
  heartbeatMs: 5_000,
  helloWaitMs: 5_000,
  silenceMaxMs: 30_000,
  behindMaxMs: 20_000,
  outboxBytesMax: 1_048_576,
  socketBytesMax: 262_144,
  subscriptionsMax: 32,
  commandsInFlightMax: 256,
  commandsPerMinute: 600_000,
  connectionsPerMinutePerIp: 12_000,
  connectionsPerIp: 10_000,
  unauthenticatedPerMinutePerIp: 6_000,
  addressesMax: 10_000,
  allowancesMax: 100_000,
  requestsUnderWayMax: 1_024,
  messagesPerMinuteMax: 1_200_000,
  duplicateWaitMs: 5_000,
  answerWaitMs: 10_000,
  drainMs: 8_000,
  deltaIntervalMs: 5,
  deltaBurst: 8,
  derivedIntervalMs: 1_000,
  coldOrdersMax: 10_000,
  coldBytesMax: 33_554_432,
};

export interface HubOptions {
  readonly store: Store;
  /** What the store has loaded, where somebody had to look already; default: the hub loads it. */
  readonly loaded?: readonly LoadedBranch[];
  readonly clock: Clock;
  readonly timers: Timers;
  /** Runs `flush` once after the present turn's work (setImmediate in production, by hand in tests). */
  readonly nextTick: (flush: () => void) => void;
  readonly newId: NewId;
  /** In [0, 1): spreads what must not happen all at once. */
  readonly random: () => number;
  readonly log: Log;
  readonly verifyToken: (token: string) => Promise<TokenVerdict>;
  readonly frame: FrameMessage;
  readonly limits?: Partial<HubLimits>;
  /** false: no shift is rolled over, whatever the branches' settings say. */
  readonly rollover?: boolean;
}
