/**
 * The envelope of each message from a client. Fields that a schema does not name are ignored and not copied on; what a
 * command or query holds inside (`payload`, `params`) is checked by its own schema.
 */
import { Type, type TObject, type TSchema } from 'typebox';
import type { Expect } from '../domain/command.js';
import { TABLE_NAMES } from '../domain/tables.js';
import { CORRELATION_ID_LENGTH_MAX, KEY_LENGTH_MAX, REQUEST_ID_LENGTH_MAX } from './limits.js';
import type { ClientMessage } from './messages.js';

const RequestId = Type.String({ minLength: 1, maxLength: REQUEST_ID_LENGTH_MAX });
const Version = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
/** UTC epoch milliseconds. */
export const Time = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

/** `{name: version}` with any names. */
const Versions = Type.Object({}, { additionalProperties: Version });

const ExpectSchema = Type.Object(
  Object.fromEntries(TABLE_NAMES.map((table) => [table, Type.Optional(Versions)])),
  { additionalProperties: false },
);

/** The versions that a client saw. One object, so that documents can refer to it by name. */
export const OptionalExpect = Type.Optional(Type.Unsafe<Expect>(ExpectSchema));

/** Any object: checked later, against a schema of its own. */
export const Inside = Type.Object({});

export const ENVELOPES: Readonly<Record<ClientMessage['type'], TObject>> = {
  hello: Type.Object({
    id: RequestId,
    token: Type.String(),
    client: Type.Optional(
      Type.Object({
        name: Type.String({ maxLength: 120 }),
        version: Type.String({ maxLength: 120 }),
      }),
    ),
    sessionId: Type.Optional(Type.String({ maxLength: 64 })),
  }),
  auth: Type.Object({ id: RequestId, token: Type.String() }),
  subscribe: Type.Object({
    id: RequestId,
    view: Type.String(),
    branchId: Type.String(),
    station: Type.Optional(Type.String({ minLength: 1 })),
    since: Type.Optional(Type.Object({ epoch: Type.String(), version: Version })),
  }),
  unsubscribe: Type.Object({ id: RequestId, channel: Type.String() }),
  command: Type.Object({
    id: RequestId,
    key: Type.String({ minLength: 1, maxLength: KEY_LENGTH_MAX }),
    name: Type.String(),
    branchId: Type.String(),
    payload: Inside,
    expect: OptionalExpect,
    correlationId: Type.Optional(
      Type.String({ minLength: 1, maxLength: CORRELATION_ID_LENGTH_MAX }),
    ),
    clientAt: Type.Optional(Time),
  }),
  query: Type.Object({
    id: RequestId,
    name: Type.String(),
    branchId: Type.String(),
    params: Inside,
  }),
  heartbeat: Type.Object({
    versions: Versions,
    queue: Type.Optional(
      Type.Object({ length: Version, oldestAt: Type.Union([Time, Type.Null()]) }),
    ),
  }),
  ping: Type.Object({ id: RequestId }),
};

/** Copies the fields that a schema names, of maps and of values of any shape all. */
export type Pick = (value: Readonly<Record<string, unknown>>) => Record<string, unknown>;

/** The value must have passed the schema. */
export function pickBy(schema: TObject): Pick {
  const fields = Object.entries(schema.properties).map(([name, field]) => ({
    name,
    pick: isClosedObject(field) ? pickBy(field) : null,
  }));
  return (value) => {
    const picked: Record<string, unknown> = {};
    for (const { name, pick } of fields) {
      const field = value[name];
      if (field === undefined) continue;
      picked[name] = pick === null ? field : pick(field as Readonly<Record<string, unknown>>);
    }
    return picked;
  };
}

/** An object whose fields are all named, and that may come with more. */
function isClosedObject(schema: TSchema): schema is TObject {
  return (
    Type.IsObject(schema) &&
    !('additionalProperties' in schema) &&
    Object.keys(schema.properties).length > 0
  );
}
