/** order.update: what the order as a whole says. Nothing of it is marked for the kitchen: its ticket shows the new words. */
import { Type } from 'typebox';
import { defineCommand } from '../command.js';
import { Draft } from '../draft.js';
import { Id, Name, Note, Ordinal, nullable, strict } from '../fields.js';
import { notFound, refusedIfFinished } from '../refused.js';

/** The higher, the earlier on the kitchen's screens; 0 is the usual. */
const Priority = Type.Integer({ minimum: 0, maximum: 9 });

export const orderUpdate = defineCommand({
  name: 'order.update',
  payload: strict({
    order_id: Id,
    table_no: Type.Optional(nullable(Name)),
    guests: Type.Optional(nullable(Ordinal)),
    customer_name: Type.Optional(nullable(Name)),
    note: Type.Optional(nullable(Note)),
    priority: Type.Optional(Priority),
  }),
  roles: ['cashier', 'waiter'],
  shift: 'shared',
  needsOpenShift: true,
  records: ({ order_id }) => ({ orders: [order_id] }),
  expects: ({ order_id }) => ({ order_header: [order_id] }),
  decide(state, { order_id, ...columns }, context) {
    const order = state.order(order_id);
    if (order === undefined) return notFound('order', order_id);
    const finished = refusedIfFinished(order.header);
    if (finished !== undefined) return finished;
    const draft = new Draft(state, context);
    draft.update('order_header', order.header, columns);
    return draft.decision();
  },
});
