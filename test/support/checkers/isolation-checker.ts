/**
 * I8: nothing of one branch reaches a client of another, nothing that a role may not see reaches it, and nobody does what their
 * role may not. The tables of roles are written down here once more from the protocol.
 */
import type { HubMessage } from '../../../src/protocol/messages.js';
import type { Role } from '../../../src/domain/rows.js';
import type { Sending } from '../random-traffic/journal.js';
import { PRICE_MIN } from '../random-traffic/menu.js';
import type { BranchRecords, Checker } from './evidence.js';

/** One connection: who it belonged to, and all that was sent to it. */
export interface Heard {
  readonly who: string;
  readonly role: Role;
  readonly branchId: string;
  readonly messages: readonly HubMessage[];
}

/** Numbers from here on are times. */
const TIMES_FROM = 100_000_000_000;

const MONEY_COLUMNS = new Set(
  'subtotal discount service_charge tax rounding total paid tip payment_status unit_price tax_rate amount tendered change_due price opening_float counted_cash expected_cash over_short value'.split(
    ' ',
  ),
);

const VIEWS: Readonly<Partial<Record<string, readonly Role[]>>> = {
  orders: ['cashier', 'waiter', 'manager', 'admin'],
  kitchen: ['kitchen', 'cashier', 'waiter', 'manager', 'admin'],
  board: ['kitchen', 'cashier', 'waiter', 'manager', 'admin'],
  menu: ['kitchen', 'cashier', 'waiter', 'manager', 'admin'],
  shift: ['cashier', 'manager', 'admin'],
  devices: ['manager', 'admin'],
};

const FLOOR = ['cashier', 'waiter'];

/** Who besides manager and admin may give a command. */
const COMMANDS: Readonly<Partial<Record<string, readonly string[]>>> = {
  'shift.open': ['cashier'],
  'shift.close': ['cashier'],
  'shift.handover': ['cashier'],
  'cash.paid_in': ['cashier'],
  'cash.paid_out': ['cashier'],
  'cash.drop': ['cashier'],
  'cash.no_sale': ['cashier'],
  'order.open': FLOOR,
  'order.update': FLOOR,
  'order.add_lines': FLOOR,
  'order.update_line': FLOOR,
  'order.void_line': FLOOR,
  'order.send': FLOOR,
  'order.discount': ['cashier'],
  'order.transfer': FLOOR,
  'order.merge': FLOOR,
  'order.split': FLOOR,
  'order.close': ['cashier'],
  'order.lock': FLOOR,
  'order.unlock': FLOOR,
  'kitchen.set_status': ['kitchen', ...FLOOR],
  'kitchen.clear': ['kitchen'],
  'payment.add': ['cashier'],
  'menu.set_availability': ['cashier', 'kitchen'],
  'numbers.lease': FLOOR,
};

/** Every name and value in a message, however deep, with the names that lead to it. */
function walk(value: unknown, visit: (name: string, value: unknown) => void, name = ''): void {
  if (Array.isArray(value)) {
    for (const inner of value) walk(inner, visit, name);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      visit(key, undefined);
      walk(inner, visit, key);
    }
  } else {
    visit(name, value);
  }
}

/** Every id that belongs to a branch. */
function idsOf(records: BranchRecords): ReadonlySet<string> {
  const { seed, orders, shifts } = records;
  const rows = orders.flatMap(({ header, lines, payments, adjustments }) => [
    header,
    ...lines,
    ...payments,
    ...adjustments,
  ]);
  return new Set(
    [seed.branch, ...seed.stations, ...seed.items, ...seed.staff, ...rows, ...shifts].map(
      ({ id }) => id,
    ),
  );
}

export class IsolationChecker implements Checker {
  readonly #findings: string[] = [];
  readonly #ids: ReadonlyMap<string, ReadonlySet<string>>;

  constructor(branches: ReadonlyMap<string, BranchRecords>) {
    this.#ids = new Map([...branches].map(([id, records]) => [id, idsOf(records)]));
  }

  findings(): readonly string[] {
    return [...new Set(this.#findings)];
  }

  heard({ who, role, branchId, messages }: Heard): void {
    const foreign = [...this.#ids].filter(([id]) => id !== branchId).map(([, ids]) => ids);
    for (const message of messages) {
      if ('channel' in message) {
        this.#channel(who, role, message.channel);
      }
      walk(message, (name, value) => {
        for (const ids of foreign) {
          if (ids.has(name) || (typeof value === 'string' && ids.has(value))) {
            this.#findings.push(
              `${who}: heard of ${typeof value === 'string' ? value : name} in a ${message.type}`,
            );
          }
        }
      });
      if (role === 'kitchen') this.#withoutMoney(who, message);
    }
  }

  done({ request, role, deviceId, answer }: Sending): void {
    if (answer?.type !== 'ack') return;
    const { name, branchId } = request;
    if (!deviceId.startsWith(`${branchId}-`)) {
      this.#findings.push(`${deviceId} did ${name} in ${branchId}`);
    }
    const mayDoAll = role === 'manager' || role === 'admin';
    const stepsOnly =
      name === 'kitchen.set_status' &&
      FLOOR.includes(role) &&
      request.payload['status'] !== 'served';
    if ((!mayDoAll && COMMANDS[name]?.includes(role) !== true) || stepsOnly) {
      this.#findings.push(`${deviceId}, a ${role}, did ${name}`);
    }
  }

  #channel(who: string, role: Role, channel: string): void {
    const view = channel.split('/')[1] ?? '';
    if (VIEWS[view]?.includes(role) !== true) {
      this.#findings.push(`${who}, a ${role}, follows ${channel}`);
    }
  }

  /** The menu shows its prices to all; a welcome's limits are big numbers, and no money. */
  #withoutMoney(who: string, message: HubMessage): void {
    if (message.type === 'welcome') return;
    if ('channel' in message && message.channel.endsWith('/menu')) return;
    walk(message, (name, value) => {
      if (MONEY_COLUMNS.has(name)) this.#findings.push(`${who}: was told ${name}`);
      if (typeof value === 'number' && value >= PRICE_MIN && value < TIMES_FROM) {
        this.#findings.push(`${who}: ${name} ${String(value)} is money`);
      }
    });
  }
}
