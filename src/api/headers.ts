/** The request headers that the API gives a meaning to. */
import type { IncomingHttpHeaders } from 'node:http';
import { cardDataIn } from '../base/card-data.js';
import { holdsToken } from '../base/token-text.js';
import { refuse, type FaultDetail, type Refusal } from '../base/refusal.js';
import { CORRELATION_ID_LENGTH_MAX, KEY_LENGTH_MAX } from '../protocol/limits.js';

export type HeaderReading<T> =
  | { readonly kind: 'value'; readonly value: T }
  | { readonly kind: 'fault'; readonly fault: FaultDetail };

/** Visible ASCII. */
const PLAIN = /^[\x21-\x7e]+$/;
const PRINTABLE = /^[\x20-\x7e]+$/;
const ETAG_VERSION = /^"(\d{1,15})(?:\.\d{1,15})?"$/;
const BEARER = /^Bearer +([\w.~+/-]+=*)$/i;

const NOTHING = { kind: 'value', value: null } as const;

/** The token, or why there is none. */
export function bearerToken(headers: IncomingHttpHeaders): string | Refusal {
  const given = headers.authorization;
  if (given === undefined) {
    return refuse('unauthenticated', 'an access token is needed: Authorization: Bearer ...');
  }
  return (
    BEARER.exec(given)?.[1] ?? refuse('unauthenticated', 'Authorization must be Bearer and a token')
  );
}

/** As it stands, or between the quotes of a structured header (RFC 8941). null: none came. */
export function idempotencyKey(headers: IncomingHttpHeaders): HeaderReading<string | null> {
  const given = single(headers['idempotency-key']);
  if (given === undefined) return NOTHING;
  const key = /^"(.*)"$/.exec(given)?.[1] ?? given;
  return PRINTABLE.test(key) && key.length <= KEY_LENGTH_MAX
    ? { kind: 'value', value: key }
    : fault('idempotency-key', `must be 1 to ${KEY_LENGTH_MAX} printable characters`);
}

/** The version that the client saw; 0: there must be no record yet. null: neither header came. */
export function versionSeen(headers: IncomingHttpHeaders): HeaderReading<number | null> {
  const { 'if-match': match, 'if-none-match': noneMatch } = headers;
  if (match !== undefined) {
    const version = ETAG_VERSION.exec(match)?.[1];
    return version === undefined
      ? fault('if-match', 'must be one ETag that this hub gave, like "7"')
      : { kind: 'value', value: Number(version) };
  }
  if (noneMatch === undefined) return NOTHING;
  return noneMatch === '*' ? { kind: 'value', value: 0 } : fault('if-none-match', 'must be *');
}

/** Whether the client holds the representation with this ETag already. */
export function holds(headers: IncomingHttpHeaders, etag: string): boolean {
  const tags = headers['if-none-match']?.split(',') ?? [];
  return tags.some((tag) => tag.trim().replace(/^W\//, '') === etag);
}

/** Where the caller's id of what it is doing may stand, first of all. What is not fit to be written down is passed over. */
export function correlationId(headers: IncomingHttpHeaders): string | undefined {
  const candidates = [
    single(headers['x-correlation-id']),
    single(headers['x-request-id']),
    traceId(single(headers['traceparent'])),
  ];
  return candidates.find(
    (id) =>
      id !== undefined &&
      PLAIN.test(id) &&
      id.length <= CORRELATION_ID_LENGTH_MAX &&
      cardDataIn(id) === null &&
      !holdsToken(id),
  );
}

/** The trace id of a W3C `traceparent`. */
function traceId(traceparent: string | undefined): string | undefined {
  return /^[\da-f]{2}-([\da-f]{32})-[\da-f]{16}-[\da-f]{2}/.exec(traceparent ?? '')?.[1];
}

function single(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : header?.[0];
}

function fault(header: string, reason: string): HeaderReading<never> {
  return { kind: 'fault', fault: { path: `/headers/${header}`, reason } };
}
