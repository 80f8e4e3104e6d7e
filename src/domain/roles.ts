/** Who may give which command. */
import type { CommandDefinition } from './command.js';
import type { Role } from './rows.js';

export const ROLES = ['admin', 'manager', 'cashier', 'waiter', 'kitchen'] as const satisfies Role[];

/** Managers and administrators may give every command, the others those that name their role. */
export function mayGive(role: Role, definition: Pick<CommandDefinition, 'roles'>): boolean {
  return role === 'manager' || role === 'admin' || definition.roles.includes(role);
}
