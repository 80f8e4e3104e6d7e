/**
 * The rows of one branch in maps, with the few indexes that make an order and a verdict cheap. It knows of no commits:
 * what may be written is `verdict.ts`'s question, when is the store's.
 */
import type { RowChange } from '../../domain/change-set.js';
import { TABLE_NAMES } from '../../domain/tables.js';
import type { NumberLease, OrderHeader, Rows, TableName } from '../../domain/rows.js';

export interface KeptRow<T extends TableName = TableName> {
  readonly row: Rows[T];
  readonly commitVersion: number;
}

type Kept = { readonly [T in TableName]: Map<string, KeptRow<T>> };
type ChildTable = 'order_line' | 'order_payment' | 'order_adjustment';
type Children = { readonly [T in ChildTable]: Map<string, Set<string>> };

export class BranchRows {
  readonly #kept = Object.fromEntries(TABLE_NAMES.map((table) => [table, new Map()])) as Kept;
  readonly #children: Children = {
    order_line: new Map(),
    order_payment: new Map(),
    order_adjustment: new Map(),
  };
  readonly #taken = new Set<string>();
  #openShift: string | null = null;

  /** The id of the open shift, or null. */
  get openShift(): string | null {
    return this.#openShift;
  }

  get size(): number {
    return TABLE_NAMES.reduce((sum, table) => sum + this.#kept[table].size, 0);
  }

  get<T extends TableName>(table: T, id: string): KeptRow<T> | undefined {
    return this.#kept[table].get(id);
  }

  /** In order of arrival. */
  all<T extends TableName>(table: T): Iterable<KeptRow<T>> {
    return this.#kept[table].values();
  }

  /** The rows of one order, in order of arrival in it. */
  ofOrder<T extends ChildTable>(table: T, orderId: string): Rows[T][] {
    const rows: Rows[T][] = [];
    for (const id of this.#children[table].get(orderId) ?? []) {
      const kept = this.get(table, id);
      if (kept !== undefined) rows.push(kept.row);
    }
    return rows;
  }

  /** Whether an order has the new one's number, or a lease ends where the new one does. */
  placeTaken(row: OrderHeader | NumberLease): boolean {
    return this.#taken.has(placeOf(row));
  }

  write({ table, before, after }: RowChange, commitVersion: number): void {
    (this.#kept[table] as Map<string, KeptRow>).set(after.id, { row: after, commitVersion });
    switch (table) {
      case 'order_header':
      case 'number_lease':
        this.#taken.add(placeOf(after));
        break;
      case 'pos_shift':
        if (after.status === 'open') this.#openShift = after.id;
        else if (this.#openShift === after.id) this.#openShift = null;
        break;
      case 'order_line':
        if (before !== null && before.order_id !== after.order_id) {
          this.#children.order_line.get(before.order_id)?.delete(after.id);
        }
        this.#adopt(table, after.order_id, after.id);
        break;
      case 'order_payment':
      case 'order_adjustment':
        this.#adopt(table, after.order_id, after.id);
        break;
      case 'cash_movement':
      case 'menu_item':
      case 'station':
      case 'staff':
      case 'device':
      case 'branch':
        break;
    }
  }

  #adopt(table: ChildTable, orderId: string, id: string): void {
    const ids = this.#children[table].get(orderId);
    if (ids === undefined) this.#children[table].set(orderId, new Set([id]));
    else ids.add(id);
  }
}

/** What no two orders, and no two leases, of a branch may share. */
export function placeOf(row: OrderHeader | NumberLease): string {
  const number =
    'number' in row ? `order ${String(row.number)}` : `lease ${String(row.last_number)}`;
  return `${row.business_date} ${number}`;
}
