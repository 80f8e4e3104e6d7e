/** Payloads of the commands on an order as a whole. */
import { Type, type Static } from 'typebox';
import { LINES_PER_COMMAND_MAX } from '../bounds.js';
import { Id, Money, Name, Note, Ordinal, Qty, Reason, nullable, strict } from '../fields.js';
import { LineRequests } from './line.js';

/** The higher, the earlier on the kitchen's screens; 0 is the usual. */
const Priority = Type.Integer({ minimum: 0, maximum: 9 });

export const OrderOpen = strict({
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
export type OrderOpen = Static<typeof OrderOpen>;

export const OrderUpdate = strict({
  order_id: Id,
  table_no: Type.Optional(nullable(Name)),
  guests: Type.Optional(nullable(Ordinal)),
  customer_name: Type.Optional(nullable(Name)),
  note: Type.Optional(nullable(Note)),
  priority: Type.Optional(Priority),
});
export type OrderUpdate = Static<typeof OrderUpdate>;

export const OrderDiscount = strict({
  order_id: Id,
  line_id: Type.Optional(Id),
  kind: Type.Union([Type.Literal('percent'), Type.Literal('amount')]),
  /** Basis points for percent, minor units for amount. */
  value: Money,
  reason: Reason,
});
export type OrderDiscount = Static<typeof OrderDiscount>;

export const OrderTransfer = strict({ order_id: Id, table_no: Name });
export type OrderTransfer = Static<typeof OrderTransfer>;

export const OrderMerge = strict({ order_id: Id, into_order_id: Id });
export type OrderMerge = Static<typeof OrderMerge>;

export const OrderSplit = strict({
  order_id: Id,
  new_order_id: Type.Optional(Id),
  lines: Type.Array(strict({ line_id: Id, qty: Type.Optional(Qty) }), {
    minItems: 1,
    maxItems: LINES_PER_COMMAND_MAX,
  }),
});
export type OrderSplit = Static<typeof OrderSplit>;

export const OrderClose = strict({ order_id: Id });
export type OrderClose = Static<typeof OrderClose>;

export const OrderReopen = strict({ order_id: Id, reason: Reason });
export type OrderReopen = Static<typeof OrderReopen>;

export const OrderVoid = strict({ order_id: Id, reason: Reason });
export type OrderVoid = Static<typeof OrderVoid>;

/** Of `order.lock` and `order.unlock`. */
export const OrderLock = strict({
  order_id: Id,
  seconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 60 })),
});
