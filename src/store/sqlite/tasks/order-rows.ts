/** Orders on their way out of the database and back. */
import type { Database, Statement } from 'better-sqlite3';
import { ORDER_TABLES, type OrderRecord, type OrderTable } from '../../archive/order-record.js';
import type { OrderIndex } from '../../archive/order-source.js';
import type { PlainRow } from '../row-sql.js';
import { moving, type IndexEntry, type SegmentRows } from './segment-rows.js';
import type { SegmentKey } from './segment-rows.js';
import type { TaskHandler } from './task-handler.js';

/** Brings an archived order's rows back; the file keeps a copy that nobody reads any more. */
export interface ThawOrder extends SegmentKey {
  readonly orderId: string;
  /** JSON of the OrderRecord as its segment has it. */
  readonly record: string;
}

const OF_ORDER = 'branch_id = ? AND order_id = ?';

/** Children before parents. By name, so that a test can ask how SQLite finds the rows. */
export const TAKE_ORDER_SQL: readonly string[] = [
  `DELETE FROM order_line_status_log WHERE branch_id = ? AND line_id IN (
     SELECT id FROM order_line INDEXED BY order_line_of_order WHERE ${OF_ORDER})`,
  `DELETE FROM order_status_log WHERE ${OF_ORDER}`,
  `DELETE FROM order_adjustment INDEXED BY order_adjustment_of_order WHERE ${OF_ORDER}`,
  `DELETE FROM order_payment INDEXED BY order_payment_of_order WHERE ${OF_ORDER}`,
  `DELETE FROM order_line INDEXED BY order_line_of_order WHERE ${OF_ORDER}`,
];

export const ORDER_STANDS_SQL = `SELECT
  EXISTS (SELECT 1 FROM order_header WHERE branch_id = :branchId AND id = :id
    AND commit_version <= :seen AND status IN ('closed', 'voided') AND stations = '[]')
  AND NOT EXISTS (SELECT 1 FROM order_line INDEXED BY order_line_of_order
    WHERE branch_id = :branchId AND order_id = :id AND commit_version > :seen)
  AND NOT EXISTS (SELECT 1 FROM order_payment INDEXED BY order_payment_of_order
    WHERE branch_id = :branchId AND order_id = :id AND commit_version > :seen)
  AND NOT EXISTS (SELECT 1 FROM order_adjustment INDEXED BY order_adjustment_of_order
    WHERE branch_id = :branchId AND order_id = :id AND commit_version > :seen)`;

interface StandsKey {
  readonly branchId: string;
  readonly id: string;
  readonly seen: number;
}

type IndexRow = SegmentKey & Omit<OrderIndex, 'payments'> & { readonly block: number };

/** In one go: the rows of an order are few. */
const NEXT_ORDERS = 32;

export class OrderRows implements SegmentRows {
  readonly #database: Database;
  readonly #stands: Statement<[StandsKey]>;
  readonly #indexOrder: Statement<[IndexRow]>;
  readonly #indexPayment: Statement<[string, string, string]>;
  readonly #header: Statement<[string, string]>;
  readonly #takes: readonly Statement<string[]>[];
  readonly #next: Statement<[string, string, string]>;
  readonly #place: Statement<[string, string]>;
  readonly #forget: readonly Statement<[string, string]>[];
  readonly #inserts: ReadonlyMap<OrderTable, Insert>;
  /** The last order of each segment whose rows are gone, since this writer began with it. */
  readonly #taken = new Map<string, string>();

  constructor(database: Database) {
    this.#database = database;
    this.#stands = database.prepare<[StandsKey]>(ORDER_STANDS_SQL).pluck();
    this.#indexOrder = database.prepare<[IndexRow]>(
      `INSERT INTO archived_order (branch_id, id, segment_id, block, shift_id, business_date,
         number, table_no, status, opened_at)
       VALUES (:branchId, :id, :segmentId, :block, :shift_id, :business_date, :number, :table_no,
         :status, :opened_at)`,
    );
    this.#indexPayment = database.prepare<[string, string, string]>(
      'INSERT INTO archived_payment (branch_id, id, order_id) VALUES (?, ?, ?)',
    );
    this.#header = database.prepare('DELETE FROM order_header WHERE branch_id = ? AND id = ?');
    this.#takes = TAKE_ORDER_SQL.map((sql) => database.prepare<string[]>(sql));
    this.#next = database
      .prepare<[string, string, string]>(
        `SELECT id FROM archived_order INDEXED BY archived_order_segment
         WHERE branch_id = ? AND segment_id = ? AND id > ? ORDER BY id LIMIT ${String(NEXT_ORDERS)}`,
      )
      .pluck();
    this.#place = database
      .prepare<[string, string]>(
        'SELECT segment_id FROM archived_order WHERE branch_id = ? AND id = ?',
      )
      .pluck();
    this.#forget = ['archived_payment', 'archived_order'].map((table) =>
      database.prepare<[string, string]>(`DELETE FROM ${table} WHERE branch_id = ? AND id = ?`),
    );
    this.#inserts = new Map(ORDER_TABLES.map((table) => [table, insertInto(database, table)]));
  }

  index(key: SegmentKey, seen: number, index: readonly IndexEntry[]): boolean {
    const { branchId } = key;
    const orders = index as readonly (readonly [number, OrderIndex])[];
    if (!orders.every(([, { id }]) => this.#stands.get({ branchId, id, seen }) === 1)) return false;
    for (const [block, { payments, ...order }] of orders) {
      this.#indexOrder.run({ ...key, ...order, block });
      for (const payment of payments) this.#indexPayment.run(branchId, payment, order.id);
      // With its header gone no command that was decided on the order can still write to it.
      this.#header.run(branchId, order.id);
    }
    return true;
  }

  take(key: SegmentKey, spent: () => boolean): boolean {
    const { branchId, segmentId } = key;
    let last = this.#taken.get(segmentId) ?? '';
    const ids = this.#next.all(branchId, segmentId, last) as string[];
    if (ids.length === 0) {
      this.#taken.delete(segmentId);
      return false;
    }
    moving(this.#database, () => {
      for (const id of ids) {
        this.#takeOrder(branchId, id);
        last = id;
        if (spent()) break;
      }
    });
    this.#taken.set(segmentId, last);
    return true;
  }

  /** False: it does not stand in that segment any more. */
  readonly thaw: TaskHandler<ThawOrder, { readonly thawed: boolean }> = {
    synced: false,
    unchecked: true,
    run: ({ branchId, segmentId, orderId, record: text }) => {
      if (this.#place.get(branchId, orderId) !== segmentId) return { thawed: false };
      const record = JSON.parse(text) as OrderRecord;
      moving(this.#database, () => {
        this.#takeOrder(branchId, orderId);
      });
      const [payments, orders] = this.#forget;
      for (const { id } of record.order_payment) payments?.run(branchId, id as string);
      orders?.run(branchId, orderId);
      for (const table of ORDER_TABLES) {
        for (const row of record[table]) this.#inserts.get(table)?.(row);
      }
      return { thawed: true };
    },
  };

  #takeOrder(branchId: string, orderId: string): void {
    const [lineSteps, ...others] = this.#takes;
    lineSteps?.run(branchId, branchId, orderId);
    for (const statement of others) statement.run(branchId, orderId);
  }
}

type Insert = (row: PlainRow) => void;

/** A row of an older schema lacks columns that came since: they are empty. */
function insertInto(database: Database, table: OrderTable): Insert {
  const columns = database
    .prepare<[string]>('SELECT name FROM pragma_table_info(?)')
    .pluck()
    .all(table) as string[];
  const statement = database.prepare(
    `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
  );
  return (row) => {
    statement.run(...columns.map((name) => row[name] ?? null));
  };
}
