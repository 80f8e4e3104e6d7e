/**
 * An order as its segment keeps it: the rows of every table, with SQL's own values, `commit_version` among them, so that
 * they can be put back as they were.
 */
import type { Database, Statement } from 'better-sqlite3';
import type { PlainRow } from '../sqlite/row-sql.js';

/** Parents before children. */
export const ORDER_TABLES = [
  'order_header',
  'order_line',
  'order_payment',
  'order_adjustment',
  'order_status_log',
  'order_line_status_log',
] as const;

export type OrderTable = (typeof ORDER_TABLES)[number];

export type OrderRecord = Readonly<Record<OrderTable, readonly PlainRow[]>>;

const OF_ORDER = 'WHERE branch_id = ? AND order_id = ?';

/** By table, for whoever wants to see how the rows are found. A line's steps go with it, wherever it was at the time. */
export const ORDER_RECORD_SQL: Readonly<Record<OrderTable, string>> = {
  order_header: 'SELECT * FROM order_header WHERE branch_id = ? AND id = ?',
  order_line: `SELECT * FROM order_line INDEXED BY order_line_of_order ${OF_ORDER} ORDER BY seq, id`,
  order_payment: `SELECT * FROM order_payment INDEXED BY order_payment_of_order ${OF_ORDER}
    ORDER BY commit_version, id`,
  order_adjustment: `SELECT * FROM order_adjustment INDEXED BY order_adjustment_of_order ${OF_ORDER}
    ORDER BY commit_version, id`,
  order_status_log: `SELECT * FROM order_status_log ${OF_ORDER} ORDER BY version`,
  order_line_status_log: `SELECT g.* FROM order_line l INDEXED BY order_line_of_order
    CROSS JOIN order_line_status_log g ON g.branch_id = l.branch_id AND g.line_id = l.id
    WHERE l.branch_id = ? AND l.order_id = ? ORDER BY l.seq, l.id, g.version`,
};

export class OrderRecords {
  readonly #select: readonly (readonly [OrderTable, Statement<[string, string]>])[];

  constructor(database: Database) {
    this.#select = ORDER_TABLES.map((table) => [
      table,
      database.prepare<[string, string]>(ORDER_RECORD_SQL[table]),
    ]);
  }

  /** Inside the caller's transaction. An order that is not there has no header. */
  read(branchId: string, orderId: string): OrderRecord {
    const rows = this.#select.map(([table, statement]) => [
      table,
      statement.all(branchId, orderId),
    ]);
    return Object.fromEntries(rows) as OrderRecord;
  }
}
