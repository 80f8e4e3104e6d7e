/** Every command by name. To add one: write its file under commands/ and name it here. */
import type { Static } from 'typebox';
import type { CommandDefinition, LeaseDefinition } from './command.js';
import { cashDrop, cashNoSale, cashPaidIn, cashPaidOut } from './commands/cash-movements.js';
import { kitchenClear } from './commands/kitchen-clear.js';
import { kitchenSetStatus } from './commands/kitchen-set-status.js';
import { menuPutItem } from './commands/menu-put-item.js';
import { menuSetAvailability } from './commands/menu-set-availability.js';
import { numbersLease } from './commands/numbers-lease.js';
import { orderAddLines } from './commands/order-add-lines.js';
import { orderClose } from './commands/order-close.js';
import { orderDiscount } from './commands/order-discount.js';
import { orderLock, orderUnlock } from './commands/order-lock.js';
import { orderMerge } from './commands/order-merge.js';
import { orderOpen } from './commands/order-open.js';
import { orderReopen } from './commands/order-reopen.js';
import { orderSend } from './commands/order-send.js';
import { orderSplit } from './commands/order-split.js';
import { orderTransfer } from './commands/order-transfer.js';
import { orderUpdateLine } from './commands/order-update-line.js';
import { orderUpdate } from './commands/order-update.js';
import { orderVoidLine } from './commands/order-void-line.js';
import { orderVoid } from './commands/order-void.js';
import { paymentAdd } from './commands/payment-add.js';
import { paymentRefund } from './commands/payment-refund.js';
import { shiftClose } from './commands/shift-close.js';
import { shiftHandover } from './commands/shift-handover.js';
import { shiftOpen } from './commands/shift-open.js';
import type { Role } from './rows.js';

/** Commands that are committed. */
export const COMMANDS = {
  'shift.open': shiftOpen,
  'shift.close': shiftClose,
  'shift.handover': shiftHandover,
  'cash.paid_in': cashPaidIn,
  'cash.paid_out': cashPaidOut,
  'cash.drop': cashDrop,
  'cash.no_sale': cashNoSale,
  'order.open': orderOpen,
  'order.update': orderUpdate,
  'order.add_lines': orderAddLines,
  'order.update_line': orderUpdateLine,
  'order.void_line': orderVoidLine,
  'order.send': orderSend,
  'order.discount': orderDiscount,
  'order.transfer': orderTransfer,
  'order.merge': orderMerge,
  'order.split': orderSplit,
  'order.close': orderClose,
  'order.reopen': orderReopen,
  'order.void': orderVoid,
  'kitchen.set_status': kitchenSetStatus,
  'kitchen.clear': kitchenClear,
  'payment.add': paymentAdd,
  'payment.refund': paymentRefund,
  'menu.put_item': menuPutItem,
  'menu.set_availability': menuSetAvailability,
  'numbers.lease': numbersLease,
} as const satisfies Readonly<Record<string, CommandDefinition>>;

/** Commands that live in the hub's memory alone. */
export const LEASES = {
  'order.lock': orderLock,
  'order.unlock': orderUnlock,
} as const satisfies Readonly<Record<string, LeaseDefinition>>;

type Definitions = typeof COMMANDS & typeof LEASES;

export type CommandName = keyof Definitions;

/** What the payload of each command looks like, for clients. */
export type CommandPayloads = {
  [Name in CommandName]: Static<Definitions[Name]['payload']>;
};

export const ROLES = ['admin', 'manager', 'cashier', 'waiter', 'kitchen'] as const satisfies Role[];

/** Managers and administrators may give every command, the others those that name their role. */
export function mayGive(role: Role, definition: Pick<CommandDefinition, 'roles'>): boolean {
  return role === 'manager' || role === 'admin' || definition.roles.includes(role);
}
