/**
 * `payment.refund`: gives back a payment or a part of it, by the method it came by. The refund belongs to the open shift,
 * also where its order was closed in an earlier one.
 */
import type { BranchState, CommandContext, CommandDefinition, Decision } from '../command.js';
import { Draft } from '../draft.js';
import { newPayment } from '../new-payment.js';
import { noOpenShift } from '../open-shift.js';
import type { PaymentRefund } from '../payloads/payment.js';
import { notFound, refused } from '../refused.js';
import type { OrderPayment } from '../rows.js';

function refusedByPayments(
  payments: readonly OrderPayment[],
  payment: OrderPayment,
  { refund_id, amount }: PaymentRefund,
): Decision | undefined {
  if (payments.some(({ id }) => id === refund_id)) {
    return refused('already_exists', `payment ${refund_id ?? ''} is there`);
  }
  if (payment.kind === 'refund') {
    return refused('invalid_state', 'a refund is not refunded', { details: { kind: 'refund' } });
  }
  let left = payment.amount;
  for (const { refund_of, amount: refunded } of payments) {
    if (refund_of === payment.id) left -= refunded;
  }
  if (amount <= left) return undefined;
  const details = { refundable: left };
  return refused('overpayment', `only ${String(left)} is left to give back`, { details });
}

function decide(state: BranchState, payload: PaymentRefund, context: CommandContext): Decision {
  const order = state.orderOfPayment(payload.payment_id);
  const payment = order?.payments.find(({ id }) => id === payload.payment_id);
  if (order === undefined || payment === undefined) return notFound('payment', payload.payment_id);
  const refusal = refusedByPayments(order.payments, payment, payload);
  if (refusal !== undefined) return refusal;
  if (state.shift === null) return noOpenShift();
  const draft = new Draft(state, context);
  const row = newPayment(state, context, {
    id: payload.refund_id ?? context.newId(),
    order_id: order.header.id,
    kind: 'refund',
    refund_of: payment.id,
    method: payment.method,
    amount: payload.amount,
    tip: 0,
    tendered: null,
    change_due: null,
    reference: payload.reason,
  });
  draft.insert('order_payment', row);
  draft.settleOrder(order.header.id);
  return draft.decision();
}

export const paymentRefund: CommandDefinition<'payment.refund', PaymentRefund> = {
  name: 'payment.refund',
  roles: [],
  shift: 'shared',
  needsOpenShift: true,
  records: ({ payment_id }) => ({ payments: [payment_id] }),
  decide,
};
