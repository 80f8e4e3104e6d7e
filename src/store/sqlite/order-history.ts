/** An order's past: what its rows were after each commit, and who made it. */
import type { Database, Statement } from 'better-sqlite3';
import type { ArchivedOrders } from '../archive/archived-orders.js';
import { historyPage } from '../history-page.js';
import type { HistoryPage, OrderHistory } from '../history.js';
import { countClearTexts, foldOrder } from './order-fold.js';
import type { Span } from '../archive/event-block.js';
import type { EventLog } from './event-log.js';
import { OrderSearch, type RowStep, type SearchedOrder } from './order-search.js';
import { PresentRecords } from './present-records.js';

/** Each by name, so that a test can ask how SQLite finds the rows. */
export const ORDER_OUTLINE_SQL = {
  head: 'SELECT version FROM branch_head WHERE branch_id = ?',
  header: 'SELECT version, commit_version FROM order_header WHERE branch_id = ? AND id = ?',
  steps: `SELECT status, commit_version FROM order_status_log
    WHERE branch_id = ? AND order_id = ? ORDER BY version`,
  lines: `SELECT id, version, commit_version FROM order_line INDEXED BY order_line_of_order
    WHERE branch_id = ? AND order_id = ?`,
  payments: `SELECT commit_version FROM order_payment INDEXED BY order_payment_of_order
    WHERE branch_id = ? AND order_id = ?`,
  adjustments: `SELECT commit_version FROM order_adjustment INDEXED BY order_adjustment_of_order
    WHERE branch_id = ? AND order_id = ?`,
} as const;

type Sql = Readonly<Record<keyof typeof ORDER_OUTLINE_SQL, Statement<string[]>>>;

interface StatusStep {
  readonly status: string;
  readonly commit_version: number;
}

interface OrderRows {
  readonly header: RowStep;
  readonly steps: readonly StatusStep[];
  readonly lines: readonly (RowStep & { readonly id: string })[];
  /** Of all other rows only what commit wrote them. */
  readonly others: readonly RowStep[];
}

export class OrderHistoryReader {
  readonly #database: Database;
  readonly #events: EventLog;
  readonly #archived: ArchivedOrders;
  readonly #present: PresentRecords;
  readonly #sql: Sql;

  constructor(database: Database, events: EventLog, archived: ArchivedOrders) {
    this.#database = database;
    this.#events = events;
    this.#archived = archived;
    this.#present = new PresentRecords(database, archived);
    const prepared = Object.entries(ORDER_OUTLINE_SQL).map(
      ([name, sql]) => [name, database.prepare(sql)] as const,
    );
    this.#sql = Object.fromEntries<unknown>(prepared) as Sql;
  }

  /** What it tells stands at one moment: commits that come while it reads are not in it. */
  async read(branchId: string, orderId: string, page: HistoryPage): Promise<OrderHistory | null> {
    const outline = this.#database.transaction(() => this.#outline(branchId, orderId))();
    if (outline === null) return null;
    const search = new OrderSearch(this.#database, this.#events, outline);
    const reason = await search.run();
    if (reason !== null) return { kind: 'untold', reason };
    const { events, lineIds } = search;
    const fold = () => {
      const shown = this.#present.show(branchId, orderId, events);
      return foldOrder(events, { orderId, lineIds, shown });
    };
    return historyPage(this.#database.transaction(fold)(), page);
  }

  /** Personal values that its events tell in clear text: they were written before their column was hashed. */
  async clearTexts(branchId: string, orderId: string): Promise<number> {
    const outline = this.#database.transaction(() => this.#outline(branchId, orderId))();
    if (outline === null) return 0;
    const search = new OrderSearch(this.#database, this.#events, outline);
    await search.run();
    return countClearTexts(search.events, { orderId, lineIds: search.lineIds });
  }

  #rowsOf(branchId: string, orderId: string): OrderRows | null {
    const header = this.#sql.header.get(branchId, orderId);
    if (header === undefined) return this.#archivedRows(branchId, orderId);
    return {
      header: header as RowStep,
      steps: this.#sql.steps.all(branchId, orderId) as StatusStep[],
      lines: this.#sql.lines.all(branchId, orderId) as OrderRows['lines'],
      others: [
        ...this.#sql.payments.all(branchId, orderId),
        ...this.#sql.adjustments.all(branchId, orderId),
      ] as RowStep[],
    };
  }

  /** The steps of its lines come along: they cannot be looked up one by one. */
  #archivedRows(branchId: string, orderId: string): OrderRows | null {
    const record = this.#archived.read(branchId, orderId);
    if (record === null) return null;
    return {
      header: record.order_header[0] as unknown as RowStep,
      steps: record.order_status_log as unknown as StatusStep[],
      lines: record.order_line as unknown as OrderRows['lines'],
      others: [
        ...record.order_payment,
        ...record.order_adjustment,
        ...record.order_line_status_log,
      ] as unknown as RowStep[],
    };
  }

  #outline(branchId: string, orderId: string): SearchedOrder | null {
    const rows = this.#rowsOf(branchId, orderId);
    if (rows === null) return null;
    const { header, steps, lines, others } = rows;
    const head = (this.#sql.head.get(branchId) as { version: number }).version;
    return {
      branchId,
      orderId,
      header,
      lines: new Map(lines.map((line) => [line.id, line])),
      head,
      commits: [header, ...steps, ...lines, ...others].map(({ commit_version: at }) => at),
      unfinished: unfinishedSpans(steps, head),
    };
  }
}

/** From each opening of the order to its end; of an order that is open, to the newest commit. */
function unfinishedSpans(steps: readonly StatusStep[], head: number): Span[] {
  const spans: Span[] = [];
  let from: number | null = null;
  for (const { status, commit_version: commit } of steps) {
    const finished = status === 'closed' || status === 'voided';
    if (!finished) from ??= commit;
    else if (from !== null) {
      spans.push([from, commit]);
      from = null;
    }
  }
  if (from !== null) spans.push([from, head]);
  return spans;
}
