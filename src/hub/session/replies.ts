/** Refusals and answers as messages. */
import { REFUSALS, type Refusal } from '../../base/refusal.js';
import type { AckMessage, ErrorMessage } from '../../protocol/messages.js';
import type { CommandAnswer } from '../branch/answer.js';

/** What a reply bears of its request. */
export interface Request {
  readonly id?: string;
  readonly key?: string;
}

export function errorMessage(refusal: Refusal, { id, key }: Request): ErrorMessage {
  const { code, message, retryAfterMs, details, current } = refusal;
  return {
    type: 'error',
    ...(id !== undefined && { id }),
    ...(key !== undefined && { key }),
    code,
    status: REFUSALS[code].status,
    message,
    retryable: REFUSALS[code].retryable,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(details !== undefined && { details }),
    ...(current !== undefined && { current }),
  };
}

export function commandReply(
  answer: CommandAnswer,
  request: { readonly id: string; readonly key: string },
): AckMessage | ErrorMessage {
  if (answer.kind === 'refused') return errorMessage(answer.refusal, request);
  const { id, key } = request;
  const { version, durability, result, replayed } = answer;
  if (version === null) return { type: 'ack', id, key, durability, result };
  if (!replayed) return { type: 'ack', id, key, version, durability, result };
  return { type: 'ack', id, key, version, durability, result, replayed: true };
}
