/** What was asked of the hub and what it answered: the evidence that the checkers work on. */
import type { Expect } from '../../../src/domain/command.js';
import type { Role } from '../../../src/domain/rows.js';
import type { AckMessage, ErrorMessage } from '../../../src/protocol/messages.js';

/** A command under its key; it may be sent more than once, and by several clients. */
export interface Request {
  readonly branchId: string;
  readonly key: string;
  readonly name: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly expect?: Expect;
}

export type Answer = AckMessage | ErrorMessage;

/** One time that a request was sent. */
export interface Sending {
  readonly request: Request;
  readonly role: Role;
  readonly deviceId: string;
  /** Whether what it had written was acknowledged to somebody when it was sent. What changes nothing keeps no key. */
  readonly afterAck: boolean;
  /** As it was sent this time: a client that tries again on newer versions keeps its key. */
  readonly expect: Expect | undefined;
  /** null: none came, its connection was lost. */
  answer: Answer | null;
}

export class Journal {
  readonly sendings: Sending[] = [];
  readonly #requests = new Map<string, Request>();
  readonly #acked = new Set<Request>();
  readonly #written = new Set<Request>();

  /** Every request, in the order in which they were first sent. */
  get requests(): readonly Request[] {
    return [...this.#requests.values()];
  }

  isAcked(request: Request): boolean {
    return this.#acked.has(request);
  }

  /** No acknowledgement, and no refusal after the last time that it was lost. */
  isOpen(request: Request): boolean {
    if (this.isAcked(request)) return false;
    const last = this.sendings.findLast((sending) => sending.request === request);
    const { answer = null } = last ?? {};
    return answer === null || (answer.type === 'error' && answer.retryable);
  }

  send(request: Request, by: { readonly role: Role; readonly deviceId: string }): Sending {
    const { role, deviceId } = by;
    const id = JSON.stringify([request.branchId, request.key, request.name, request.payload]);
    const known = this.#requests.get(id) ?? request;
    this.#requests.set(id, known);
    const afterAck = this.#written.has(known);
    const { expect } = request;
    const sending: Sending = { request: known, role, deviceId, afterAck, expect, answer: null };
    this.sendings.push(sending);
    return sending;
  }

  answered(sending: Sending, answer: Answer): void {
    sending.answer = answer;
    if (answer.type !== 'ack') return;
    this.#acked.add(sending.request);
    if (wrote(answer)) this.#written.add(sending.request);
  }
}

/** Whether the acknowledged command changed anything. */
export function wrote({ result }: AckMessage): boolean {
  return Object.keys(result?.['records'] ?? {}).length > 0;
}
