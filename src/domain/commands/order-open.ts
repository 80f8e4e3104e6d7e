/** order.open: a new order, with its first lines where they are given. */
import { Type } from 'typebox';
import { adjust, serviceCharge } from '../adjust.js';
import { defineCommand } from '../command.js';
import { Draft } from '../draft.js';
import { Id, Name, Note, Ordinal, nullable, strict } from '../fields.js';
import { newHeader } from '../new-header.js';
import { invalid, refused } from '../refused.js';
import { LineRequests, ringUp } from '../ring-up.js';

const Payload = strict({
  order_id: Type.Optional(Id),
  order_type: Type.Union([
    Type.Literal('dine_in'),
    Type.Literal('takeaway'),
    Type.Literal('delivery'),
  ]),
  table_no: Type.Optional(nullable(Name)),
  guests: Type.Optional(nullable(Ordinal)),
  customer_name: Type.Optional(nullable(Name)),
  note: Type.Optional(nullable(Note)),
  number: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
  lines: Type.Optional(LineRequests),
});

export const orderOpen = defineCommand({
  name: 'order.open',
  payload: Payload,
  roles: ['cashier', 'waiter'],
  shift: 'shared',
  needsOpenShift: true,
  records: ({ order_id, lines = [] }) => ({
    newOrders: order_id === undefined ? [] : [order_id],
    portionsOf: lines.map(({ item_id }) => item_id),
  }),
  decide(state, payload, context) {
    const id = payload.order_id ?? context.newId();
    if (state.order(id) !== undefined) {
      return refused('already_exists', `order ${id} exists already`, {
        details: { table: 'order_header', id },
      });
    }
    if (payload.number !== undefined && !state.leaseHolds(context.actor.deviceId, payload.number)) {
      return invalid('/number', 'not in a range leased to this device in the open shift');
    }
    const header = newHeader(state, context, {
      id,
      order_type: payload.order_type,
      number: payload.number ?? context.takeNumbers(1),
      table_no: payload.table_no ?? null,
      guests: payload.guests ?? null,
      customer_name: payload.customer_name ?? null,
      note: payload.note ?? null,
    });
    const draft = new Draft(state, context);
    draft.insert('order_header', header);
    const refusal = ringUp(draft, payload.lines ?? [], { state, context, orderId: id });
    if (refusal !== undefined) return refusal;
    const charge = serviceCharge(state, context, header);
    if (charge.length > 0) {
      adjust(draft, charge, { state, context });
      draft.settleOrder(id);
    }
    return draft.decision();
  },
});
