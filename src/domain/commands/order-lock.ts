/** order.lock and order.unlock: a lease of one device on an order, in the hub's memory alone. */
import { Type } from 'typebox';
import type { LeaseDefinition } from '../command.js';
import { Id, strict } from '../fields.js';

const Payload = strict({
  order_id: Id,
  seconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 60 })),
});

export const orderLock = {
  name: 'order.lock',
  payload: Payload,
  roles: ['cashier', 'waiter'],
} as const satisfies LeaseDefinition;

export const orderUnlock = {
  name: 'order.unlock',
  payload: Payload,
  roles: ['cashier', 'waiter'],
} as const satisfies LeaseDefinition;
