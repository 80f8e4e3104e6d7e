/** What was: an order's history, its state at a past moment, and the list of who did what. */
import { Type } from 'typebox';
import { refuse } from '../../base/refusal.js';
import { Id, nullable, strict } from '../../domain/fields.js';
import type { Role } from '../../domain/rows.js';
import {
  HISTORY_PAGE_MAX,
  HISTORY_ROLES,
  orderAt,
  orderHistory,
  type AskedOrder,
} from '../../hub/history/order-history.js';
import { ROW_SCHEMAS } from '../../protocol/row-schemas.js';
import { Time } from '../../protocol/schemas.js';
import type { ApiContext } from '../context.js';
import { defineRoute, type RouteAnswer } from '../route.js';

const AUDIT_PAGE_MAX = 200;
/** The list names every person and device: it is for those who answer for the branch. */
const AUDIT_ROLES = ['admin', 'manager'] as const;

const Version = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const Text = Type.String({ minLength: 1, maxLength: 128 });

const Entry = {
  version: Type.Integer(),
  at: Type.Integer(),
  device: Type.String(),
  command: Type.String(),
  correlation_id: nullable(Type.String()),
};

const Operation = strict({
  op: Type.Enum(['add', 'remove', 'replace']),
  path: Type.String(),
  value: Type.Optional(Type.Unknown()),
});

const keyed = (table: 'order_line' | 'order_payment' | 'order_adjustment') =>
  Type.Record(Type.String(), ROW_SCHEMAS[table]);

const OrderDocument = strict({
  header: ROW_SCHEMAS.order_header,
  lines: keyed('order_line'),
  payments: keyed('order_payment'),
  adjustments: keyed('order_adjustment'),
});

function asked({
  params,
  principal,
  context,
}: {
  readonly params: { readonly order: string };
  readonly principal: { readonly role: Role; readonly branch_id: string };
  readonly context: ApiContext;
}): AskedOrder {
  const { role, branch_id: branchId } = principal;
  return { store: context.store, branchId, orderId: params.order, role };
}

function answered(
  outcome: { readonly result: unknown } | Extract<RouteAnswer, { refusal: unknown }>,
): RouteAnswer {
  return 'refusal' in outcome ? outcome : { body: outcome.result };
}

export const historyRoutes = [
  defineRoute({
    method: 'GET',
    path: '/branches/:branch/orders/:order/history',
    tag: 'Orders',
    summary: 'Read what was done to an order, one commit after the other',
    description:
      'Each entry has a JSON Patch (RFC 6902) from the order before to the order after it, as a document ' +
      '`{header, lines: {id: row}, payments: {id: row}, adjustments: {id: row}}`. The first begins with `{}`; all of them ' +
      'applied give the order as it stands. The name of a guest that was replaced or erased is null.',
    access: HISTORY_ROLES,
    query: strict({
      after: Type.Optional(Version),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: HISTORY_PAGE_MAX })),
    }),
    answers: {
      200: {
        description: 'Entries behind the version `after`; `next` is `after` of the next page',
        schema: strict({
          entries: Type.Array(
            strict({ ...Entry, by: Type.String(), patch: Type.Array(Operation) }),
          ),
          next: nullable(Type.Integer()),
        }),
      },
    },
    refusals: ['not_found'],
    handle: async (call) => answered(await orderHistory(asked(call), call.query)),
  }),
  defineRoute({
    method: 'GET',
    path: '/branches/:branch/orders/:order/state',
    tag: 'Orders',
    summary: 'Read an order as it was at a moment or after a commit',
    description:
      'Either `at` (UTC epoch milliseconds) or `version` (of the branch): as the last commit up to there left it.',
    access: HISTORY_ROLES,
    query: strict({ at: Type.Optional(Time), version: Type.Optional(Version) }),
    answers: {
      200: {
        description: 'The order, its rows by id, and the commit that left it so',
        schema: strict({ version: Type.Integer(), at: Type.Integer(), order: OrderDocument }),
      },
    },
    refusals: ['not_found'],
    async handle(call) {
      const { at, version } = call.query;
      if (at !== undefined && version === undefined) {
        return answered(await orderAt(asked(call), { at }));
      }
      if (version !== undefined && at === undefined) {
        return answered(await orderAt(asked(call), { version }));
      }
      const details = [{ path: '/at', reason: 'name either at or version' }];
      return { refusal: refuse('validation_failed', 'name either at or version', { details }) };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/branches/:branch/audit',
    tag: 'Audit',
    summary: 'List who did what, when and from which device, newest first',
    description:
      'Every commit of the branch, also what administrators changed. A page may be short, or empty, and still have a ' +
      'cursor: go on until it is null. `from` is inclusive, `to` exclusive.',
    access: AUDIT_ROLES,
    query: strict({
      from: Type.Optional(Time),
      to: Type.Optional(Time),
      actor: Type.Optional(Text),
      device: Type.Optional(Id),
      command: Type.Optional(Text),
      cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: AUDIT_PAGE_MAX })),
    }),
    answers: {
      200: {
        description: 'A page of commits, with the ids of the records that each wrote, by table',
        schema: strict({
          entries: Type.Array(
            strict({
              ...Entry,
              actor: Type.String(),
              key: nullable(Type.String()),
              records: Type.Record(Type.String(), Type.Array(Type.String())),
            }),
          ),
          cursor: nullable(Type.String()),
        }),
      },
    },
    handle: async ({ context, principal, query }) => ({
      body: await context.store.audit(principal.branch_id, query),
    }),
  }),
];
