/** What follows from the hub's refusal of a queued command. */
import { REFUSALS, type CurrentRecords } from '../../base/refusal.js';
import type { CommandRefused } from '../requests/errors.js';
import type { QueueEntry, QueueRefusal, StoredEntry, WaitReason } from './entry.js';

export type AfterRefusal =
  /** It is tried again when what it waits for may have come. */
  | { readonly kind: 'wait'; readonly reason: WaitReason }
  /** The number's lease had lapsed: it is sent again at once without it. */
  | { readonly kind: 'unnumbered'; readonly change: (held: StoredEntry) => StoredEntry }
  /** It may have been done long ago, under a key that the hub has forgotten. */
  | { readonly kind: 'look'; readonly orderId: string; readonly error: QueueRefusal }
  /** For a person. */
  | { readonly kind: 'refused'; readonly error: QueueRefusal };

const WAITS: Readonly<Partial<Record<string, WaitReason['code']>>> = {
  shift_closed: 'shift_closed',
  // The person must sign in again; the sale is none the worse for it.
  unauthenticated: 'signed_out',
  token_expired: 'signed_out',
};

export function afterRefusal(entry: QueueEntry, refusal: CommandRefused): AfterRefusal {
  const error = toQueueRefusal(refusal);
  const code = WAITS[error.code];
  if (code !== undefined) return { kind: 'wait', reason: { code, message: error.message } };
  if (error.code === 'already_exists' || isRefusedClose(entry, error)) {
    const orderId = entry.payload['order_id'];
    if (typeof orderId === 'string') return { kind: 'look', orderId, error };
  }
  if (isAboutNumber(error) && typeof entry.payload['number'] === 'number') {
    return { kind: 'unnumbered', change: withoutNumber };
  }
  return { kind: 'refused', error };
}

/** A closed order takes no second close: it may be this very one. */
function isRefusedClose({ name }: QueueEntry, { code }: QueueRefusal): boolean {
  return name === 'order.close' && code === 'invalid_state';
}

/** Whether the shift is another than this client thought. */
export function isAboutShift(after: AfterRefusal): boolean {
  return (
    after.kind === 'unnumbered' || (after.kind === 'wait' && after.reason.code === 'shift_closed')
  );
}

function withoutNumber(held: StoredEntry): StoredEntry {
  const { number, ...payload } = held.payload;
  return { ...held, payload, newNumber: { printed: Number(number), number: null, told: false } };
}

export function versionConflict(current: CurrentRecords): QueueRefusal {
  return {
    code: 'version_conflict',
    ...REFUSALS.version_conflict,
    message: 'what this was decided on has changed since',
    current,
  };
}

export function toQueueRefusal(refusal: CommandRefused): QueueRefusal {
  const { code, status, reason, retryable, details, current } = refusal;
  return {
    code,
    status,
    message: reason,
    retryable,
    ...(details === undefined ? {} : { details }),
    ...(current === undefined ? {} : { current }),
  };
}

/** The leased range lapsed when its shift ended. */
function isAboutNumber({ code, details }: QueueRefusal): boolean {
  if (code !== 'validation_failed' || !Array.isArray(details)) return false;
  return (details as readonly { path?: unknown }[]).some(({ path }) => path === '/number');
}
