/**
 * Bytes from a client to a typed message, a refusal, or the verdict that the connection must end. After this nobody checks
 * shapes again.
 */
import { Type as Schema, type TObject } from 'typebox';
import { assertNever } from '../base/assert.js';
import { cardDataIn } from '../base/card-data.js';
import { refuse, type Refusal } from '../base/refusal.js';
import { BROKEN, type BrokenReason } from './broken.js';
import { cardFaults, refuseCardData } from './card-faults.js';
import { isViewName } from './channels.js';
import { checkCommand, checkQuery, named, unknownName, withFaults } from './check.js';
import { decode } from './codec.js';
import { compileChecker, type Checker } from './compile.js';
import { guardVerdict } from './guard.js';
import { KEY_LENGTH_MAX, REQUEST_ID_LENGTH_MAX } from './limits.js';
import type { ClientMessage, Encoding } from './messages.js';
import { ENVELOPES, pickBy, type Pick } from './schemas.js';

type Type = ClientMessage['type'];
type Fields = Readonly<Record<string, unknown>>;

export type ParsedMessage =
  | { readonly kind: 'message'; readonly message: ClientMessage }
  /** The connection ends with `close`. */
  | {
      readonly kind: 'broken';
      readonly reason: BrokenReason;
      readonly close: (typeof BROKEN)[BrokenReason];
    }
  /** An `error` answers it. `type` is what the client wrote; `id` and `key` where they are fit to be repeated. */
  | {
      readonly kind: 'refused';
      readonly type: string;
      readonly id?: string;
      readonly key?: string;
      readonly refusal: Refusal;
    };

interface Envelope {
  readonly faults: Checker;
  readonly pick: Pick;
}

const envelopes: ReadonlyMap<string, Envelope> = new Map(
  Object.entries(ENVELOPES).map(([type, schema]) => [
    type,
    { faults: compileChecker(schema), pick: pickBy(tagged(schema)) },
  ]),
);
function tagged(envelope: TObject): TObject {
  return Schema.Object({ type: Schema.String(), ...envelope.properties });
}

export function parseClientMessage(bytes: Uint8Array, encoding: Encoding): ParsedMessage {
  const verdict = guardVerdict(bytes, encoding);
  if (verdict !== null && verdict !== 'card_suspected') return broken(verdict);
  const fields = decodeFields(bytes, encoding);
  if (typeof fields === 'string') return broken(fields);
  const type = fields['type'];
  if (typeof type !== 'string') return broken('no_type');
  return (verdict === null ? null : refuseCards(type, fields)) ?? read(type, fields);
}

/** Before anything else: other refusals repeat names. A token is never repeated, kept or logged, so it may be anything. */
function refuseCards(type: string, fields: Fields): ParsedMessage | null {
  const faults = cardFaults(isWithToken(type) ? { ...fields, token: null } : fields);
  return faults.length === 0 ? null : refused(type, fields, refuseCardData(faults));
}

function isWithToken(type: string): boolean {
  return type === ('hello' satisfies Type) || type === ('auth' satisfies Type);
}

/** The guards have made sure of a map. */
function decodeFields(bytes: Uint8Array, encoding: Encoding): Fields | BrokenReason {
  try {
    return decode(bytes, encoding) as Fields;
  } catch (error) {
    return error instanceof TypeError ? 'invalid_utf8' : 'not_decodable';
  }
}

function read(type: string, fields: Fields): ParsedMessage {
  const envelope = envelopes.get(type);
  if (envelope === undefined) {
    return refused(type, fields, refuse('bad_message', `there is no message${named(type)}`));
  }
  const faults = envelope.faults(fields);
  if (faults.length > 0) return refused(type, fields, withFaults('bad_message', type, faults));
  const message = envelope.pick(fields) as unknown as ClientMessage;
  const refusal = refuseInside(message);
  return refusal === null ? { kind: 'message', message } : refused(type, fields, refusal);
}

/** What the envelope's schema cannot say: names, and what stands inside commands and queries. */
function refuseInside(message: ClientMessage): Refusal | null {
  switch (message.type) {
    case 'subscribe':
      if (!isViewName(message.view)) return unknownName('view', message.view);
      if (message.station !== undefined && message.view !== 'kitchen') {
        const faults = [{ path: '/station', reason: 'is for the view kitchen alone' }];
        return withFaults('validation_failed', 'subscribe', faults);
      }
      return null;
    case 'command':
      return checkCommand(message.name, message.payload);
    case 'query':
      return checkQuery(message.name, message.params);
    case 'hello':
    case 'auth':
    case 'unsubscribe':
    case 'heartbeat':
    case 'ping':
      return null;
    default:
      return assertNever(message);
  }
}

function broken(reason: BrokenReason): ParsedMessage {
  return { kind: 'broken', reason, close: BROKEN[reason] };
}

function refused(type: string, fields: Fields, refusal: Refusal): ParsedMessage {
  const id = repeatable(fields['id'], REQUEST_ID_LENGTH_MAX);
  const key = repeatable(fields['key'], KEY_LENGTH_MAX);
  return {
    kind: 'refused',
    type,
    ...(id !== null && { id }),
    ...(key !== null && type === ('command' satisfies Type) && { key }),
    refusal,
  };
}

function repeatable(value: unknown, lengthMax: number): string | null {
  if (typeof value !== 'string' || value.length === 0 || value.length > lengthMax) return null;
  return cardDataIn(value) === null ? value : null;
}
