/** A request's path, query, body and headers, checked by its route's schemas: after this nobody checks shapes again. */
import type { FastifyRequest } from 'fastify';
import { Type, type TObject, type TSchema } from 'typebox';
import { assert } from '../base/assert.js';
import type { FaultDetail, Refusal } from '../base/refusal.js';
import { Id, strict } from '../domain/fields.js';
import { check, withFaults } from '../protocol/check.js';
import { compileChecker } from '../protocol/compile.js';
import { idempotencyKey, versionSeen, type HeaderReading } from './headers.js';
import type { Route } from './route.js';

type Fields = Readonly<Record<string, unknown>>;

export interface RequestParts {
  readonly params: Fields;
  readonly query: Fields;
  readonly body: unknown;
  readonly idempotencyKey: string | null;
  readonly ifMatch: number | null;
  readonly accept: string | null;
}

export type ReadRequest = (request: FastifyRequest) => RequestParts | Refusal;

const NOTHING = strict({});
const NO_HEADER: HeaderReading<null> = { kind: 'value', value: null };

/** Compiles the route's schemas; throws where one of them would let unknown fields in. */
export function requestReader(route: Route): ReadRequest {
  const { query = NOTHING, body = NOTHING, conditional = false } = route;
  const keyRule = route.idempotencyKey ?? 'none';
  const where = `${route.method} ${route.path}`;
  for (const schema of [query, body]) {
    assert(refusesUnknown(schema), `${where} refuses unknown fields`);
  }
  const checkers = {
    params: compileChecker(pathSchema(route)),
    query: compileChecker(query),
    body: compileChecker(body),
  };
  return (request) => {
    const params = request.params as Fields;
    const fields = queryFields(query, request.query as Fields);
    const content = (request.body ?? {}) as Fields;
    const refusal =
      check(checkers.params, 'path', params) ??
      check(checkers.query, 'query', fields) ??
      check(checkers.body, 'body', content);
    if (refusal !== null) return refusal;
    const key = keyRule === 'none' ? NO_HEADER : idempotencyKey(request.headers);
    const version = conditional ? versionSeen(request.headers) : NO_HEADER;
    const fault = faultOf(key) ?? faultOf(version);
    if (fault !== null) return withFaults('validation_failed', 'headers', [fault]);
    const keyOrNull = valueOf(key);
    if (keyRule === 'required' && keyOrNull === null) {
      const missing = { path: '/headers/idempotency-key', reason: 'is required' };
      return withFaults('validation_failed', 'headers', [missing]);
    }
    return {
      params,
      query: fields,
      body: content,
      idempotencyKey: keyOrNull,
      ifMatch: valueOf(version),
      accept: request.headers.accept ?? null,
    };
  };
}

/** The parameters of the route's path; each is an id unless the route says otherwise. */
export function pathSchema({ path, params }: Pick<Route, 'path' | 'params'>): TObject {
  const names = path.split('/').flatMap((step) => (step.startsWith(':') ? [step.slice(1)] : []));
  const schemas: Readonly<Record<string, TSchema>> = params ?? {};
  return strict(Object.fromEntries(names.map((name) => [name, schemas[name] ?? Id])));
}

function refusesUnknown(schema: TSchema): boolean {
  return 'additionalProperties' in schema && schema.additionalProperties === false;
}

/** Integers and booleans from their text; text that is none is left to the checker. */
function queryFields(schema: TObject, given: Fields): Fields {
  const read: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    read[name] = fromText(schema.properties[name], value);
  }
  return read;
}

function fromText(schema: TSchema | undefined, value: unknown): unknown {
  if (schema === undefined || typeof value !== 'string') return value;
  if (Type.IsInteger(schema) && /^-?\d{1,16}$/.test(value)) return Number(value);
  if (Type.IsBoolean(schema) && (value === 'true' || value === 'false')) return value === 'true';
  return value;
}

function faultOf(reading: HeaderReading<unknown>): FaultDetail | null {
  return reading.kind === 'fault' ? reading.fault : null;
}

function valueOf<T>(reading: HeaderReading<T>): T | null {
  return reading.kind === 'value' ? reading.value : null;
}
