/** order.lock and order.unlock: a lease of one device on an order, in the hub's memory alone. */
import type { LeaseDefinition } from '../command.js';

export const orderLock: LeaseDefinition<'order.lock'> = {
  name: 'order.lock',
  roles: ['cashier', 'waiter'],
};

export const orderUnlock: LeaseDefinition<'order.unlock'> = {
  name: 'order.unlock',
  roles: ['cashier', 'waiter'],
};
