/**
 * Commands and queries under way. Each keeps its content, and a command its key, through every resend until it is answered;
 * they are sent in the order in which they were made, as many at once as the hub allows.
 */
import type { Timers } from '../../base/clock.js';
import { REFUSALS } from '../../base/refusal.js';
import { encode } from '../../protocol/codec.js';
import { MESSAGE_BYTES_MAX } from '../../protocol/limits.js';
import type {
  AckMessage,
  CommandMessage,
  Encoding,
  ErrorMessage,
  QueryMessage,
  ResultMessage,
} from '../../protocol/messages.js';
import { backoffMs } from '../connection/backoff.js';
import { CommandRefused, Refused, type ClientEnded } from './errors.js';

export type Answer = AckMessage | ResultMessage;

/** A retryable refusal is tried again for so long, in milliseconds, unless the caller says otherwise. */
export const RETRY_MS = 30_000;
/** Requests that wait for their answers, or to be sent; one more is refused at once. */
export const REQUESTS_MAX = 10_000;

interface Pending {
  readonly message: CommandMessage | QueryMessage;
  readonly bytes: Uint8Array;
  /** On the monotonic clock. */
  readonly retryUntilMs: number;
  refusals: number;
  /** On any connection. */
  sent: boolean;
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

export interface RequestsOptions {
  readonly encoding: Encoding;
  readonly timers: Timers;
  readonly random: () => number;
}

export class Requests {
  readonly #options: RequestsOptions;
  /** By request id, in the order they were made. */
  readonly #pending = new Map<string, Pending>();
  /** Ids ready to be sent. */
  #unsent: string[] = [];
  /** Ids sent on the present connection and not answered. */
  readonly #inFlight = new Set<string>();
  /** Ids that wait after a retryable refusal. */
  readonly #retrying = new Set<string>();
  #send: ((bytes: Uint8Array) => void) | null = null;
  #inFlightMax = 0;
  #ended: ClientEnded | null = null;

  constructor(options: RequestsOptions) {
    this.#options = options;
  }

  /** Resolves with the hub's answer; rejects with `Refused` or `ClientEnded`. */
  ask(message: CommandMessage | QueryMessage, retryMs = RETRY_MS): Promise<Answer> {
    if (this.#ended !== null) return Promise.reject(this.#ended);
    const { timers, encoding } = this.#options;
    const bytes = encode(message, encoding);
    if (bytes.length > MESSAGE_BYTES_MAX) {
      const reason = `${bytes.length} bytes are more than the hub takes`;
      return Promise.reject(refusedHere(message, 'validation_failed', reason));
    }
    if (this.#pending.size >= REQUESTS_MAX) {
      const reason = `${REQUESTS_MAX} requests wait already`;
      return Promise.reject(refusedHere(message, 'overloaded', reason));
    }
    return new Promise<Answer>((resolve, reject) => {
      const retryUntilMs = timers.monotonicMs() + retryMs;
      const fields = { message, bytes, retryUntilMs, refusals: 0, sent: false };
      this.#pending.set(message.id, { ...fields, resolve, reject });
      this.#unsent.push(message.id);
      this.#pump();
    });
  }

  /** A connection is live: everything unanswered goes out on it, in the order it was made. */
  connected(send: (bytes: Uint8Array) => void, inFlightMax: number): void {
    this.#send = send;
    this.#inFlightMax = inFlightMax;
    this.#pump();
  }

  /** The connection is gone: what was in flight on it will be sent again. */
  disconnected(): void {
    this.#send = null;
    this.#inFlight.clear();
    this.#unsent = [...this.#pending.keys()].filter((id) => !this.#retrying.has(id));
  }

  /** Whether the answer was for one of these requests. */
  answered(answer: Answer): boolean {
    const pending = this.#take(answer.id);
    pending?.resolve(answer);
    this.#pump();
    return pending !== undefined;
  }

  /** Whether the refusal was for one of these requests; a retryable one is tried again while there is time. */
  refused(error: ErrorMessage): boolean {
    const id = error.id ?? '';
    const pending = this.#pending.get(id);
    if (pending === undefined) return this.#withdrawnAnswered(id);
    const { timers, random } = this.#options;
    const delayMs = backoffMs(pending.refusals, random, error.retryAfterMs);
    if (error.retryable && timers.monotonicMs() + delayMs <= pending.retryUntilMs) {
      pending.refusals += 1;
      this.#inFlight.delete(id);
      this.#retrying.add(id);
      timers.after(delayMs, () => {
        this.#retry(id);
      });
    } else {
      this.#take(id);
      pending.reject(toError(pending.message, error));
    }
    this.#pump();
    return true;
  }

  /** It is not asked any more, and its promise stays open. Whether it was sent. */
  withdraw(id: string): boolean {
    const sent = this.#pending.get(id)?.sent ?? false;
    this.#pending.delete(id);
    this.#retrying.delete(id);
    return sent;
  }

  /** No answer will come any more: what is under way is rejected, and whatever is asked before `resume`. */
  end(error: ClientEnded): void {
    this.#ended = error;
    const all = [...this.#pending.values()];
    this.#pending.clear();
    this.disconnected();
    for (const pending of all) pending.reject(error);
  }

  /** A connection may come after all. */
  resume(): void {
    this.#ended = null;
  }

  #take(id: string): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    this.#inFlight.delete(id);
    return pending;
  }

  /** Until it is answered, the hub counts it as in flight. */
  #withdrawnAnswered(id: string): boolean {
    const was = this.#inFlight.delete(id);
    if (was) this.#pump();
    return was;
  }

  #retry(id: string): void {
    this.#retrying.delete(id);
    if (!this.#pending.has(id)) return;
    this.#unsent.push(id);
    this.#pump();
  }

  #pump(): void {
    if (this.#send === null) return;
    let taken = 0;
    for (const id of this.#unsent) {
      if (this.#inFlight.size >= this.#inFlightMax) break;
      taken += 1;
      const pending = this.#pending.get(id);
      if (pending === undefined) continue;
      this.#inFlight.add(id);
      pending.sent = true;
      this.#send(pending.bytes);
    }
    if (taken > 0) this.#unsent.splice(0, taken);
  }
}

function toError(message: CommandMessage | QueryMessage, error: ErrorMessage): Refused {
  return message.type === 'command'
    ? new CommandRefused(message.name, message.key, error)
    : new Refused(message.name, error);
}

/** Refused here, as the hub would, without sending it. */
function refusedHere(
  message: CommandMessage | QueryMessage,
  code: 'validation_failed' | 'overloaded',
  reason: string,
): Refused {
  return toError(message, { type: 'error', code, ...REFUSALS[code], message: reason });
}
