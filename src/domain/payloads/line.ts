/** Payloads of the commands that ring lines up, change them and send them to the kitchen. */
import { Type, type Static } from 'typebox';
import { LINES_PER_COMMAND_MAX } from '../bounds.js';
import { Id, Note, Ordinal, Qty, Reason, nullable, strict } from '../fields.js';

/** Options that one line may name. */
const MODIFIERS_MAX = 50;

/** Option ids. */
const Modifiers = Type.Array(Id, { maxItems: MODIFIERS_MAX });

export const LineRequest = strict({
  line_id: Type.Optional(Id),
  item_id: Id,
  qty: Qty,
  modifiers: Type.Optional(Modifiers),
  note: Type.Optional(nullable(Note)),
  seat: Type.Optional(nullable(Ordinal)),
  course: Type.Optional(nullable(Ordinal)),
  hold: Type.Optional(Type.Boolean()),
});
export type LineRequest = Static<typeof LineRequest>;

/** Lines that an order may be opened with. */
export const LineRequests = Type.Array(LineRequest, { maxItems: LINES_PER_COMMAND_MAX });

export const OrderAddLines = strict({
  order_id: Id,
  lines: Type.Array(LineRequest, { minItems: 1, maxItems: LINES_PER_COMMAND_MAX }),
});
export type OrderAddLines = Static<typeof OrderAddLines>;

export const OrderUpdateLine = strict({
  order_id: Id,
  line_id: Id,
  qty: Type.Optional(Qty),
  modifiers: Type.Optional(Modifiers),
  note: Type.Optional(nullable(Note)),
  seat: Type.Optional(nullable(Ordinal)),
  course: Type.Optional(nullable(Ordinal)),
});
export type OrderUpdateLine = Static<typeof OrderUpdateLine>;

export const OrderVoidLine = strict({ order_id: Id, line_id: Id, reason: Reason });
export type OrderVoidLine = Static<typeof OrderVoidLine>;

export const OrderSend = strict({
  order_id: Id,
  line_ids: Type.Optional(Type.Array(Id, { minItems: 1, maxItems: LINES_PER_COMMAND_MAX })),
  course: Type.Optional(Ordinal),
});
export type OrderSend = Static<typeof OrderSend>;
