/** Expected refusals: one table of codes, and the value that carries one to whoever asked. */

/** Every error code of the protocol, with its HTTP status and whether the same request may be tried again as it is. */
export const REFUSALS = {
  bad_message: { status: 400, retryable: false },
  validation_failed: { status: 400, retryable: false },
  unauthenticated: { status: 401, retryable: false },
  token_expired: { status: 401, retryable: false },
  forbidden: { status: 403, retryable: false },
  not_found: { status: 404, retryable: false },
  version_conflict: { status: 409, retryable: false },
  invalid_state: { status: 409, retryable: false },
  already_exists: { status: 409, retryable: false },
  overpayment: { status: 409, retryable: false },
  balance_due: { status: 409, retryable: false },
  shift_closed: { status: 409, retryable: false },
  shift_has_open_orders: { status: 409, retryable: false },
  item_unavailable: { status: 409, retryable: false },
  idempotency_in_progress: { status: 409, retryable: true },
  idempotency_key_reused: { status: 422, retryable: false },
  locked: { status: 423, retryable: true },
  version_required: { status: 428, retryable: false },
  rate_limited: { status: 429, retryable: true },
  storage_unavailable: { status: 503, retryable: true },
  overloaded: { status: 503, retryable: true },
  draining: { status: 503, retryable: true },
  internal: { status: 500, retryable: true },
} as const satisfies Record<string, { status: number; retryable: boolean }>;

export type RefusalCode = keyof typeof REFUSALS;

/** Where the fault is and why: `path` is a JSON pointer into the payload (`/lines/0/qty`). */
export interface FaultDetail {
  readonly path: string;
  readonly reason: string;
}

/** The records as they stand, by table and id: what a `version_conflict` shows. */
export type CurrentRecords = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export interface Refusal {
  readonly code: RefusalCode;
  readonly message: string;
  /** Shape by code: `FaultDetail[]` for validation_failed, `{status, legal}` for invalid_state, `{holder}` for locked. */
  readonly details?: unknown;
  readonly current?: CurrentRecords;
  readonly retryAfterMs?: number;
}

export function refuse(
  code: RefusalCode,
  message: string,
  more: Omit<Refusal, 'code' | 'message'> = {},
): Refusal {
  return { code, message, ...more };
}
