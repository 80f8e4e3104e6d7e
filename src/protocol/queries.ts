/** The parameters of each query, uncompiled: what a client may ask besides following channels. */
import { Type, type Static } from 'typebox';
import type { QueryName } from './messages.js';
import { REPORT_PARAMS } from './report-queries.js';

/** Orders in one page of `order.list`, and lines in one answer of `kitchen.recent`. */
export const PAGE_LENGTH_MAX = 200;

const Id = Type.String({ minLength: 1, maxLength: 64 });
const Time = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const Limit = Type.Integer({ minimum: 1, maximum: PAGE_LENGTH_MAX });

export const BranchGetParams = Type.Object({}, { additionalProperties: false });

export const OrderGetParams = Type.Object({ order_id: Id }, { additionalProperties: false });

export const OrderListParams = Type.Object(
  {
    status: Type.Optional(Type.Enum(['open', 'preparing', 'ready', 'closed', 'voided'])),
    table_no: Type.Optional(Type.String({ minLength: 1, maxLength: 120 })),
    from: Type.Optional(Time),
    to: Type.Optional(Time),
    number: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
    cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    limit: Type.Optional(Limit),
  },
  { additionalProperties: false },
);

export const KitchenRecentParams = Type.Object(
  { station: Type.Optional(Id), limit: Type.Optional(Limit) },
  { additionalProperties: false },
);

export const ShiftReportParams = Type.Object(
  { shift_id: Type.Optional(Id), kind: Type.Enum(['x', 'z']) },
  { additionalProperties: false },
);

export const QUERY_PARAMS = {
  'branch.get': BranchGetParams,
  'order.get': OrderGetParams,
  'order.list': OrderListParams,
  'kitchen.recent': KitchenRecentParams,
  'shift.report': ShiftReportParams,
  ...REPORT_PARAMS,
} as const satisfies Record<QueryName, object>;

/** Of a query that takes none. */
type NoParams = Readonly<Record<string, never>>;

export type QueryParams = {
  readonly [Name in QueryName]: Name extends 'branch.get'
    ? NoParams
    : Static<(typeof QUERY_PARAMS)[Name]>;
};
