/** `payment.add`: money for an order, never more than is due. Two payments for one order take their turns. */
import { Type, type Static } from 'typebox';
import { defineCommand, type BranchState, type CommandContext, type Decision } from '../command.js';
import { Draft } from '../draft.js';
import { Id, Money, MoneyOrZero, Name, strict } from '../fields.js';
import { newPayment } from '../new-payment.js';
import { noOpenShift } from '../open-shift.js';
import { invalid, notFound, refused, refusedIfFinished } from '../refused.js';
import type { OrderAggregate, OrderPayment } from '../rows.js';

const Payload = strict({
  order_id: Id,
  payment_id: Type.Optional(Id),
  method: Type.Union([
    Type.Literal('cash'),
    Type.Literal('card'),
    Type.Literal('voucher'),
    Type.Literal('account'),
    Type.Literal('other'),
  ]),
  amount: Money,
  tip: Type.Optional(MoneyOrZero),
  tendered: Type.Optional(Money),
  reference: Type.Optional(Name),
});

type Payload = Static<typeof Payload>;

/** What was handed over and what goes back; both null where that was not said. */
type Change = Pick<OrderPayment, 'tendered' | 'change_due'>;

function changeOf({ method, amount, tip = 0, tendered }: Payload): Change | Decision {
  if (tendered === undefined) return { tendered: null, change_due: null };
  if (method !== 'cash') return invalid('/tendered', 'is for cash alone');
  const change_due = tendered - amount - tip;
  if (change_due < 0) return invalid('/tendered', 'is less than amount and tip');
  return { tendered, change_due };
}

function refusedByOrder(order: OrderAggregate, payload: Payload): Decision | undefined {
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

function decide(state: BranchState, payload: Payload, context: CommandContext): Decision {
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

export const paymentAdd = defineCommand({
  name: 'payment.add',
  payload: Payload,
  roles: ['cashier'],
  shift: 'shared',
  needsOpenShift: true,
  records: ({ order_id }) => ({ orders: [order_id] }),
  decide,
});
