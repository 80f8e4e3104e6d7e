/**
 * Gives the shifts that older programs closed their summaries, from their rows as they stand. Money is what their Z reports say.
 * The kitchen's figures leave out what it did after a shift's end; lines taken back by then were not counted, so recalls are 0 and a
 * line that was recalled after the shift's end is missing. Late payments are told by `client_at`, categories are those of the menu now.
 */
import type { Database } from 'better-sqlite3';
import { figuresOf } from '../../domain/reports/figures-of.js';
import type {
  Branch,
  CashMovement,
  MenuItem,
  OrderAdjustment,
  OrderAggregate,
  OrderHeader,
  OrderLine,
  OrderPayment,
  PosShift,
} from '../../domain/rows.js';
import { SummaryWriter } from '../sqlite/summary-writer.js';

/** Of version 3, whatever columns later versions add: a step is never changed once it is out. */
const SHIFTS = `SELECT id, business_date, opened_at, opening_float, closed_at, counted_cash, status, commit_version
  FROM pos_shift WHERE branch_id = ? AND status = 'closed' ORDER BY commit_version`;

type Stored<Row> = Readonly<Record<keyof Row, unknown>>;

/** Within the transaction of the step. */
export function summarizeClosedShifts(database: Database): void {
  const branches = database.prepare('SELECT id, zone, tax_rules FROM branch').all();
  const writer = new SummaryWriter(database);
  for (const row of branches as (Omit<Branch, 'tax_rules'> & { tax_rules: string })[]) {
    const branch: Branch = {
      ...row,
      tax_rules: JSON.parse(row.tax_rules) as Branch['tax_rules'],
    };
    const items = new Map(itemsOf(database, branch.id).map((item) => [item.id, item]));
    const shifts = database.prepare(SHIFTS).all(branch.id) as (PosShift & {
      commit_version: number;
    })[];
    for (const shift of shifts) {
      const records = recordsOf(database, branch.id, shift.id);
      const figures = figuresOf(records, { branch, shift, item: (id) => items.get(id) });
      const summary = { shiftId: shift.id, businessDate: shift.business_date, figures };
      writer.write(branch.id, shift.commit_version, summary);
    }
  }
}

function itemsOf(database: Database, branchId: string): MenuItem[] {
  return database
    .prepare('SELECT id, category FROM menu_item WHERE branch_id = ?')
    .all(branchId) as MenuItem[];
}

function recordsOf(database: Database, branchId: string, shiftId: string) {
  const of = <Row>(table: string, column: string, id: string) =>
    database
      .prepare(
        `SELECT * FROM ${table} INDEXED BY ${table}_of_${column} WHERE branch_id = ? AND ${column}_id = ?`,
      )
      .all(branchId, id) as Row[];
  const orders = of<OrderHeader>('order_header', 'shift', shiftId).map(
    (header): OrderAggregate => ({
      header,
      lines: of<Stored<OrderLine>>('order_line', 'order', header.id).map(decoded),
      payments: [],
      adjustments: of<OrderAdjustment & Committed>('order_adjustment', 'order', header.id).sort(
        byArrival,
      ),
    }),
  );
  return {
    orders,
    payments: of<OrderPayment>('order_payment', 'shift', shiftId),
    movements: of<CashMovement>('cash_movement', 'shift', shiftId),
  };
}

/** The columns that figures are made of, as the domain has them. */
function decoded(line: Stored<OrderLine>): OrderLine {
  const modifiers: unknown = JSON.parse(String(line.modifiers));
  return { ...line, modifiers, tax_included: line.tax_included === 1 } as OrderLine;
}

interface Committed {
  readonly commit_version: number;
}

/** Discounts follow each other: each is reckoned on what the ones before have left. */
function byArrival(a: OrderAdjustment & Committed, b: OrderAdjustment & Committed): number {
  if (a.commit_version !== b.commit_version) return a.commit_version - b.commit_version;
  return a.id < b.id ? -1 : 1;
}
