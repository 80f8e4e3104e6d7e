/** Figures for cashiers, managers and administrators. */
import { ShiftReportParams } from '../../protocol/queries.js';
import { QUERY_RESULTS } from '../../protocol/result-schemas.js';
import { ask } from '../ask.js';
import { defineRoute } from '../route.js';

export const reportRoutes = [
  defineRoute({
    method: 'GET',
    path: '/branches/:branch/reports/shift',
    tag: 'Reports',
    summary: 'The X report of the open shift, or the Z report of a closed one',
    description: 'Without `shift_id`: the open shift for x, the one closed last for z.',
    access: ['admin', 'manager', 'cashier'],
    query: ShiftReportParams,
    answers: { 200: { description: 'The report', schema: QUERY_RESULTS['shift.report'] } },
    refusals: ['not_found', 'invalid_state'],
    handle: (call) => ask(call, 'shift.report', call.query),
  }),
];
