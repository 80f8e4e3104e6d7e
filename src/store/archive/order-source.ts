/** Orders of closed shifts, on their way into segments: finished ones that no screen shows any more. */
import type { Database, Statement } from 'better-sqlite3';
import type { PlainRow } from '../sqlite/row-sql.js';
import { OrderRecords, type OrderRecord } from './order-record.js';
import type { SegmentFacts } from './segment-format.js';
import type {
  ArchiveWanted,
  Candidate,
  SegmentPlan,
  SegmentSource,
  SourceRecord,
} from './segment-source.js';

/** Their index rows are written in one transaction, which commits wait for: some 5 ms. */
const SEGMENT_ORDERS_MAX = 200;

/** Each by name, so that a test can ask how SQLite finds the rows. */
export const ORDER_SOURCE_SQL = {
  branches: 'SELECT id FROM branch ORDER BY id',
  shifts: `SELECT s.id FROM pos_shift s INDEXED BY pos_shift_closed
    WHERE s.branch_id = ? AND s.status = 'closed' AND s.closed_at <= ? AND EXISTS (
      SELECT 1 FROM order_header o INDEXED BY order_header_of_shift
      WHERE o.branch_id = s.branch_id AND o.shift_id = s.id)
    ORDER BY s.closed_at, s.id`,
  // A payment of a later shift keeps its order here until that shift may go too: a start loads it with the shift.
  orders: `SELECT o.id FROM order_header o INDEXED BY order_header_of_shift
    WHERE o.branch_id = :branchId AND o.shift_id = :shiftId
      AND o.status IN ('closed', 'voided') AND o.stations = '[]'
      AND NOT EXISTS (
        SELECT 1 FROM order_payment p INDEXED BY order_payment_of_order
        CROSS JOIN pos_shift s ON s.branch_id = p.branch_id AND s.id = p.shift_id
        WHERE p.branch_id = o.branch_id AND p.order_id = o.id
          AND (s.status = 'open' OR s.closed_at > :closedBefore))
    ORDER BY o.opened_at, o.id LIMIT ${String(SEGMENT_ORDERS_MAX)}`,
} as const;

interface OrdersWanted {
  readonly branchId: string;
  readonly shiftId: string | null;
  readonly closedBefore: number;
}

/** What archived_order and archived_payment keep of an order. */
export interface OrderIndex {
  readonly id: string;
  readonly shift_id: string;
  readonly business_date: string;
  readonly number: number;
  readonly table_no: string | null;
  readonly status: string;
  readonly opened_at: number;
  readonly payments: readonly string[];
}

export class OrderSource implements SegmentSource {
  readonly kind = 'orders';
  readonly #database: Database;
  readonly #records: OrderRecords;
  readonly #branches: Statement<[]>;
  readonly #shifts: Statement<[string, number]>;
  readonly #orders: Statement<[OrdersWanted]>;

  constructor(database: Database) {
    this.#database = database;
    this.#records = new OrderRecords(database);
    this.#branches = database.prepare<[]>(ORDER_SOURCE_SQL.branches).pluck();
    this.#shifts = database.prepare<[string, number]>(ORDER_SOURCE_SQL.shifts).pluck();
    this.#orders = database.prepare<[OrdersWanted]>(ORDER_SOURCE_SQL.orders).pluck();
  }

  candidates({ closedBefore, branchId: wanted }: ArchiveWanted): Candidate[] {
    const branches = wanted === null ? (this.#branches.all() as string[]) : [wanted];
    return branches.flatMap((branchId) =>
      (this.#shifts.all(branchId, closedBefore) as string[]).map((shiftId): Candidate => ({
        kind: this.kind,
        branchId,
        shiftId,
      })),
    );
  }

  plan(candidate: Candidate, { closedBefore }: ArchiveWanted): SegmentPlan | null {
    const { branchId, shiftId } = candidate;
    const ids = this.#orders.all({ branchId, shiftId, closedBefore }) as string[];
    return ids.length === 0 ? null : { ...candidate, ids, range: null };
  }

  records({ branchId, ids }: SegmentPlan, from: number, count: number): SourceRecord[] {
    const wanted = ids.slice(from, from + count);
    return this.#database.transaction(() =>
      wanted.map((id) => sourceRecord(this.#records.read(branchId, id))),
    )();
  }

  facts({ shiftId }: SegmentPlan): SegmentFacts {
    return { shift_id: shiftId };
  }
}

export function sourceRecord(record: OrderRecord): SourceRecord {
  const [header] = record.order_header;
  if (header === undefined) throw new Error('an order went away while it was copied');
  const index: OrderIndex = {
    ...(pick(header, INDEX_COLUMNS) as unknown as Omit<OrderIndex, 'payments'>),
    payments: record.order_payment.map(({ id }) => id as string),
  };
  const sums = {
    ...{ orders: 1, lines: record.order_line.length, payments: record.order_payment.length },
    ...{ total: header['total'] as number, paid: header['paid'] as number },
  };
  return { record, index, sums };
}

const INDEX_COLUMNS = [
  ...['id', 'shift_id', 'business_date', 'number', 'table_no', 'status', 'opened_at'],
];

function pick(row: PlainRow, names: readonly string[]): PlainRow {
  return Object.fromEntries(names.map((name) => [name, row[name]]));
}
