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
  AuthMessage,
  ClientHeartbeat,
  ClientMessage,
  CommandMessage,
  HelloMessage,
  HubMessage,
  Principal,
  QueryMessage,
} from '../../protocol/messages.js';
import { parseClientMessage } from '../../protocol/parse.js';
import { FRAME_HEAD_ROOM, type Connection, type ConnectionEvents } from '../connection.js';
import type { HubBranch } from '../hub-branch.js';
import { foreignBranch, giveCommand } from './command-door.js';
import { Outbox } from './outbox.js';
import { RequestMeter } from './request-meter.js';
import { commandReply, errorMessage, type Request } from './replies.js';
import type { SessionHost } from './session-host.js';
import { Subscriptions } from './subscriptions.js';
import { welcomeMessage } from './welcome.js';

interface Live {
  readonly kind: 'live';
  readonly principal: Principal;
  readonly branch: HubBranch;
  readonly subscriptions: Subscriptions;
  /** Monotonic milliseconds. */
  tokenEndsAt: number;
  /** Of the last heartbeat, or of the first subscription. */
  heartbeatAt: number;
}

type State =
  | { readonly kind: 'awaiting_hello'; readonly cancelDeadline: Cancel }
  /** The token is being checked; what comes meanwhile waits. */
  | { readonly kind: 'authenticating'; readonly waiting: Uint8Array[] }
  | Live
  | { readonly kind: 'closed' };

/** Messages that a client may send ahead of its welcome. */
const AHEAD_MAX = 64;
/** Answers that a client leaves unread; above it the connection ends. */
const UNREAD_BYTES_MAX = 8 * 1_048_576;

export class Session implements ConnectionEvents {
  readonly connection: Connection;
  readonly #host: SessionHost;
  readonly #outbox: Outbox;
  readonly #meter: RequestMeter;
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
      overflowed: () => {
        this.#lag();
      },
    });
    this.#meter = new RequestMeter(timers, limits);
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
    return this.#state.kind === 'live' && this.#state.subscriptions.isLagging;
  }

  /** Requests whose answers are still to come. */
  get inFlight(): number {
    return this.#meter.inFlight;
  }

  get outboxBytes(): number {
    return this.#outbox.bytes;
  }

  get principal(): Principal | null {
    return this.#state.kind === 'live' ? this.#state.principal : null;
  }

  /** null: not welcomed yet. Stays after the end. */
  get sessionId(): string | null {
    return this.#sessionId;
  }

  message(bytes: Uint8Array): void {
    const state = this.#state;
    this.alive();
    if (state.kind === 'closed') return;
    if (state.kind === 'authenticating') {
      if (state.waiting.length >= AHEAD_MAX) this.close(CLOSE.tooManyMessages, 'too far ahead');
      else state.waiting.push(bytes.slice());
      return;
    }
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
    if (state.kind === 'live') {
      state.subscriptions.close();
      state.branch.hub.leases.releaseConnection(this.connection.id);
      state.branch.devices.disconnected(state.principal.device_id);
      state.branch.channels.devicesChanged();
    }
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
    const state = this.#state;
    if (state.kind === 'closed') return;
    do this.#outbox.flush();
    while (state.kind === 'live' && state.subscriptions.sendSnapshots());
    if (this.#outbox.bytes > UNREAD_BYTES_MAX && !this.#outbox.takesSnapshot) {
      this.close(CLOSE.tooSlow, 'answers are not read');
    }
  }

  send(message: HubMessage): void {
    if (this.#state.kind === 'closed') return;
    const { encoding } = this.connection;
    const bytes = encodeFramed(message, encoding, FRAME_HEAD_ROOM);
    this.#outbox.push(this.#host.frame([bytes], encoding, FRAME_HEAD_ROOM), { kind: 'answer' });
    this.#host.wake(this);
  }

  /** Every `heartbeatMs`: positions out, and a ping for those who need not answer. */
  heartbeat(): void {
    const state = this.#state;
    if (state.kind !== 'live') return;
    this.connection.ping();
    // Behind a backlog a heartbeat would only add to it: the one before is still under way.
    if (this.connection.bufferedBytes > 0 && !this.#outbox.isEmpty) return;
    this.send({
      type: 'heartbeat',
      serverTime: this.#host.clock.now(),
      versions: state.subscriptions.queuedVersions(),
    });
  }

  /** Every second: whatever has waited for too long. */
  sweep(): void {
    const state = this.#state;
    if (state.kind !== 'live') return;
    const { limits, timers } = this.#host;
    const now = timers.monotonicMs();
    if (now >= state.tokenEndsAt) {
      this.close(CLOSE.unauthenticated, 'token expired');
    } else if (this.#isSilent(state, now)) {
      this.close(CLOSE.tooSlow, 'nothing heard for too long');
    } else if (state.subscriptions.behindMs() > limits.behindMaxMs) {
      this.close(CLOSE.tooSlow, 'too far behind');
    } else if (this.#meter.oldestMs() > limits.answerWaitMs) {
      this.close(CLOSE.restarting, 'the store is being reopened; ask again with the same key');
    } else if (state.subscriptions.behindMs() > limits.behindMaxMs / 2) {
      this.#outbox.dropDeltas();
      this.#lag();
    }
  }

  #isSilent(state: Live, now: number): boolean {
    const { silenceMaxMs } = this.#host.limits;
    if (now - this.#aliveAt > silenceMaxMs) return true;
    return state.subscriptions.size > 0 && now - state.heartbeatAt > silenceMaxMs;
  }

  #take(
    state: Exclude<State, { kind: 'authenticating' | 'closed' }>,
    message: ClientMessage,
  ): void {
    if (state.kind === 'live') {
      this.#handle(state, message);
    } else if (message.type === 'hello') {
      void this.#hello(state.cancelDeadline, message);
    } else {
      this.close(CLOSE.unauthenticated, 'hello comes first');
    }
  }

  async #hello(cancelDeadline: Cancel, message: HelloMessage): Promise<void> {
    cancelDeadline();
    const waiting: Uint8Array[] = [];
    this.#state = { kind: 'authenticating', waiting };
    const verdict = await this.#host.verifyToken(message.token);
    if (!this.isOpen) return;
    const branch =
      verdict.kind === 'valid' ? this.#host.branches.get(verdict.principal.branch_id) : undefined;
    if (verdict.kind === 'refused' || branch === undefined) {
      this.#refuse(verdict.kind === 'refused' ? verdict.refusal : foreignBranch(), message);
      this.close(CLOSE.unauthenticated, 'token missing, wrong or expired');
      return;
    }
    this.#begin(branch, message, verdict);
    for (const bytes of waiting) this.message(bytes);
  }

  #begin(
    branch: HubBranch,
    message: HelloMessage,
    { principal, expiresInMs }: { readonly principal: Principal; readonly expiresInMs: number },
  ): void {
    const { timers, limits } = this.#host;
    const now = timers.monotonicMs();
    const sessionId = this.#host.continueSession(this, message.sessionId, principal);
    this.#sessionId = sessionId;
    const subscriptions = new Subscriptions({
      branch,
      principal,
      encoding: this.connection.encoding,
      outbox: this.#outbox,
      timers,
      limits,
      notice: (notice) => {
        this.send(notice);
      },
      wake: () => {
        this.#host.wake(this);
      },
    });
    this.#state = {
      kind: 'live',
      principal,
      branch,
      subscriptions,
      tokenEndsAt: now + expiresInMs,
      heartbeatAt: now,
    };
    branch.devices.connected(principal);
    branch.channels.devicesChanged();
    this.send(welcomeMessage(this.#host, { id: message.id, sessionId, principal }));
  }

  #handle(state: Live, message: ClientMessage): void {
    switch (message.type) {
      case 'hello':
        this.#refuse(refuse('bad_message', 'hello was said already; renew with auth'), message);
        return;
      case 'auth':
        void this.#renew(state, message);
        return;
      case 'subscribe': {
        if (state.subscriptions.size === 0) {
          state.heartbeatAt = this.#host.timers.monotonicMs();
        }
        const refusal =
          message.branchId === state.principal.branch_id
            ? state.subscriptions.subscribe(message)
            : foreignBranch();
        if (refusal !== null) this.#refuse(refusal, message);
        return;
      }
      case 'unsubscribe':
        state.subscriptions.unsubscribe(message.channel);
        this.send({ type: 'ack', id: message.id });
        return;
      case 'command':
        this.#command(state, message);
        return;
      case 'query':
        void this.#query(state, message);
        return;
      case 'heartbeat':
        this.#heard(state, message);
        return;
      case 'ping':
        this.send({ type: 'pong', id: message.id, serverTime: this.#host.clock.now() });
        return;
      default:
        assertNever(message);
    }
  }

  #command(state: Live, message: CommandMessage): void {
    const refusal =
      this.#host.refusesCommands() ??
      (message.branchId === state.principal.branch_id ? this.#meter.admit() : foreignBranch());
    if (refusal !== null) {
      this.#refuse(refusal, message);
      return;
    }
    const sender = { principal: state.principal, connectionId: this.connection.id };
    const request = { id: message.id, key: message.key };
    const finish = this.#meter.begin();
    giveCommand(state.branch, message, sender).then(
      (answer) => {
        finish();
        this.send(commandReply(answer, request));
      },
      (error: unknown) => {
        finish();
        this.#host.log.error({ err: error, command: message.name }, 'a command failed');
        this.#refuse(refuse('internal', 'something went wrong here; it was logged'), request);
      },
    );
  }

  async #query(state: Live, message: QueryMessage): Promise<void> {
    const refusal =
      message.branchId === state.principal.branch_id ? this.#meter.admit() : foreignBranch();
    if (refusal !== null) {
      this.#refuse(refusal, message);
      return;
    }
    const finish = this.#meter.begin();
    try {
      const answer = await this.#host.queries.answer(state.branch, message, state.principal);
      if (answer.kind === 'refused') this.#refuse(answer.refusal, message);
      else this.send({ type: 'result', id: message.id, result: answer.result });
    } catch (error) {
      this.#host.log.error({ err: error, query: message.name }, 'a query failed');
      this.#refuse(refuse('internal', 'something went wrong here; it was logged'), message);
    } finally {
      finish();
    }
  }

  /** A fresh token of the same subject, in place. */
  async #renew(state: Live, message: AuthMessage): Promise<void> {
    const verdict = await this.#host.verifyToken(message.token);
    if (verdict.kind === 'refused') {
      this.#refuse(verdict.refusal, message);
      return;
    }
    const { id, role, branch_id: branchId } = verdict.principal;
    const { principal } = state;
    if (id !== principal.id || role !== principal.role || branchId !== principal.branch_id) {
      this.#refuse(refuse('forbidden', 'the token is not of the same subject'), message);
      return;
    }
    state.tokenEndsAt = this.#host.timers.monotonicMs() + verdict.expiresInMs;
    this.send({ type: 'ack', id: message.id });
  }

  #heard(state: Live, message: ClientHeartbeat): void {
    state.heartbeatAt = this.#host.timers.monotonicMs();
    const behind = state.subscriptions.heard(message);
    state.branch.devices.reported(state.principal.device_id, {
      behind,
      queueLength: message.queue?.length ?? 0,
      queueOldestAt: message.queue?.oldestAt ?? null,
    });
    state.branch.channels.devicesChanged();
    this.#recover();
  }

  #lag(): void {
    if (this.#state.kind === 'live') this.#state.subscriptions.lag();
  }

  #recover(): void {
    if (this.#state.kind === 'live') this.#state.subscriptions.recover();
  }

  #refuse(refusal: Refusal, request: Request): void {
    const { id, key } = request;
    this.send(
      errorMessage(refusal, { ...(id !== undefined && { id }), ...(key !== undefined && { key }) }),
    );
  }
}
