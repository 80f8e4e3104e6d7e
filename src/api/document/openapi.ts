/** The API's document (OpenAPI 3.1), made from the table of routes: what is checked is what is documented. */
import { Type } from 'typebox';
import { REFUSALS, type RefusalCode } from '../../base/refusal.js';
import { strict } from '../../domain/fields.js';
import { KEY_LENGTH_MAX } from '../../protocol/limits.js';
import { REPORT_RESULTS } from '../../protocol/report-schemas.js';
import { CommandDone } from '../give.js';
import { PROBLEM_TYPE } from '../problem.js';
import { pathSchema } from '../request-reader.js';
import { API_PREFIX, type Route } from '../route.js';
import { NamedSchemas, type Json } from './named.js';

const CODES = Object.keys(REFUSALS) as RefusalCode[];

const Fault = strict({
  path: Type.String({ description: 'JSON pointer' }),
  reason: Type.String(),
});

const ProblemSchema = strict({
  type: Type.String({ format: 'uri-reference', description: 'explains the code' }),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.String(),
  code: Type.Enum(CODES),
  retryable: Type.Boolean({ description: 'the same request may be tried again as it is' }),
  retryAfterMs: Type.Optional(Type.Integer()),
  details: Type.Optional(
    Type.Union([Type.Array(Fault), Type.Unknown()], {
      description: 'by code; of validation_failed each fault with its path',
    }),
  ),
  current: Type.Optional(
    Type.Object(
      {},
      { description: 'of version_conflict: the records as they stand, by table and id' },
    ),
  ),
  correlationId: Type.String(),
});

const DESCRIPTION = [
  'The HTTP API of Expeditor, the hub between the tills and the kitchen of a restaurant.',
  'Send an access token as `Authorization: Bearer TOKEN`. Money is an integer of minor units, times are UTC epoch milliseconds.',
  'Refusals are problem documents (RFC 9457) with a `code`; each code is explained at `/docs/errors`.',
  'What changes something bears an `Idempotency-Key`: the same key with the same content has one effect and one answer.',
  'Screens that follow what happens use the WebSocket protocol: see `/docs/asyncapi.json`.',
].join('\n\n');

/** The same routes and version give the same document, in the same order. */
export function openApiDocument(routes: readonly Route[], version: string): Json {
  const named = new NamedSchemas();
  named.add('Problem', ProblemSchema);
  named.add('CommandDone', CommandDone);
  for (const [name, schema] of Object.entries(REPORT_RESULTS)) named.add(name, schema);
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    (paths[path] ??= {})[route.method.toLowerCase()] = operationOf(route, named);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Expeditor',
      version,
      description: DESCRIPTION,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: API_PREFIX }],
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: named.components(),
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  };
}

function operationOf(route: Route, named: NamedSchemas): Json {
  const { method, path, tag, summary, description, access, body, example } = route;
  const roles = typeof access === 'string' ? [] : access;
  const who = roles.length === 0 ? [] : [`Roles: ${roles.join(', ')}.`];
  const said = [...(description === undefined ? [] : [description]), ...who].join('\n\n');
  return {
    operationId: [method.toLowerCase(), ...path.split(/[/:]+/).slice(1)].join('_'),
    tags: [tag],
    summary,
    ...(said !== '' && { description: said }),
    security: access === 'public' ? [] : [{ bearer: [] }],
    parameters: parametersOf(route, named),
    ...(body !== undefined && {
      requestBody: {
        required: true,
        content: {
          'application/json': {
            schema: named.refer(route.documentedBody ?? body),
            ...(example !== undefined && { example: named.refer(example) }),
          },
        },
      },
    }),
    responses: responsesOf(route, named),
  };
}

function parametersOf(route: Route, named: NamedSchemas): Json[] {
  const { query, idempotencyKey = 'none', conditional = false } = route;
  const inPath = Object.entries(pathSchema(route).properties).map(([name, schema]) => ({
    name,
    in: 'path',
    required: true,
    schema: named.refer(schema),
  }));
  const required = new Set<string>(query?.required);
  const inQuery = Object.entries(query?.properties ?? {}).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.has(name),
    schema: named.refer(schema),
  }));
  return [
    ...inPath,
    ...inQuery,
    ...(idempotencyKey === 'none' ? [] : [keyParameter(idempotencyKey === 'required')]),
    ...(conditional
      ? [
          header('If-Match', 'the ETag that was seen'),
          header('If-None-Match', '*: nothing is there yet'),
        ]
      : []),
    header('X-Correlation-Id', 'follows the request through log, event and answer'),
  ];
}

function keyParameter(required: boolean): Json {
  const schema = { type: 'string', minLength: 1, maxLength: KEY_LENGTH_MAX };
  return { ...header('Idempotency-Key', 'a UUID for choice'), required, schema };
}

function header(name: string, description: string) {
  return { name, in: 'header', required: false, description, schema: { type: 'string' } } as const;
}

function responsesOf(route: Route, named: NamedSchemas): Json {
  const responses: Record<string, Json> = {};
  for (const [status, { description, schema, otherTypes = [] }] of Object.entries(route.answers)) {
    responses[status] = {
      description,
      headers: { 'X-Correlation-Id': { schema: { type: 'string' } } },
      ...(schema !== undefined && {
        content: {
          'application/json': { schema: named.refer(schema) },
          ...Object.fromEntries(
            otherTypes.map((type) => [type, { schema: { type: 'string' } }] as const),
          ),
        },
      }),
    };
  }
  for (const [status, codes] of problemsOf(route)) {
    responses[status] = {
      description: codes.map((code) => `\`${code}\``).join(', '),
      content: { [PROBLEM_TYPE]: { schema: named.refer(ProblemSchema) } },
      ...(codes.some((code) => REFUSALS[code].retryable) && {
        headers: { 'Retry-After': { description: 'seconds', schema: { type: 'integer' } } },
      }),
    };
  }
  return responses;
}

const TOKEN_CODES: readonly RefusalCode[] = ['unauthenticated', 'token_expired', 'forbidden'];

/** By status: what every route of its kind may refuse, and what this one refuses besides. */
function problemsOf({ access, method, refusals = [] }: Route): [number, RefusalCode[]][] {
  const may = new Set<RefusalCode>([
    'bad_message',
    'validation_failed',
    'rate_limited',
    'internal',
    ...refusals,
  ]);
  if (access !== 'public') for (const code of TOKEN_CODES) may.add(code);
  if (method !== 'GET') may.add('draining');
  const byStatus = new Map<number, RefusalCode[]>();
  for (const code of CODES.filter((each) => may.has(each))) {
    const { status } = REFUSALS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return [...byStatus].sort(([a], [b]) => a - b);
}
