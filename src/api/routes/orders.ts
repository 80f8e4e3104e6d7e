/** Orders for everybody of the branch, each role with what it may see: in memory and on the disk alike. */
import { OrderListParams } from '../../protocol/queries.js';
import { QUERY_RESULTS } from '../../protocol/result-schemas.js';
import type { OrderGetResult } from '../../protocol/results.js';
import { ask } from '../ask.js';
import { defineRoute } from '../route.js';

/**
 * The header's version, which commands name, and behind the dot all rows' versions together: they only ever rise and no row is
 * deleted, so the sum changes with whatever changes.
 */
function etagOf({ header, lines, payments, adjustments }: OrderGetResult): string {
  const rows = [header, ...lines, ...payments, ...adjustments];
  const sum = rows.reduce((versions, { version }) => versions + version, 0);
  return `${header.version}.${sum}`;
}

export const orderRoutes = [
  defineRoute({
    method: 'GET',
    path: '/branches/:branch/orders',
    tag: 'Orders',
    summary: 'List orders, newest first',
    description: 'A page ends with a cursor; null: there is no more.',
    access: 'signed_in',
    query: OrderListParams,
    answers: { 200: { description: 'A page of orders', schema: QUERY_RESULTS['order.list'] } },
    handle: (call) => ask(call, 'order.list', call.query),
  }),
  defineRoute({
    method: 'GET',
    path: '/branches/:branch/orders/:order',
    tag: 'Orders',
    summary: 'Read an order with its lines, payments, adjustments and status log',
    access: 'signed_in',
    answers: {
      200: {
        description: 'The order. Its ETag begins with the version of its header',
        schema: QUERY_RESULTS['order.get'],
      },
    },
    refusals: ['not_found'],
    async handle(call) {
      const answer = await ask(call, 'order.get', { order_id: call.params.order });
      if ('refusal' in answer) return answer;
      return { ...answer, etag: etagOf(answer.body as OrderGetResult) };
    },
  }),
];
