/**
 * A change set in the making. A command writes rows into it in any order and as often as it likes; what comes out holds each
 * row once, with its net changes, parents before children. A row whose columns all end as they were is left out.
 */
import { assert } from '../base/assert.js';
import type { ChangeSet } from './change-set.js';
import type { BranchState, CommandContext, Decision } from './command.js';
import { derivedState } from './order-state.js';
import { withColumns } from './row-copy.js';
import type {
  AnyRow,
  OrderAdjustment,
  OrderAggregate,
  OrderLine,
  OrderPayment,
  Rows,
  TableName,
} from './rows.js';
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

type Change = Extract<Decision, { readonly kind: 'change' }>;

/** Any row as columns. */
type Columns = Readonly<Record<string, unknown>>;

/** A row as drafted, already in the form of the change set; `changes` null: it is new. Replaced, never altered. */
interface Drafted {
  readonly table: TableName;
  readonly before: AnyRow | null;
  readonly after: AnyRow;
  readonly changes: Columns | null;
}

/** What an order's lines, payments and adjustments are. */
type OrderRow = OrderLine | OrderPayment | OrderAdjustment;

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
    const drafted = this.#drafted(table);
    assert(!drafted.has(row.id), `${table} ${row.id} is drafted once`);
    drafted.set(row.id, { table, before: null, after: row, changes: null });
  }

  /**
   * Changes columns of a row, on top of what was drafted for it, and gives the row as it stands now. Columns that are equal
   * already are dropped; the version rises by one however often it is called; `updated_at` follows.
   */
  update<T extends TableName>(table: T, row: Rows[T], changes: Partial<Rows[T]>): Rows[T] {
    const held = this.#tables.get(table)?.get(row.id);
    const current = (held?.after ?? row) as Rows[T];
    if (!changesAny(current, changes)) return current;
    if (held?.before === null) {
      const after = withColumns(table, current, changes);
      this.#drafted(table).set(row.id, { table, before: null, after, changes: null });
      return after;
    }
    const before = (held?.before ?? row) as Rows[T];
    // A spread that adds columns to a copy would cost ten times as much as assigning them.
    const net = netChanges(before, Object.assign({}, held?.changes, changes));
    if (net === null) {
      this.#drafted(table).delete(row.id);
      return before;
    }
    if ('updated_at' in before) net['updated_at'] = this.#context.now;
    net['version'] = before.version + 1;
    const after = withColumns(table, before, net as Partial<Rows[T]>);
    this.#drafted(table).set(row.id, { table, before, after, changes: net });
    return after;
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
      lines: inOrder(this.#merged('order_line', orderId, stored?.lines)),
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
      lines.forEach((line, index) => {
        this.update('order_line', line, totals.lines[index] ?? {});
      });
      this.update('order_header', header, totals.header);
      total = totals.header.total;
    }
    this.update('order_header', header, paymentState(total, order));
    this.update('order_header', header, derivedState(header, lines, this.#context.now));
  }

  /** The change, or `unchanged` where nothing was drafted. */
  decision(more: Omit<Change, 'kind' | 'changeSet'> = {}): Decision {
    const changeSet = this.#changeSet();
    return changeSet.length === 0 ? { kind: 'unchanged' } : { kind: 'change', changeSet, ...more };
  }

  #changeSet(): ChangeSet {
    const changeSet: Drafted[] = [];
    for (const table of WRITE_ORDER) {
      const drafted = this.#tables.get(table);
      if (drafted === undefined) continue;
      for (const change of drafted.values()) changeSet.push(change);
    }
    return changeSet as ChangeSet;
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

  /** The stored rows as they were drafted, then those that are new to the order. */
  #merged<T extends 'order_line' | 'order_payment' | 'order_adjustment'>(
    table: T,
    orderId: string,
    stored: readonly Rows[T][] = [],
  ): readonly Rows[T][] {
    const drafted = this.#tables.get(table);
    if (drafted === undefined) return stored;
    const rows: OrderRow[] = [];
    for (const row of stored) {
      const now = (drafted.get(row.id)?.after ?? row) as OrderRow;
      if (now.order_id === orderId) rows.push(now);
    }
    for (const { before, after } of drafted.values()) {
      const came = before === null || (before as OrderRow).order_id !== orderId;
      if (came && (after as OrderRow).order_id === orderId) rows.push(after as OrderRow);
    }
    return rows as Rows[T][];
  }
}

/** The lines by `seq`. They mostly are in order already. */
function inOrder(lines: readonly OrderLine[]): readonly OrderLine[] {
  const ordered = lines.every((line, index) => (lines[index - 1]?.seq ?? 0) <= line.seq);
  return ordered ? lines : lines.toSorted((a, b) => a.seq - b.seq);
}

/** Whether any column is to become another than it is. */
function changesAny(row: AnyRow, changes: object): boolean {
  const now = row as unknown as Columns;
  const next = changes as Columns;
  for (const column in next) {
    if (!equal(now[column], next[column]) && !isKept(column)) return true;
  }
  return false;
}

/** The columns that differ from `before`; null: none does. */
function netChanges(before: AnyRow, changes: object): Record<string, unknown> | null {
  const was = before as unknown as Columns;
  const next = changes as Columns;
  let net: Record<string, unknown> | null = null;
  for (const column in next) {
    if (equal(was[column], next[column]) || isKept(column)) continue;
    net ??= {};
    net[column] = next[column];
  }
  return net;
}

/** Columns that the draft itself keeps. */
function isKept(column: string): boolean {
  return column === 'version' || column === 'updated_at';
}

/** Deep equality of column values: JSON, so no cycles and no classes. */
function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  return equalInside(a, b);
}

function equalInside(a: object, b: object): boolean {
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => key in b && equal((a as Columns)[key], (b as Columns)[key]));
}
