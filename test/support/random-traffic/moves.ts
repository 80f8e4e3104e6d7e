/** What somebody at a device may do next: a move looks at what their screen shows and makes a command of it, legal or not. */
import type { Expect } from '../../../src/domain/command.js';
import type { Role } from '../../../src/domain/rows.js';
import type { AckMessage, ViewName, ViewRow } from '../../../src/protocol/messages.js';
import type { Random } from './random.js';

export interface Wanted {
  readonly name: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly expect?: Expect;
}

/** Somebody at a device, as a move needs to know them. */
export interface Actor {
  readonly post: { readonly role: Role; readonly branchId: string };
  /** Rows of the first of its channels that shows the table. */
  rows(view: ViewName, table: string): readonly ViewRow[];
  /** What they were told, on any connection. */
  readonly acks: readonly Pick<AckMessage, 'result'>[];
}

/** What a move is made from. */
export interface Setting {
  readonly who: Actor;
  readonly dice: Random;
  /** An id that nobody has used, telling its branch and kind. */
  readonly newId: (kind: string) => string;
}

export interface Move {
  readonly weight: number;
  readonly roles: readonly Role[];
  /** null: the screen shows nothing to do this with. */
  readonly make: (setting: Setting) => Wanted | null;
}

export const FLOOR: readonly Role[] = ['cashier', 'waiter', 'manager'];
export const TILL: readonly Role[] = ['cashier', 'manager'];
export const MANAGER: readonly Role[] = ['manager'];
export const EVERYBODY: readonly Role[] = ['cashier', 'waiter', 'manager', 'kitchen'];

/** Every so often somebody does what they should not: acts on an old version, on a finished order, without versions. */
const CARELESS = 0.06;

export function column(row: ViewRow, name: string): unknown {
  return row[name];
}

export function text(row: ViewRow, name: string): string {
  return String(row[name]);
}

export function amount(row: ViewRow, name: string): number {
  return Number(row[name]);
}

/** `expect` for these rows of one table, now and then wrong or missing. */
export function seen(
  { dice }: Setting,
  table: 'order_header' | 'order_line' | 'pos_shift' | 'menu_item',
  rows: readonly ViewRow[],
): { readonly expect?: Expect } {
  if (dice.chance(CARELESS / 2)) return {};
  const stale = dice.chance(CARELESS) ? 1 : 0;
  const versions = rows.map(({ id, version }) => [id, version - stale] as const);
  return { expect: { [table]: Object.fromEntries(versions) } };
}

export const UNFINISHED: readonly unknown[] = ['open', 'preparing', 'ready'];

/** An order on the screen, nearly always one that is not finished. */
export function anOrder({ who, dice }: Setting): ViewRow | undefined {
  const headers = who.rows('orders', 'order_header');
  const unfinished = headers.filter(({ status }) => UNFINISHED.includes(status));
  return dice.pick(dice.chance(CARELESS) || unfinished.length === 0 ? headers : unfinished);
}

export function linesOf({ who }: Setting, order: ViewRow): readonly ViewRow[] {
  return who.rows('orders', 'order_line').filter((line) => column(line, 'order_id') === order.id);
}

export function shiftShown({ who }: Setting): ViewRow | undefined {
  return who.rows('shift', 'pos_shift')[0];
}
