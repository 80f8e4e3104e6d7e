/** Memory against the store: for administrators, of their own branch. */
import { Type } from 'typebox';
import type { Refusal } from '../../base/refusal.js';
import { Id, Name, strict } from '../../domain/fields.js';
import type { HubBranch } from '../../hub/hub-branch.js';
import type { Checked, OrderCheck } from '../../hub/consistency/branch-consistency.js';
import type { Asker } from '../../hub/consistency/memory-repair.js';
import type { Principal } from '../../protocol/messages.js';
import { defineRoute, type RouteAnswer } from '../route.js';

const ADMIN = ['admin'] as const;
/** Orders of one bulk check. */
const BULK_ORDERS_MAX = 200;

const Count = Type.Integer({ minimum: 0 });
const Held = Type.Enum(['hot', 'cold', 'none']);

const Stats = strict({
  cold_cache: strict({
    entries: Count,
    bytes: Count,
    hits: Count,
    misses: Count,
    evictions: Count,
    tags: Count,
  }),
  hot: strict({ orders: Count, lines: Count }),
  checks: strict({
    consistency_checks: Count,
    inconsistencies: Count,
    repairs: Count,
    external_changes: Count,
  }),
});

const Place = { table: Type.String(), id: Type.String() };
const Difference = Type.Union([
  strict({ ...Place, column: Type.String(), memory: Type.Unknown(), stored: Type.Unknown() }),
  strict({ ...Place, column: Type.String(), differs: Type.Literal(true) }),
  strict({ ...Place, missing: Type.Enum(['memory', 'store']) }),
]);

const Validated = Type.Union([
  strict({ consistent: Type.Literal(true) }),
  strict({
    consistent: Type.Literal(false),
    action: Type.Literal('fixed'),
    difference: Type.Array(Difference),
  }),
]);
const Synced = strict({ held: Held, changed: Type.Boolean() });
const Invalidated = strict({ held: Held, action: Type.Enum(['dropped', 'read_anew', 'none']) });
const BulkDone = strict({ checked: Count, repaired: Count, not_found: Count });

const Tag = strict({ kind: Type.Enum(['shift', 'table', 'station']), id: Name });
const BulkBody = strict({
  order_ids: Type.Optional(Type.Array(Id, { maxItems: BULK_ORDERS_MAX })),
});

interface Asked {
  readonly principal: Principal;
  readonly branch: HubBranch;
  readonly correlationId: string;
}

function askerOf({ principal, correlationId }: Asked): Asker {
  return { staffId: principal.id, deviceId: principal.device_id, correlationId };
}

function answerOf<Result>(
  checked: Checked<Result>,
  body: (result: Result) => unknown,
): RouteAnswer | { readonly refusal: Refusal } {
  return checked.kind === 'refused' ? { refusal: checked.refusal } : { body: body(checked.result) };
}

function validated({ difference }: OrderCheck): unknown {
  return difference.length === 0
    ? { consistent: true }
    : { consistent: false, action: 'fixed', difference };
}

const ACTIONS = { hot: 'read_anew', cold: 'dropped', none: 'none' } as const;

export const cacheRoutes = [
  defineRoute({
    method: 'GET',
    path: '/cache/stats',
    tag: 'Consistency',
    summary: 'Read what memory holds and how it fared',
    description:
      'The cache of cold orders and the checks are those of the whole hub; what is hot is the branch’s.',
    access: ADMIN,
    answers: { 200: { description: 'Sizes and counts', schema: Stats } },
    handle: ({ branch, context }) => {
      const of = context.hub.stats();
      const count = (name: string): number => of[name] ?? 0;
      const { hot } = branch.hub;
      return {
        body: {
          cold_cache: {
            entries: count('cold_cache_entries'),
            bytes: count('cold_cache_bytes'),
            hits: count('cold_cache_hits_total'),
            misses: count('cold_cache_misses_total'),
            evictions: count('cold_cache_evictions_total'),
            tags: count('cold_cache_tags'),
          },
          hot: { orders: hot.orders.size, lines: hot.tables.order_line.size },
          checks: {
            consistency_checks: count('consistency_checks_total'),
            inconsistencies: count('inconsistencies_total'),
            repairs: count('repairs_total'),
            external_changes: count('external_changes_total'),
          },
        },
      };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/cache/validate/:orderId',
    tag: 'Consistency',
    summary: 'Compare what memory holds of an order with the store, and repair it',
    description:
      'The store is right. What differed is named column by column, personal columns without their values; screens that may ' +
      'have been shown wrong rows get a new snapshot.',
    access: ADMIN,
    answers: { 200: { description: 'Whether memory was right', schema: Validated } },
    refusals: ['not_found', 'storage_unavailable'],
    handle: async (call) => {
      const { consistency } = call.branch;
      return answerOf(await consistency.checkOrder(call.params.orderId, askerOf(call)), validated);
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/cache/sync/:orderId',
    tag: 'Consistency',
    summary: 'Have memory take an order from the store',
    access: ADMIN,
    answers: { 200: { description: 'Memory holds what is stored', schema: Synced } },
    refusals: ['not_found', 'storage_unavailable'],
    handle: async (call) => {
      const { consistency } = call.branch;
      const checked = await consistency.checkOrder(call.params.orderId, askerOf(call));
      return answerOf(checked, ({ held, difference }) => ({
        held,
        changed: difference.length > 0,
      }));
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/cache/invalidate/:orderId',
    tag: 'Consistency',
    summary: 'Have memory forget an order',
    description: 'A cold order leaves the cache. A hot one cannot leave memory: it is read anew.',
    access: ADMIN,
    answers: { 200: { description: 'Where it was held, and what was done', schema: Invalidated } },
    refusals: ['not_found', 'storage_unavailable'],
    handle: async (call) => {
      const { consistency } = call.branch;
      const checked = await consistency.invalidateOrder(call.params.orderId, askerOf(call));
      return answerOf(checked, ({ held }) => ({ held, action: ACTIONS[held] }));
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/cache/invalidate',
    tag: 'Consistency',
    summary: 'Drop the cold orders of a shift, table or station',
    access: ADMIN,
    body: strict({ tag: Tag }),
    answers: { 200: { description: 'How many', schema: strict({ dropped: Count }) } },
    handle: ({ branch, body }) => ({
      body: { dropped: branch.consistency.dropTagged(body.tag) },
    }),
  }),
  defineRoute({
    method: 'POST',
    path: '/cache/bulk-sync',
    tag: 'Consistency',
    summary: 'Have memory take many orders from the store',
    description: `These orders (at most ${String(BULK_ORDERS_MAX)}), or all hot ones, a few at a time.`,
    access: ADMIN,
    body: BulkBody,
    answers: { 200: { description: 'Counts', schema: BulkDone } },
    refusals: ['storage_unavailable'],
    handle: async (call) => {
      const { consistency } = call.branch;
      const checked = await consistency.checkOrders(call.body.order_ids ?? null, askerOf(call));
      return answerOf(checked, (counts) => counts);
    },
  }),
];
