/** A welcomed connection: its principal's requests, its subscriptions, its heartbeats. */
import { assertNever } from '../../base/assert.js';
import { refuse, type Refusal } from '../../base/refusal.js';
import { CLOSE, type CloseCode } from '../../protocol/close-codes.js';
import type {
  AuthMessage,
  ClientHeartbeat,
  ClientMessage,
  CommandMessage,
  Encoding,
  HubMessage,
  Principal,
  QueryMessage,
} from '../../protocol/messages.js';
import { withCorrelation } from '../correlation.js';
import type { HubBranch } from '../hub-branch.js';
import { subjectOf } from '../limits/allowances.js';
import { kindOfCommand, type RequestKind } from '../limits/request-kind.js';
import type { Grant } from '../options.js';
import { foreignBranch, giveCommand } from './command-door.js';
import type { Outbox } from './outbox.js';
import { RequestMeter } from './request-meter.js';
import { commandReply, errorMessage, type Request } from './replies.js';
import type { SessionHost } from './session-host.js';
import { Subscriptions } from './subscriptions.js';

export interface LiveSessionOptions {
  readonly host: SessionHost;
  readonly principal: Principal;
  readonly grant: Grant;
  readonly branch: HubBranch;
  readonly connectionId: string;
  readonly isConnected: () => boolean;
  readonly encoding: Encoding;
  readonly outbox: Outbox;
  readonly tokenExpiresInMs: number;
  readonly send: (message: HubMessage) => void;
  /** Something is to be written at the end of the tick. */
  readonly wake: () => void;
}

/** Why a connection has to end. */
export interface Verdict {
  readonly code: CloseCode;
  readonly reason: string;
}

export class LiveSession {
  readonly principal: Principal;
  readonly subscriptions: Subscriptions;
  readonly #options: LiveSessionOptions;
  readonly #host: SessionHost;
  readonly #branch: HubBranch;
  readonly #meter: RequestMeter;
  /** Whose requests the hub counts together. */
  readonly #subject: string;
  #grant: Grant;
  /** Monotonic milliseconds. */
  #tokenEndsAt: number;
  /** Of the last heartbeat, or of the first subscription. */
  #heartbeatAt: number;

  constructor(options: LiveSessionOptions) {
    const { host, principal, branch, encoding, outbox, send, wake } = options;
    const { timers, limits } = host;
    this.#options = options;
    this.#host = host;
    this.principal = principal;
    this.#grant = options.grant;
    this.#branch = branch;
    this.#meter = new RequestMeter(timers, limits);
    this.#subject = subjectOf(principal);
    this.subscriptions = new Subscriptions({
      branch,
      principal,
      encoding,
      outbox,
      timers,
      limits,
      notice: send,
      wake,
    });
    this.#heartbeatAt = timers.monotonicMs();
    this.#tokenEndsAt = this.#heartbeatAt + options.tokenExpiresInMs;
    branch.devices.connected(principal);
    branch.channels.devicesChanged();
  }

  /** Requests whose answers are still to come. */
  get inFlight(): number {
    return this.#meter.inFlight;
  }

  /** It has as many of them as a connection may have. */
  get isFull(): boolean {
    return this.#meter.isFull;
  }

  /** The connection has ended. */
  close(): void {
    this.subscriptions.close();
    this.#branch.hub.leases.releaseConnection(this.#options.connectionId);
    this.#branch.devices.disconnected(this.principal.device_id);
    this.#branch.channels.devicesChanged();
  }

  /** Why it may not go on, though its token was good; null: it may. */
  objection(): string | null {
    return this.#host.objection({ principal: this.principal, grant: this.#grant });
  }

  /** What has waited for too long; null: nothing. `aliveAt`: the last sign of life, monotonic milliseconds. */
  overdue(aliveAt: number): Verdict | null {
    const { limits, timers } = this.#host;
    const now = timers.monotonicMs();
    if (now >= this.#tokenEndsAt) {
      return { code: CLOSE.unauthenticated, reason: 'token expired' };
    }
    const heardAt = this.subscriptions.size > 0 ? Math.min(this.#heartbeatAt, aliveAt) : aliveAt;
    if (now - heardAt >= limits.silenceMaxMs) {
      return { code: CLOSE.tooSlow, reason: 'nothing heard for too long' };
    }
    // Who has not said a word since is silent, not behind: for that the time above counts.
    const behindMs = this.subscriptions.behindMs();
    if (behindMs > limits.behindMaxMs && this.#heartbeatAt > now - behindMs) {
      return { code: CLOSE.tooSlow, reason: 'too far behind' };
    }
    if (this.#meter.oldestMs() >= limits.answerWaitMs) {
      const reason = 'the store is being reopened; ask again with the same key';
      return { code: CLOSE.restarting, reason };
    }
    return null;
  }

  handle(message: ClientMessage): void {
    switch (message.type) {
      case 'hello':
        this.#refuse(refuse('bad_message', 'hello was said already; renew with auth'), message);
        return;
      case 'auth':
        void this.#renew(message);
        return;
      case 'subscribe': {
        if (this.subscriptions.size === 0) {
          this.#heartbeatAt = this.#host.timers.monotonicMs();
        }
        const refusal =
          message.branchId === this.principal.branch_id
            ? this.subscriptions.subscribe(message)
            : foreignBranch();
        if (refusal !== null) this.#refuse(refusal, message);
        return;
      }
      case 'unsubscribe':
        this.subscriptions.unsubscribe(message.channel);
        this.#send({ type: 'ack', id: message.id });
        return;
      case 'command':
        this.#command(message);
        return;
      case 'query':
        void this.#query(message);
        return;
      case 'heartbeat':
        this.#heard(message);
        return;
      case 'ping':
        this.#send({ type: 'pong', id: message.id, serverTime: this.#host.clock.now() });
        return;
      default:
        assertNever(message);
    }
  }

  #command(message: CommandMessage): void {
    const refusal =
      this.#host.refusesCommands() ??
      this.#refusesToBegin(message.branchId, kindOfCommand(message.name));
    if (refusal !== null) {
      this.#refuse(refusal, message);
      return;
    }
    const { connectionId, isConnected } = this.#options;
    const sender = { principal: this.principal, connectionId, isConnected };
    const request = { id: message.id, key: message.key };
    const number = this.#meter.begin();
    const { correlationId } = message;
    const give = () => giveCommand(this.#branch, message, sender);
    const given = correlationId === undefined ? give() : withCorrelation(correlationId, give);
    given.then(
      (answer) => {
        const tookMs = this.#end(number);
        if (answer.kind === 'done') this.#host.measures.ack_seconds.observe(tookMs / 1_000);
        this.#send(commandReply(answer, request));
      },
      (error: unknown) => {
        this.#end(number);
        this.#host.log.error({ err: error, command: message.name }, 'a command failed');
        this.#refuse(refuse('internal', 'something went wrong here; it was logged'), request);
      },
    );
  }

  async #query(message: QueryMessage): Promise<void> {
    const refusal = this.#refusesToBegin(message.branchId, 'query');
    if (refusal !== null) {
      this.#refuse(refusal, message);
      return;
    }
    const number = this.#meter.begin();
    try {
      const answer = await this.#host.queries.answer(this.#branch, message, this.principal);
      if (answer.kind === 'refused') this.#refuse(answer.refusal, message);
      else this.#send({ type: 'result', id: message.id, result: answer.result });
    } catch (error) {
      this.#host.log.error({ err: error, query: message.name }, 'a query failed');
      this.#refuse(refuse('internal', 'something went wrong here; it was logged'), message);
    } finally {
      this.#end(number);
    }
  }

  /** Null: it has entered the hub; `#end` is to be called when it is answered. */
  #refusesToBegin(branchId: string, kind: RequestKind): Refusal | null {
    if (branchId !== this.principal.branch_id) return foreignBranch();
    return this.#host.gate.enter({ subject: this.#subject, kind, isFull: this.isFull });
  }

  /** Gives the milliseconds that it took. */
  #end(number: number): number {
    this.#host.gate.leave();
    return this.#meter.end(number);
  }

  /** A fresh token of the same subject, in place. */
  async #renew(message: AuthMessage): Promise<void> {
    const verdict = await this.#host.verifyToken(message.token);
    if (verdict.kind === 'refused') {
      this.#refuse(verdict.refusal, message);
      return;
    }
    const { id, role, branch_id: branchId } = verdict.principal;
    const { principal } = this;
    if (id !== principal.id || role !== principal.role || branchId !== principal.branch_id) {
      this.#refuse(refuse('forbidden', 'the token is not of the same subject'), message);
      return;
    }
    const reason = this.#host.objection(verdict);
    if (reason !== null) {
      this.#refuse(refuse('unauthenticated', reason), message);
      return;
    }
    this.#grant = verdict.grant;
    this.#tokenEndsAt = this.#host.timers.monotonicMs() + verdict.expiresInMs;
    this.#send({ type: 'ack', id: message.id });
  }

  #heard(message: ClientHeartbeat): void {
    this.#heartbeatAt = this.#host.timers.monotonicMs();
    const behind = this.subscriptions.heard(message);
    this.#branch.devices.reported(this.principal.device_id, {
      connectionId: this.#options.connectionId,
      behind,
      queue: message.queue ?? null,
    });
    this.#branch.channels.devicesChanged();
    this.subscriptions.recover();
  }

  #send(message: HubMessage): void {
    this.#options.send(message);
  }

  #refuse(refusal: Refusal, { id, key }: Request): void {
    this.#send(
      errorMessage(refusal, { ...(id !== undefined && { id }), ...(key !== undefined && { key }) }),
    );
  }
}
