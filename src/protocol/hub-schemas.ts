/** The messages that the hub sends, as schemas for the protocol's document; messages.ts has the same as types. */
import { Type, type TObject, type TProperties } from 'typebox';
import { REFUSALS } from '../base/refusal.js';
import { nullable, strict } from '../domain/fields.js';
import { VIEW_NAMES, type HubMessage } from './messages.js';
import { DeviceStatusSchema, ROW_SCHEMAS } from './row-schemas.js';

const Text = Type.String();
const Whole = Type.Integer();
const Version = Type.Integer({ minimum: 0 });
const Moment = Type.Integer({ description: 'UTC epoch milliseconds' });
const Durability = Type.Enum(['full', 'normal', 'none']);
const Anything = Type.Object({}, { additionalProperties: true });
/** By channel. */
const Positions = Type.Object({}, { additionalProperties: Version });

/** Of a device that holds sales unsent, or may. */
const SalesWarningSchema = strict({
  code: Type.Enum(['device_holds_sales', 'device_out_of_touch']),
  device_id: Text,
  name: Text,
  queue_length: Whole,
  queue_oldest_at: nullable(Moment),
  last_seen_at: nullable(Moment),
  message: Text,
});

/** Derived, in no table. */
const ShiftTotals = strict({
  id: Text,
  orders: Whole,
  open_orders: Whole,
  guests: Whole,
  gross: Whole,
  discount: Whole,
  tax: Whole,
  total: Whole,
  paid_cash: Whole,
  paid_card: Whole,
  paid_other: Whole,
  refunds: Whole,
  tips: Whole,
  expected_cash: Whole,
  version: Version,
});

/** The tables that views are made of. */
const VIEW_TABLES: Readonly<Record<string, TObject>> = {
  ...ROW_SCHEMAS,
  shift_totals: ShiftTotals,
  device_status: DeviceStatusSchema,
};

/** A row with the view's columns alone: of a record's columns any may be missing but the two that every row has. */
function viewRow({ properties }: TObject): TObject {
  const { id = Text, version = Version, ...columns } = properties;
  const optional: TProperties = {};
  for (const [name, schema] of Object.entries(columns)) optional[name] = Type.Optional(schema);
  return strict({ id, version, ...optional });
}

const PatchOperation = Type.Object({
  op: Type.Enum(['add', 'remove', 'replace', 'move', 'copy', 'test']),
  path: Text,
});

function tableChanges(row: TObject): TObject {
  return strict({
    inserted: Type.Optional(Type.Array(row)),
    updated: Type.Optional(
      Type.Array(
        strict({
          id: Text,
          version: Version,
          changes: Type.Optional(Anything),
          patch: Type.Optional(Type.Array(PatchOperation)),
        }),
      ),
    ),
    deleted: Type.Optional(Type.Array(Text)),
  });
}

/** Rows as views show them, by table. */
export const VIEW_ROWS: Readonly<Record<string, TObject>> = Object.fromEntries(
  Object.entries(VIEW_TABLES).map(([table, row]) => [table, viewRow(row)]),
);

/** What became of the rows of one table, by table. */
export const TABLE_CHANGES: Readonly<Record<string, TObject>> = Object.fromEntries(
  Object.entries(VIEW_ROWS).map(([table, row]) => [table, Type.Optional(tableChanges(row))]),
);

const Tables = strict(
  Object.fromEntries(
    Object.entries(VIEW_ROWS).map(([table, row]) => [table, Type.Optional(Type.Array(row))]),
  ),
);
const Changes = strict(TABLE_CHANGES);

const Principal = strict({
  id: Text,
  name: Text,
  role: Type.Enum(['admin', 'manager', 'cashier', 'waiter', 'kitchen']),
  branch_id: Text,
  device_id: Text,
});

function message(type: HubMessage['type'], fields: TProperties): TObject {
  return strict({ type: Type.Literal(type), ...fields });
}

export const HUB_MESSAGES: Readonly<Record<HubMessage['type'], TObject>> = {
  welcome: message('welcome', {
    id: Text,
    sessionId: Text,
    epoch: Text,
    serverTime: Moment,
    heartbeatMs: Whole,
    durability: Durability,
    principal: Principal,
    limits: strict({
      message_bytes_max: Whole,
      subscriptions_max: Whole,
      commands_in_flight_max: Whole,
      commands_per_minute: Whole,
    }),
  }),
  snapshot: message('snapshot', {
    id: Type.Optional(Text),
    channel: Text,
    view: Type.Enum([...VIEW_NAMES]),
    branchId: Text,
    epoch: Text,
    version: Version,
    serverTime: Moment,
    tables: Tables,
  }),
  'snapshot:delta': message('snapshot:delta', {
    id: Type.Optional(Text),
    channel: Text,
    epoch: Text,
    baseVersion: Version,
    newVersion: Version,
    serverTime: Moment,
    changes: Changes,
  }),
  delta: message('delta', {
    channel: Text,
    baseVersion: Version,
    newVersion: Version,
    changes: Changes,
  }),
  ack: message('ack', {
    id: Text,
    key: Type.Optional(Text),
    version: Type.Optional(Version),
    durability: Type.Optional(Durability),
    result: Type.Optional(
      Type.Object({
        records: Type.Object({}, { additionalProperties: Positions }),
        warnings: Type.Optional(Type.Array(SalesWarningSchema)),
      }),
    ),
    replayed: Type.Optional(Type.Literal(true)),
  }),
  error: message('error', {
    id: Type.Optional(Text),
    key: Type.Optional(Text),
    code: Type.Enum(Object.keys(REFUSALS)),
    status: Whole,
    message: Text,
    retryable: Type.Boolean(),
    retryAfterMs: Type.Optional(Whole),
    details: Type.Optional(Type.Unknown()),
    current: Type.Optional(Anything),
  }),
  result: message('result', { id: Text, result: Type.Unknown() }),
  heartbeat: message('heartbeat', { serverTime: Moment, versions: Positions }),
  notice: message('notice', {
    code: Type.Enum(['draining', 'lagging', 'resync', 'revoked']),
    message: Text,
    channel: Type.Optional(Text),
    retryAfterMs: Type.Optional(Whole),
  }),
  pong: message('pong', { id: Text, serverTime: Moment }),
};
