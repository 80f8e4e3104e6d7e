/**
 * Whose versions a command's `expect` must name: a version that changed since means that the decision was made on something
 * else. The commands refer to this table; it stands apart so that a client has it without the decisions.
 */
import type { Expected } from './command.js';
import type { KitchenClear, KitchenSetStatus } from './payloads/kitchen.js';
import type { OrderUpdateLine, OrderVoidLine } from './payloads/line.js';
import type { MenuItemColumns } from './payloads/menu.js';
import type { OrderClose, OrderDiscount, OrderMerge } from './payloads/order.js';
import type { ShiftClose, ShiftHandover } from './payloads/shift.js';

const header = ({ order_id }: OrderClose): Expected => ({ order_header: [order_id] });
const line = ({ line_id }: OrderUpdateLine | OrderVoidLine): Expected => ({
  order_line: [line_id],
});
const lines = ({ line_ids }: KitchenSetStatus | KitchenClear): Expected => ({
  order_line: line_ids,
});
const shift = ({ shift_id }: ShiftClose | ShiftHandover): Expected => ({ pos_shift: [shift_id] });

/** By command name; a command that is not here expects nothing. */
export const EXPECTS = {
  'shift.close': shift,
  'shift.handover': shift,
  'order.update': header,
  'order.update_line': line,
  'order.void_line': line,
  'order.discount': (payload: OrderDiscount): Expected =>
    payload.line_id === undefined ? header(payload) : { order_line: [payload.line_id] },
  'order.transfer': header,
  'order.merge': ({ order_id, into_order_id }: OrderMerge): Expected => ({
    order_header: [order_id, into_order_id],
  }),
  'order.split': header,
  'order.close': header,
  'order.reopen': header,
  'order.void': header,
  'kitchen.set_status': lines,
  'kitchen.clear': lines,
  'menu.put_item': ({ id }: MenuItemColumns): Expected => ({ menu_item: [id] }),
} as const;

/** The commands whose `expect` must name versions. */
export type ExpectingName = keyof typeof EXPECTS;
