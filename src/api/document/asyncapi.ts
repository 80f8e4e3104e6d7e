/** The WebSocket protocol's document (AsyncAPI 3.0), made from the schemas that the hub checks messages by. */
import { Type, type TObject, type TSchema } from 'typebox';
import { strict } from '../../domain/fields.js';
import { COMMANDS, LEASES } from '../../domain/registry.js';
import { HUB_MESSAGES, TABLE_CHANGES, VIEW_ROWS } from '../../protocol/hub-schemas.js';
import { SUBPROTOCOLS, type ClientMessage, type HubMessage } from '../../protocol/messages.js';
import { QUERY_PARAMS } from '../../protocol/queries.js';
import { QUERY_RESULTS } from '../../protocol/result-schemas.js';
import { ENVELOPES } from '../../protocol/schemas.js';
import { NamedSchemas, type Json } from './named.js';

type ClientType = ClientMessage['type'];
type HubType = HubMessage['type'];

/** What answers each request; none: nothing does. */
const REPLIES: Readonly<Record<ClientType, readonly HubType[]>> = {
  hello: ['welcome', 'error'],
  auth: ['ack', 'error'],
  subscribe: ['snapshot', 'snapshot:delta', 'error'],
  unsubscribe: ['ack', 'error'],
  command: ['ack', 'error'],
  query: ['result', 'error'],
  heartbeat: [],
  ping: ['pong', 'error'],
};

const PUSHES: readonly HubType[] = ['snapshot', 'snapshot:delta', 'delta', 'heartbeat', 'notice'];

const CHANNEL = { $ref: '#/channels/socket' };

const DESCRIPTION =
  'What tills, kitchen screens and scripts speak with the hub: one message a frame, the same in both sub-protocols, ' +
  `${Object.values(SUBPROTOCOLS).join(' and ')}. docs/protocol.md explains each message, command, query and code.`;

/** The same version gives the same document, in the same order. */
export function asyncApiDocument(version: string): Json {
  const named = new NamedSchemas();
  for (const [table, row] of Object.entries(VIEW_ROWS)) named.add(`view.${table}`, row);
  for (const [table, changes] of Object.entries(TABLE_CHANGES)) {
    named.add(`changes.${table}`, changes);
  }
  const clientTypes = Object.keys(ENVELOPES) as ClientType[];
  const hubTypes = Object.keys(HUB_MESSAGES) as HubType[];
  const messages: Record<string, Json> = {};
  for (const type of clientTypes) {
    messages[clientKey(type)] = { name: type, payload: named.refer(clientSchema(type)) };
  }
  for (const type of hubTypes) {
    messages[hubKey(type)] = { name: type, payload: named.refer(hubSchema(type)) };
  }
  const keys = Object.keys(messages);
  return {
    asyncapi: '3.0.0',
    info: { title: 'Expeditor', version, description: DESCRIPTION, license: { name: 'MIT' } },
    defaultContentType: 'application/json',
    servers: { hub: { host: 'localhost:8080', pathname: '/ws', protocol: 'ws' } },
    channels: {
      socket: {
        address: '/ws',
        messages: Object.fromEntries(
          keys.map((key) => [key, { $ref: `#/components/messages/${key}` }]),
        ),
      },
    },
    operations: {
      ...Object.fromEntries(clientTypes.map((type) => [type, operationOf(type)])),
      pushes: {
        action: 'send',
        channel: CHANNEL,
        messages: PUSHES.map((type) => at(hubKey(type))),
      },
    },
    components: { messages, schemas: named.components() },
  };
}

/** The hub's side: it receives what a client asks. */
function operationOf(type: ClientType): Json {
  const replies = REPLIES[type];
  return {
    action: 'receive',
    channel: CHANNEL,
    messages: [at(clientKey(type))],
    ...(replies.length > 0 && {
      reply: { channel: CHANNEL, messages: replies.map((reply) => at(hubKey(reply))) },
    }),
  };
}

const clientKey = (type: ClientType) => (type === 'heartbeat' ? 'client-heartbeat' : type);
const hubKey = (type: HubType) =>
  type === 'heartbeat' ? 'hub-heartbeat' : type.replaceAll(':', '-');
const at = (key: string) => ({ $ref: `#/channels/socket/messages/${key}` });

function clientSchema(type: ClientType): TSchema {
  if (type === 'command') {
    const definitions = Object.values({ ...COMMANDS, ...LEASES });
    return oneOf(
      type,
      definitions.map(({ name, payload }) => ({ name, payload })),
    );
  }
  if (type === 'query') {
    const queries = Object.entries(QUERY_PARAMS);
    return oneOf(
      type,
      queries.map(([name, params]) => ({ name, params })),
    );
  }
  return tagged(type, {});
}

function hubSchema(type: HubType): TSchema {
  const schema = HUB_MESSAGES[type];
  if (type !== 'result') return schema;
  return strict({ ...schema.properties, result: Type.Union(Object.values(QUERY_RESULTS)) });
}

type Choice = { readonly name: string } & Readonly<Record<string, string | TSchema>>;

/** The envelope once for each name, with what that one holds inside. */
function oneOf(type: ClientType, choices: readonly Choice[]): TSchema {
  return Type.Union(
    choices.map(({ name, ...inside }) =>
      tagged(type, { name: Type.Literal(name), ...(inside as Record<string, TSchema>) }),
    ),
  );
}

function tagged(type: ClientType, fields: Readonly<Record<string, TSchema>>): TObject {
  return Type.Object({ type: Type.Literal(type), ...ENVELOPES[type].properties, ...fields });
}
