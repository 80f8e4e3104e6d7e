/** Every command by name, with its payload's schema. To add one: write its schema under payloads/, its file under commands/, and name both here. */
import type { Static, TSchema } from 'typebox';
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
import { CashMoved, CashNoSale } from './payloads/cash.js';
import { KitchenClear, KitchenSetStatus } from './payloads/kitchen.js';
import { OrderAddLines, OrderSend, OrderUpdateLine, OrderVoidLine } from './payloads/line.js';
import { MenuItemColumns, MenuSetAvailability } from './payloads/menu.js';
import { NumbersLease } from './payloads/numbers.js';
import {
  OrderClose,
  OrderDiscount,
  OrderLock,
  OrderMerge,
  OrderOpen,
  OrderReopen,
  OrderSplit,
  OrderTransfer,
  OrderUpdate,
  OrderVoid,
} from './payloads/order.js';
import { PaymentAdd, PaymentRefund } from './payloads/payment.js';
import { ShiftClose, ShiftHandover, ShiftOpen } from './payloads/shift.js';

/** A command as the doors know it. */
export interface RegisteredCommand<
  Name extends string = string,
  Payload extends TSchema = TSchema,
> extends CommandDefinition<Name, Static<Payload>> {
  readonly payload: Payload;
}

export interface RegisteredLease<
  Name extends string = string,
  Payload extends TSchema = TSchema,
> extends LeaseDefinition<Name> {
  readonly payload: Payload;
}

/** Joins a command with its schema; the compiler sees to it that what the schema lets in is what the command takes. */
function withPayload<Name extends string, Payload extends TSchema>(
  definition: CommandDefinition<Name, Static<Payload>>,
  payload: Payload,
): RegisteredCommand<Name, Payload> {
  return { ...definition, payload };
}

/** Commands that are committed. */
export const COMMANDS = {
  'shift.open': withPayload(shiftOpen, ShiftOpen),
  'shift.close': withPayload(shiftClose, ShiftClose),
  'shift.handover': withPayload(shiftHandover, ShiftHandover),
  'cash.paid_in': withPayload(cashPaidIn, CashMoved),
  'cash.paid_out': withPayload(cashPaidOut, CashMoved),
  'cash.drop': withPayload(cashDrop, CashMoved),
  'cash.no_sale': withPayload(cashNoSale, CashNoSale),
  'order.open': withPayload(orderOpen, OrderOpen),
  'order.update': withPayload(orderUpdate, OrderUpdate),
  'order.add_lines': withPayload(orderAddLines, OrderAddLines),
  'order.update_line': withPayload(orderUpdateLine, OrderUpdateLine),
  'order.void_line': withPayload(orderVoidLine, OrderVoidLine),
  'order.send': withPayload(orderSend, OrderSend),
  'order.discount': withPayload(orderDiscount, OrderDiscount),
  'order.transfer': withPayload(orderTransfer, OrderTransfer),
  'order.merge': withPayload(orderMerge, OrderMerge),
  'order.split': withPayload(orderSplit, OrderSplit),
  'order.close': withPayload(orderClose, OrderClose),
  'order.reopen': withPayload(orderReopen, OrderReopen),
  'order.void': withPayload(orderVoid, OrderVoid),
  'kitchen.set_status': withPayload(kitchenSetStatus, KitchenSetStatus),
  'kitchen.clear': withPayload(kitchenClear, KitchenClear),
  'payment.add': withPayload(paymentAdd, PaymentAdd),
  'payment.refund': withPayload(paymentRefund, PaymentRefund),
  'menu.put_item': withPayload(menuPutItem, MenuItemColumns),
  'menu.set_availability': withPayload(menuSetAvailability, MenuSetAvailability),
  'numbers.lease': withPayload(numbersLease, NumbersLease),
} as const satisfies Readonly<Record<string, RegisteredCommand>>;

/** Commands that live in the hub's memory alone. */
export const LEASES = {
  'order.lock': { ...orderLock, payload: OrderLock },
  'order.unlock': { ...orderUnlock, payload: OrderLock },
} as const satisfies Readonly<Record<string, RegisteredLease>>;

type Definitions = typeof COMMANDS & typeof LEASES;

export type CommandName = keyof Definitions;

/** What the payload of each command looks like, for clients. */
export type CommandPayloads = {
  [Name in CommandName]: Static<Definitions[Name]['payload']>;
};
