/**
 * One connection, from its first message to its end, as a state machine. A session is fenced by its connection: whatever comes
 * late from an older one cannot touch it.
 */
import { assertNever } from '../../base/assert.js';
import type { Cancel } from '../../base/clock.js';
import { refuse, type Refusal } from '../../base/refusal.js';
import { CLOSE, type CloseCode } from '../../protocol/close-codes.js';
import { encodeFramed } from '../../protocol/codec.js';
import type {
  ClientMessage,
  HelloMessage,
  HubMessage,
  Principal,
} from '../../protocol/messages.js';
import { parseClientMessage } from '../../protocol/parse.js';
import { FRAME_HEAD_ROOM, type Connection, type ConnectionEvents } from '../connection.js';
import type { HubBranch } from '../hub-branch.js';
import type { TokenVerdict } from '../options.js';
import { foreignBranch } from './command-door.js';
import { countAnswer } from './counts.js';
import { LiveSession } from './live-session.js';
import { Outbox, type Parcel } from './outbox.js';
import { errorMessage, type Request } from './replies.js';
import { MinuteCounter } from './request-meter.js';
import type { HostedSession, SessionHost } from './session-host.js';
import { welcomeMessage } from './welcome.js';

type State =
  | { readonly kind: 'awaiting_hello'; readonly cancelDeadline: Cancel }
  /** The token is being checked; what comes meanwhile waits. */
  | { readonly kind: 'authenticating'; readonly waiting: Uint8Array[] }
  | { readonly kind: 'live'; readonly live: LiveSession }
  | { readonly kind: 'closed' };

/** Messages that a client may send ahead of its welcome. */
const AHEAD_MAX = 64;
/** Answers that a client leaves unread; above it the connection ends. */
const UNREAD_BYTES_MAX = 8 * 1_048_576;

export class Session implements ConnectionEvents, HostedSession {
  readonly connection: Connection;
  readonly #host: SessionHost;
  readonly #outbox: Outbox;
  readonly #messages: MinuteCounter;
  #state: State;
  #aliveAt: number;
  #sessionId: string | null = null;

  constructor(connection: Connection, host: SessionHost) {
    this.connection = connection;
    this.#host = host;
    const { limits, timers } = host;
    this.#outbox = new Outbox({
      connection,
      deltaBytesMax: limits.outboxBytesMax,
      socketBytesMax: limits.socketBytesMax,
      overflowed: (dropped) => {
        this.#lag(dropped);
      },
    });
    this.#messages = new MinuteCounter(timers);
    this.#aliveAt = timers.monotonicMs();
    this.#state = {
      kind: 'awaiting_hello',
      cancelDeadline: timers.after(limits.helloWaitMs, () => {
        this.close(CLOSE.helloTimeout, 'no hello in time');
      }),
    };
  }

  get isOpen(): boolean {
    return this.#state.kind !== 'closed';
  }

  get isLagging(): boolean {
    return this.#state.kind === 'live' && this.#state.live.subscriptions.isLagging;
  }

  /** Requests whose answers are still to come. */
  get inFlight(): number {
    return this.#state.kind === 'live' ? this.#state.live.inFlight : 0;
  }

  get outboxBytes(): number {
    return this.#outbox.bytes;
  }

  get principal(): Principal | null {
    return this.#state.kind === 'live' ? this.#state.live.principal : null;
  }

  /** null: not welcomed yet. Stays after the end. */
  get sessionId(): string | null {
    return this.#sessionId;
  }

  message(bytes: Uint8Array): void {
    const state = this.#state;
    this.alive();
    if (state.kind === 'closed') return;
    if (this.#messages.add() > this.#host.limits.messagesPerMinuteMax) {
      this.close(CLOSE.tooManyMessages, 'too many messages');
      return;
    }
    if (state.kind === 'authenticating') {
      if (state.waiting.length >= AHEAD_MAX) this.close(CLOSE.tooManyMessages, 'too far ahead');
      else state.waiting.push(bytes.slice());
      return;
    }
    if (state.kind === 'live' && this.#shedUnread(bytes, state.live.isFull)) return;
    const parsed = parseClientMessage(bytes, this.connection.encoding);
    switch (parsed.kind) {
      case 'broken':
        this.close(parsed.close, parsed.reason);
        return;
      case 'refused':
        if (state.kind === 'awaiting_hello' && parsed.type !== 'hello') {
          this.close(CLOSE.unauthenticated, 'hello comes first');
        } else {
          this.#refuse(parsed.refusal, parsed);
        }
        return;
      case 'message':
        this.#take(state, parsed.message);
        return;
      default:
        assertNever(parsed);
    }
  }

  drained(): void {
    this.#recover();
    this.#host.wake(this);
  }

  alive(): void {
    this.#aliveAt = this.#host.timers.monotonicMs();
  }

  closed(): void {
    const state = this.#state;
    this.#state = { kind: 'closed' };
    if (state.kind === 'awaiting_hello') state.cancelDeadline();
    if (state.kind === 'live') state.live.close();
    this.#host.ended(this);
  }

  /** Writes what waits, then ends the connection. */
  close(code: CloseCode, reason: string): void {
    if (this.#state.kind === 'closed') return;
    this.#outbox.flush();
    this.connection.close(code, reason);
    this.closed();
  }

  /** The end of a tick: one write of all that it brought. */
  flush(): void {
    if (this.#state.kind === 'closed') return;
    // The first snapshot leaves with the tick's other messages; the next is made when it has gone.
    this.#makeSnapshots();
    do this.#outbox.flush();
    while (this.#makeSnapshots());
    this.#recover();
    if (this.#outbox.bytes > UNREAD_BYTES_MAX && !this.#outbox.takesSnapshot) {
      this.close(CLOSE.tooSlow, 'answers are not read');
    }
  }

  send(message: HubMessage): void {
    countAnswer(this.#host.counts, message);
    this.#push(message, { kind: 'answer' });
  }

  /** Every `heartbeatMs`: positions out, and a ping for those who need not answer. */
  heartbeat(): void {
    const state = this.#state;
    if (state.kind !== 'live') return;
    this.connection.ping();
    // Behind a backlog a heartbeat would only add to it: the one before is still under way.
    if (this.connection.bufferedBytes > 0 && !this.#outbox.isEmpty) return;
    const versions = state.live.subscriptions.queuedVersions();
    const serverTime = this.#host.clock.now();
    this.#push({ type: 'heartbeat', serverTime, versions }, { kind: 'heartbeat' });
  }

  /** Every second: whatever has waited for too long. */
  sweep(): void {
    if (this.#state.kind !== 'live') return;
    const { live } = this.#state;
    if (!this.#stands(live)) return;
    const verdict = live.overdue(this.#aliveAt);
    if (verdict !== null) {
      this.close(verdict.code, verdict.reason);
    } else if (live.subscriptions.behindMs() > this.#host.limits.behindMaxMs / 2) {
      this.#lag(this.#outbox.dropDeltas());
    }
  }

  #take(
    state: Exclude<State, { kind: 'authenticating' | 'closed' }>,
    message: ClientMessage,
  ): void {
    if (state.kind === 'live') {
      if (this.#stands(state.live)) state.live.handle(message);
    } else if (message.type === 'hello') {
      void this.#hello(state.cancelDeadline, message);
    } else {
      this.close(CLOSE.unauthenticated, 'hello comes first');
    }
  }

  /** True: hub or connection is so full that a request was refused without being read. */
  #shedUnread(bytes: Uint8Array, isFull: boolean): boolean {
    const { encoding } = this.connection;
    if (encoding !== 'msgpack' || this.#host.refusesCommands() !== null) return false;
    const answer = this.#host.gate.refusalUnread(bytes, FRAME_HEAD_ROOM, isFull);
    if (answer === null) return false;
    this.#host.counts.refusals.overloaded += 1;
    this.#pushEncoded(answer, { kind: 'answer' });
    return true;
  }

  async #hello(cancelDeadline: Cancel, message: HelloMessage): Promise<void> {
    cancelDeadline();
    const waiting: Uint8Array[] = [];
    this.#state = { kind: 'authenticating', waiting };
    const verdict = await this.#host.verifyToken(message.token);
    if (!this.isOpen) return;
    const branch =
      verdict.kind === 'valid' ? this.#host.branches.get(verdict.principal.branch_id) : undefined;
    const refusal = this.#refusalOf(verdict, branch);
    if (verdict.kind === 'refused' || branch === undefined || refusal !== null) {
      void this.#host.addresses.unauthenticated(this.connection.remoteAddress, 'wrongToken');
      if (refusal !== null) this.#refuse(refusal, message);
      this.close(CLOSE.unauthenticated, 'token missing, wrong or expired');
      return;
    }
    this.#begin(branch, message, verdict);
    for (const bytes of waiting) this.message(bytes);
  }

  #refusalOf(verdict: TokenVerdict, branch: HubBranch | undefined): Refusal | null {
    if (verdict.kind === 'refused') return verdict.refusal;
    if (branch === undefined) return foreignBranch();
    const reason = this.#host.objection(verdict);
    return reason === null ? null : refuse('unauthenticated', reason);
  }

  #begin(
    branch: HubBranch,
    message: HelloMessage,
    { principal, grant, expiresInMs }: Extract<TokenVerdict, { kind: 'valid' }>,
  ): void {
    const sessionId = this.#host.continueSession(this, message.sessionId, principal);
    this.#sessionId = sessionId;
    const live = new LiveSession({
      host: this.#host,
      principal,
      grant,
      branch,
      connectionId: this.connection.id,
      isConnected: () => this.isOpen,
      encoding: this.connection.encoding,
      outbox: this.#outbox,
      tokenExpiresInMs: expiresInMs,
      send: (reply) => {
        this.send(reply);
      },
      wake: () => {
        this.#host.wake(this);
      },
    });
    this.#state = { kind: 'live', live };
    this.send(welcomeMessage(this.#host, { id: message.id, sessionId, principal }));
  }

  /** False: it may not go on, was told so, and is closed. */
  #stands(live: LiveSession): boolean {
    const reason = live.objection();
    if (reason === null) return true;
    this.send({ type: 'notice', code: 'revoked', message: reason });
    this.close(CLOSE.unauthenticated, reason);
    return false;
  }

  /** True: one was made. */
  #makeSnapshots(): boolean {
    return this.#state.kind === 'live' && this.#state.live.subscriptions.sendSnapshots();
  }

  #push(message: HubMessage, parcel: Parcel): void {
    if (this.#state.kind === 'closed') return;
    this.#pushEncoded(encodeFramed(message, this.connection.encoding, FRAME_HEAD_ROOM), parcel);
  }

  /** `bytes` begin with the room for the frame's head. */
  #pushEncoded(bytes: Uint8Array, parcel: Parcel): void {
    const { encoding } = this.connection;
    this.#outbox.push(this.#host.frame([bytes], encoding, FRAME_HEAD_ROOM), parcel);
    this.#host.wake(this);
  }

  #lag(dropped: number): void {
    const { counts } = this.#host;
    counts.deltasDropped += dropped;
    if (this.#state.kind !== 'live') return;
    const { subscriptions } = this.#state.live;
    if (!subscriptions.isLagging) counts.lags += 1;
    subscriptions.lag();
  }

  #recover(): void {
    if (this.#state.kind === 'live') this.#state.live.subscriptions.recover();
  }

  #refuse(refusal: Refusal, request: Request): void {
    const { id, key } = request;
    this.send(
      errorMessage(refusal, { ...(id !== undefined && { id }), ...(key !== undefined && { key }) }),
    );
  }
}
