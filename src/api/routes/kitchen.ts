/** What the kitchen asks for besides its screens. */
import { KitchenRecentParams } from '../../protocol/queries.js';
import { QUERY_RESULTS } from '../../protocol/result-schemas.js';
import { ask } from '../ask.js';
import { defineRoute } from '../route.js';

export const kitchenRoutes = [
  defineRoute({
    method: 'GET',
    path: '/branches/:branch/kitchen/recent',
    tag: 'Kitchen',
    summary: 'The lines that were served last, for recall',
    access: 'signed_in',
    query: KitchenRecentParams,
    answers: {
      200: { description: 'Lines, served last first', schema: QUERY_RESULTS['kitchen.recent'] },
    },
    handle: (call) => ask(call, 'kitchen.recent', call.query),
  }),
];
