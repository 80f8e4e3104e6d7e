/** The commands that may wait in a queue while the hub is out of reach, and what a queue has to know of each. */
import { assert } from '../../base/assert.js';
import type { NewId } from '../../base/ids.js';
import type { CommandDefinition } from '../../domain/command.js';
import {
  cashDrop,
  cashNoSale,
  cashPaidIn,
  cashPaidOut,
} from '../../domain/commands/cash-movements.js';
import { kitchenClear } from '../../domain/commands/kitchen-clear.js';
import { kitchenSetStatus } from '../../domain/commands/kitchen-set-status.js';
import { menuSetAvailability } from '../../domain/commands/menu-set-availability.js';
import { orderAddLines } from '../../domain/commands/order-add-lines.js';
import { orderClose } from '../../domain/commands/order-close.js';
import { orderDiscount } from '../../domain/commands/order-discount.js';
import { orderOpen } from '../../domain/commands/order-open.js';
import { orderSend } from '../../domain/commands/order-send.js';
import { orderTransfer } from '../../domain/commands/order-transfer.js';
import { orderUpdateLine } from '../../domain/commands/order-update-line.js';
import { orderUpdate } from '../../domain/commands/order-update.js';
import { orderVoidLine } from '../../domain/commands/order-void-line.js';
import { paymentAdd } from '../../domain/commands/payment-add.js';
import type { LineRequest } from '../../domain/payloads/line.js';
import type { CommandName, CommandPayloads } from '../../domain/registry.js';

/** By name, with the domain's own definition. */
export const QUEUEABLE = {
  'order.open': orderOpen,
  'order.update': orderUpdate,
  'order.add_lines': orderAddLines,
  'order.update_line': orderUpdateLine,
  'order.void_line': orderVoidLine,
  'order.send': orderSend,
  'order.discount': orderDiscount,
  'order.transfer': orderTransfer,
  'order.close': orderClose,
  'payment.add': paymentAdd,
  'kitchen.set_status': kitchenSetStatus,
  'kitchen.clear': kitchenClear,
  'cash.paid_in': cashPaidIn,
  'cash.paid_out': cashPaidOut,
  'cash.drop': cashDrop,
  'cash.no_sale': cashNoSale,
  'menu.set_availability': menuSetAvailability,
} as const satisfies {
  readonly [Name in CommandName]?: CommandDefinition<Name, CommandPayloads[Name]>;
};

export type QueueableName = keyof typeof QUEUEABLE;

/** A queueable command with the payload of its name. */
export type QueueableCommand = {
  [Name in QueueableName]: { readonly name: Name; readonly payload: CommandPayloads[Name] };
}[QueueableName];

/**
 * The commands whose effect cannot be told from another's of the same kind, since the hub makes the ids of what they write:
 * predicted once more on rows that hold the effect already, they would take effect twice. All others then change nothing.
 */
export const NOT_IDEMPOTENT: ReadonlySet<QueueableName> = new Set<QueueableName>([
  'order.discount',
  'cash.paid_in',
  'cash.paid_out',
  'cash.drop',
  'cash.no_sale',
]);

export function isQueueable(name: CommandName): name is QueueableName {
  return Object.hasOwn(QUEUEABLE, name);
}

/** The payload with an id for every record that it makes; ids that it has stay. */
export function withIds<Name extends QueueableName>(
  name: Name,
  payload: CommandPayloads[Name],
  newId: NewId,
): CommandPayloads[Name];
export function withIds(
  name: QueueableName,
  payload: QueueableCommand['payload'],
  newId: NewId,
): QueueableCommand['payload'] {
  const command = { name, payload } as QueueableCommand;
  if (command.name === 'order.open') {
    const { order_id = newId(), lines, ...rest } = command.payload;
    return { order_id, ...rest, ...(lines && { lines: withLineIds(lines, newId) }) };
  }
  if (command.name === 'order.add_lines') {
    return { ...command.payload, lines: withLineIds(command.payload.lines, newId) };
  }
  if (command.name === 'payment.add') {
    return { ...command.payload, payment_id: command.payload.payment_id ?? newId() };
  }
  return payload;
}

function withLineIds(lines: readonly LineRequest[], newId: NewId): LineRequest[] {
  return lines.map((line) => ({ ...line, line_id: line.line_id ?? newId() }));
}

/**
 * What the command is about: those of one unit are sent one after the other, those of different units side by side. An order's
 * id, `cash` for the drawer, an item's id with `item:` before it. The payload must hold its ids.
 */
export function unitOf<Name extends QueueableName>(
  name: Name,
  payload: CommandPayloads[Name],
): string;
export function unitOf(name: QueueableName, payload: QueueableCommand['payload']): string {
  if ('item_id' in payload) return `item:${payload.item_id}`;
  if ('shift_id' in payload) return 'cash';
  assert(payload.order_id !== undefined, `${name} was given its ids`);
  return payload.order_id;
}
