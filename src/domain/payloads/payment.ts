/** Payloads of the commands that take money for an order and give it back. */
import { Type, type Static } from 'typebox';
import { Id, Money, MoneyOrZero, Name, Reason, strict } from '../fields.js';

export const PaymentAdd = strict({
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
export type PaymentAdd = Static<typeof PaymentAdd>;

export const PaymentRefund = strict({
  payment_id: Id,
  refund_id: Type.Optional(Id),
  amount: Money,
  reason: Reason,
});
export type PaymentRefund = Static<typeof PaymentRefund>;
