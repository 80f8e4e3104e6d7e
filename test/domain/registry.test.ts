import { expect, test } from 'vitest';
import { COMMANDS, LEASES } from '../../src/domain/registry.js';
import { mayGive, ROLES } from '../../src/domain/roles.js';

/** The table of docs/protocol.md: who may give what, besides manager and admin. */
const PROTOCOL: Readonly<Record<string, readonly string[]>> = {
  'shift.open': ['cashier'],
  'shift.close': ['cashier'],
  'shift.handover': ['cashier'],
  'cash.paid_in': ['cashier'],
  'cash.paid_out': ['cashier'],
  'cash.drop': ['cashier'],
  'cash.no_sale': ['cashier'],
  'order.open': ['cashier', 'waiter'],
  'order.update': ['cashier', 'waiter'],
  'order.add_lines': ['cashier', 'waiter'],
  'order.update_line': ['cashier', 'waiter'],
  'order.void_line': ['cashier', 'waiter'],
  'order.send': ['cashier', 'waiter'],
  'order.discount': ['cashier'],
  'order.transfer': ['cashier', 'waiter'],
  'order.merge': ['cashier', 'waiter'],
  'order.split': ['cashier', 'waiter'],
  'order.close': ['cashier'],
  'order.reopen': [],
  'order.void': [],
  'order.lock': ['cashier', 'waiter'],
  'order.unlock': ['cashier', 'waiter'],
  'kitchen.set_status': ['kitchen', 'cashier', 'waiter'],
  'kitchen.clear': ['kitchen'],
  'payment.add': ['cashier'],
  'payment.refund': [],
  'menu.put_item': [],
  'menu.set_availability': ['cashier', 'kitchen'],
  'numbers.lease': ['cashier', 'waiter'],
};

const ALL = { ...COMMANDS, ...LEASES };

test('D-REG-1 the registry holds every command of the protocol under its own name', () => {
  expect(Object.keys(ALL).sort()).toEqual(Object.keys(PROTOCOL).sort());
  for (const [name, definition] of Object.entries(ALL)) expect(definition.name).toBe(name);
});

test.each(Object.values(ALL))(
  'D-REG-2 $name may be given by the roles of the protocol',
  (command) => {
    const allowed = ROLES.filter((role) => mayGive(role, command));
    const named = PROTOCOL[command.name] ?? [];
    expect(allowed).toEqual(
      ROLES.filter((role) => role === 'admin' || role === 'manager' || named.includes(role)),
    );
  },
);

test('D-REG-3 no money command is given by the kitchen', () => {
  const money = Object.values(ALL).filter(({ name }) => /^(payment|cash|shift)\./.test(name));
  expect(money).toHaveLength(9);
  for (const command of money) expect(mayGive('kitchen', command)).toBe(false);
});
