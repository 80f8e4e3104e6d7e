/** `payment.add`: money for an order, never more than is due. Two payments for one order take their turns. */
import type { BranchState, CommandContext, CommandDefinition, Decision } from '../command.js';
import { Draft } from '../draft.js';
import { newPayment } from '../new-payment.js';
import { noOpenShift } from '../open-shift.js';
import type { PaymentAdd } from '../payloads/payment.js';
import { invalid, notFound, refused, refusedIfFinished } from '../refused.js';
import type { OrderAggregate, OrderPayment } from '../rows.js';

/** What was handed over and what goes back; both null where that was not said. */
type Change = Pick<OrderPayment, 'tendered' | 'change_due'>;

function changeOf({ method, amount, tip = 0, tendered }: PaymentAdd): Change | Decision {
  if (tendered === undefined) return { tendered: null, change_due: null };
  if (method !== 'cash') return invalid('/tendered', 'is for cash alone');
  const change_due = tendered - amount - tip;
  if (change_due < 0) return invalid('/tendered', 'is less than amount and tip');
  return { tendered, change_due };
}

function refusedByOrder(order: OrderAggregate, payload: PaymentAdd): Decision | undefined {
  const { header, payments } = order;
  const taken = payments.some(({ id }) => id === payload.payment_id);
  if (taken) return refused('already_exists', `payment ${payload.payment_id ?? ''} is there`);
  const finished = refusedIfFinished(header);
  if (finished !== undefined) return finished;
  const balance = header.total - header.paid;
  if (payload.amount <= balance) return undefined;
  return refused('overpayment', `only ${String(Math.max(0, balance))} is due`, {
    details: { balance },
  });
}

function decide(state: BranchState, payload: PaymentAdd, context: CommandContext): Decision {
  const order = state.order(payload.order_id);
  if (order === undefined) return notFound('order', payload.order_id);
  const refusal = refusedByOrder(order, payload);
  if (refusal !== undefined) return refusal;
  const change = changeOf(payload);
  if ('kind' in change) return change;
  if (state.shift === null) return noOpenShift();
  const draft = new Draft(state, context);
  const row = newPayment(state, context, {
    id: payload.payment_id ?? context.newId(),
    order_id: order.header.id,
    kind: 'payment',
    refund_of: null,
    method: payload.method,
    amount: payload.amount,
    tip: payload.tip ?? 0,
    ...change,
    reference: payload.reference ?? null,
  });
  draft.insert('order_payment', row);
  draft.settleOrder(order.header.id);
  return draft.decision();
}

export const paymentAdd: CommandDefinition<'payment.add', PaymentAdd> = {
  name: 'payment.add',
  roles: ['cashier'],
  shift: 'shared',
  needsOpenShift: true,
  records: ({ order_id }) => ({ orders: [order_id] }),
  decide,
};
