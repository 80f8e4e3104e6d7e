/** Refusals as problem documents (RFC 9457). */
import type { FastifyReply } from 'fastify';
import { REFUSALS, refuse, type Refusal, type RefusalCode } from '../base/refusal.js';

export const PROBLEM_TYPE = 'application/problem+json';

/** What each code means, whatever the case: the `title`. */
export const PROBLEM_TITLES: Readonly<Record<RefusalCode, string>> = {
  bad_message: 'The request is malformed',
  validation_failed: 'The request does not fit its schema',
  unauthenticated: 'Who asks is not known',
  token_expired: 'The access token has expired',
  forbidden: 'Not allowed',
  not_found: 'There is no such thing',
  version_conflict: 'The record changed since it was seen',
  invalid_state: 'Not possible in the present state',
  already_exists: 'It exists already',
  overpayment: 'More than what is due',
  balance_due: 'Not paid in full',
  shift_closed: 'No shift is open',
  shift_has_open_orders: 'The shift has open orders, or sales that tills have not sent',
  item_unavailable: 'The item is not available',
  idempotency_in_progress: 'The first request with this key still runs',
  idempotency_key_reused: 'The key was used with another request',
  locked: 'Somebody else is working on it',
  version_required: 'The version that was seen is needed',
  rate_limited: 'Too many requests',
  storage_unavailable: 'Nothing can be written now',
  overloaded: 'Too much to do at the moment',
  draining: 'The hub is restarting',
  internal: 'The hub failed at this request',
};

/** Below it the meaning of each code is explained, one anchor a code. */
export const PROBLEM_PAGE = '/docs/errors';

export interface Problem {
  /** A URI reference: the explanation of the code, on this hub. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: RefusalCode;
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
  readonly details?: unknown;
  readonly current?: Refusal['current'];
  /** Of this request, as in the log. */
  readonly correlationId: string;
}

/** A refusal on its way through Fastify, with the status where it is not that of its code. */
export class RequestRefused extends Error {
  readonly refusal: Refusal;
  readonly status: number;

  constructor(refusal: Refusal, status: number = REFUSALS[refusal.code].status) {
    super(refusal.message);
    this.refusal = refusal;
    this.status = status;
  }
}

export function problemOf(
  refusal: Refusal,
  correlationId: string,
  status: number = REFUSALS[refusal.code].status,
): Problem {
  const { code, message, retryAfterMs, details, current } = refusal;
  return {
    type: `${PROBLEM_PAGE}#${code}`,
    title: PROBLEM_TITLES[code],
    status,
    detail: message,
    code,
    retryable: REFUSALS[code].retryable,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(details !== undefined && { details }),
    ...(current !== undefined && { current }),
    correlationId,
  };
}

/** `correlationId` is the request's id. */
export function sendProblem(reply: FastifyReply, refusal: Refusal, status?: number): FastifyReply {
  const problem = problemOf(refusal, reply.request.id, status);
  if (refusal.retryAfterMs !== undefined) {
    void reply.header('retry-after', String(Math.ceil(refusal.retryAfterMs / 1_000)));
  }
  if (problem.status === 401) void reply.header('www-authenticate', challenge(refusal));
  return reply.code(problem.status).type(PROBLEM_TYPE).send(JSON.stringify(problem));
}

/** RFC 6750, section 3. */
function challenge({ code }: Refusal): string {
  const realm = 'Bearer realm="expeditor"';
  return code === 'token_expired' ? `${realm}, error="invalid_token"` : realm;
}

/** What a bug looks like from outside: its details are in the log, under the correlation id. */
export function internalFault(): Refusal {
  return refuse('internal', 'something went wrong here; it was logged');
}
