/** Erasing what finished orders say of persons. */
import { Type } from 'typebox';
import { refuse } from '../../base/refusal.js';
import { orderErasePersonalData } from '../../domain/admin/order-erase-personal-data.js';
import { Name, strict } from '../../domain/fields.js';
import { eraseOrders } from '../../hub/erasure.js';
import { administer, CHANGE_REFUSALS } from '../administer.js';
import { CommandDone } from '../give.js';
import { defineRoute, type RouteAnswer } from '../route.js';

const TAG = 'Privacy';
const KINDS = ['customer_name', 'note'] as const;
/** More orders of one name are erased by asking again. */
const ORDERS_MAX = 1_000;

const STAYS =
  'Money, items and the history stay. Notes in events of before notes were hashed stay too, and are counted; backups made ' +
  'before keep everything until they are removed.';

const clearInEvents = Type.Integer({
  minimum: 0,
  description: 'Values that events of an older release tell in clear text: those stay',
});

export const privacyRoutes = [
  defineRoute({
    method: 'POST',
    path: '/branches/:branch/orders/:order/erase-personal-data',
    tag: TAG,
    summary: 'Erase the guest’s name and all notes of a finished order',
    description: `${STAYS} An archived order comes back for it, and its file is written anew without it.`,
    access: ['manager', 'admin'],
    idempotencyKey: 'optional',
    answers: {
      200: {
        description: 'Erased',
        schema: strict({ ...CommandDone.properties, clear_in_events: clearInEvents }),
      },
    },
    refusals: CHANGE_REFUSALS,
    async handle(call) {
      const { params, context, branch } = call;
      const answer = await administer(call, {
        definition: orderErasePersonalData,
        payload: { id: params.order, kinds: KINDS },
      });
      if ('refusal' in answer) return answer;
      const { upkeep } = context.store;
      const clear = (await upkeep?.clearTexts(branch.hub.id, params.order)) ?? 0;
      await upkeep?.dropCopies();
      return { ...answer, body: { ...(answer.body as object), clear_in_events: clear } };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/branches/:branch/erase-personal-data',
    tag: TAG,
    summary: 'Erase a guest’s name and the notes from every finished order of that name',
    description:
      `The name as it was written, whatever its case. All orders are searched, archived ones too, which takes seconds where ` +
      `there are years of them. Orders that are still worked on are named and stay. ${STAYS}`,
    access: ['manager', 'admin'],
    body: strict({
      customer_name: Name,
      dry_run: Type.Optional(Type.Boolean({ description: 'Only say which orders there are' })),
    }),
    answers: {
      200: {
        description: 'What was found, and what became of it',
        schema: strict({
          found: Type.Integer({ minimum: 0, description: 'At most 1,000 at a time' }),
          erased: Type.Integer({ minimum: 0 }),
          refused: Type.Array(
            strict({
              order_id: Type.String(),
              number: Type.Integer(),
              business_date: Type.String(),
              reason: Type.String(),
            }),
          ),
          clear_in_events: clearInEvents,
        }),
      },
    },
    refusals: ['invalid_state'],
    async handle({ body, branch, principal, correlationId, context }): Promise<RouteAnswer> {
      const { upkeep } = context.store;
      if (upkeep === null) {
        return { refusal: refuse('invalid_state', 'this hub keeps nothing on a disk: no search') };
      }
      const { customer_name: customerName, dry_run: isDry = false } = body;
      const wanted = { branchId: branch.hub.id, customerName, kinds: KINDS, limit: ORDERS_MAX };
      const orders = await upkeep.searchPersonal(wanted);
      const found = orders.length;
      if (isDry) return { body: { found, erased: 0, refused: [], clear_in_events: 0 } };
      const { id: staffId, device_id: deviceId, role } = principal;
      const actor = { staffId, deviceId, role };
      const needs = { hub: branch.hub, upkeep, newId: context.newId };
      const report = await eraseOrders(needs, { orders, kinds: KINDS, actor, correlationId });
      return { body: { found, ...report } };
    },
  }),
];
