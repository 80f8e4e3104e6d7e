/**
 * A change set in the making. A command writes rows into it in any order and as often as it likes; what comes out holds each
 * row once, with its net changes, parents before children. A row whose columns all end as they were is left out.
 */
import { assert } from '../base/assert.js';
import type { ChangeSet, RowChange } from './change-set.js';
import type { BranchState, CommandContext, Decision } from './command.js';
import { derivedState } from './order-state.js';
import type { AnyRow, OrderAggregate, Rows, TableName } from './rows.js';
import { TABLES } from './tables.js';
import { orderTotals, paymentState } from './totals.js';

/** The order in which tables are written: parents before children. */
const WRITE_ORDER: readonly TableName[] = [
  'pos_shift',
  'order_header',
  'order_line',
  'branch',
  'station',
  'menu_item',
  'staff',
  'device',
  'number_lease',
  'order_payment',
  'order_adjustment',
  'cash_movement',
];

/** Any row as columns. */
type Columns = Readonly<Record<string, unknown>>;

/** A row as drafted; `changes` null: it is new. */
interface Drafted {
  readonly before: AnyRow | null;
  readonly after: AnyRow;
  readonly changes: Columns | null;
}

export class Draft {
  readonly #state: BranchState;
  readonly #context: CommandContext;
  readonly #tables = new Map<TableName, Map<string, Drafted>>();

  constructor(state: BranchState, context: CommandContext) {
    this.#state = state;
    this.#context = context;
  }

  /** Adds a new row. Its version must be 1. */
  insert<T extends TableName>(table: T, row: Rows[T]): void {
    assert(row.version === 1, `a new row of ${table} has version 1`);
    assert(!this.#drafted(table).has(row.id), `${table} ${row.id} is drafted once`);
    this.#drafted(table).set(row.id, { before: null, after: row, changes: null });
  }

  /**
   * Changes columns of a row, on top of what was drafted for it, and gives the row as it stands now. Columns that are equal
   * already are dropped; the version rises by one however often it is called; `updated_at` follows.
   */
  update<T extends TableName>(table: T, row: Rows[T], changes: Partial<Rows[T]>): Rows[T] {
    const drafted = this.#drafted(table);
    const held = drafted.get(row.id);
    if (held?.before === null) {
      const after = { ...held.after, ...changes } as AnyRow;
      drafted.set(row.id, { before: null, after, changes: null });
      return after as Rows[T];
    }
    const before = held?.before ?? row;
    const net = netChanges(before, { ...held?.changes, ...changes });
    if (net === null) {
      drafted.delete(row.id);
      return before as Rows[T];
    }
    if ('updated_at' in TABLES[table].columns) net['updated_at'] = this.#context.now;
    net['version'] = before.version + 1;
    const after = { ...before, ...net };
    drafted.set(row.id, { before, after, changes: net });
    return after as Rows[T];
  }

  /** The row with what was drafted for it. */
  current<T extends TableName>(table: T, row: Rows[T]): Rows[T] {
    const held = this.#tables.get(table)?.get(row.id);
    return held === undefined ? row : (held.after as Rows[T]);
  }

  /** The order with all that was drafted: new and changed rows, lines that came from elsewhere, none of those that left. */
  order(orderId: string): OrderAggregate | undefined {
    const stored = this.#state.order(orderId);
    const header = this.#find('order_header', orderId) ?? stored?.header;
    if (header === undefined) return undefined;
    return {
      header,
      lines: this.#merged('order_line', orderId, stored?.lines).sort((a, b) => a.seq - b.seq),
      payments: this.#merged('order_payment', orderId, stored?.payments),
      adjustments: this.#merged('order_adjustment', orderId, stored?.adjustments),
    };
  }

  /**
   * Drafts what follows from the order's lines, adjustments and payments: totals, paid, status, stations, times. The totals of
   * a closed order stand as they were closed; what was paid may still change by a refund.
   */
  settleOrder(orderId: string): void {
    const order = this.order(orderId);
    assert(order, `order ${orderId} is settled where it is known`);
    const { header, lines } = order;
    let total = header.total;
    if (header.status !== 'closed') {
      const totals = orderTotals(order, this.#state.branch.tax_rules);
      for (const line of lines) {
        const figures = totals.lines.get(line.id);
        if (figures !== undefined) this.update('order_line', line, figures);
      }
      this.update('order_header', header, totals.header);
      total = totals.header.total;
    }
    this.update('order_header', header, {
      ...paymentState(total, order),
      ...derivedState(header, lines, this.#context.now),
    });
  }

  /** The change, or `unchanged` where nothing was drafted. */
  decision(more: { result?: Record<string, unknown>; zNumberOf?: string } = {}): Decision {
    const changeSet = this.#changeSet();
    return changeSet.length === 0 ? { kind: 'unchanged' } : { kind: 'change', changeSet, ...more };
  }

  #changeSet(): ChangeSet {
    const changeSet: RowChange[] = [];
    for (const table of WRITE_ORDER) {
      for (const drafted of this.#tables.get(table)?.values() ?? []) {
        changeSet.push({ table, ...drafted } as RowChange);
      }
    }
    return changeSet;
  }

  #drafted(table: TableName): Map<string, Drafted> {
    let drafted = this.#tables.get(table);
    if (drafted === undefined) {
      drafted = new Map();
      this.#tables.set(table, drafted);
    }
    return drafted;
  }

  #find<T extends TableName>(table: T, id: string): Rows[T] | undefined {
    return this.#tables.get(table)?.get(id)?.after as Rows[T] | undefined;
  }

  #merged<T extends 'order_line' | 'order_payment' | 'order_adjustment'>(
    table: T,
    orderId: string,
    stored: readonly Rows[T][] = [],
  ): Rows[T][] {
    const drafted = this.#tables.get(table);
    if (drafted === undefined) return [...stored];
    const rows = new Map<string, Rows[T]>(stored.map((row) => [row.id, row]));
    for (const [id, { after }] of drafted) rows.set(id, after as Rows[T]);
    return [...rows.values()].filter((row) => row.order_id === orderId);
  }
}

/** The columns that differ from `before`; null: none does. */
function netChanges(before: AnyRow, changes: Columns): Record<string, unknown> | null {
  const columns = before as unknown as Columns;
  const net: Record<string, unknown> = {};
  let any = false;
  for (const column of Object.keys(changes)) {
    if (column === 'version' || column === 'updated_at') continue;
    if (equal(columns[column], changes[column])) continue;
    net[column] = changes[column];
    any = true;
  }
  return any ? net : null;
}

/** Deep equality of column values: JSON, so no cycles and no classes. */
function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => key in b && equal((a as Columns)[key], (b as Columns)[key]));
}
