/** Orders that stand in segments, for the reads of the Store port. Call each inside a read transaction. */
import type { Database, Statement } from 'better-sqlite3';
import { archiveDirectory } from './archive-directory.js';
import type { OrderRecord } from './order-record.js';
import { SegmentCache, type CataloguedSegment } from './segment-cache.js';

/** Each by name, so that a test can ask how SQLite finds the rows. */
export const ARCHIVED_SQL = {
  place: 'SELECT segment_id, block FROM archived_order WHERE branch_id = ? AND id = ?',
  segment: 'SELECT id, sha256, blocks FROM archive_segment WHERE branch_id = ? AND id = ?',
  orderOfPayment: 'SELECT order_id FROM archived_payment WHERE branch_id = ? AND id = ?',
  lastNumber: 'SELECT max(number) FROM archived_order WHERE branch_id = ? AND business_date = ?',
  newest: `SELECT id, segment_id, block FROM archived_order INDEXED BY archived_order_opened
    WHERE branch_id = ? ORDER BY opened_at DESC, id DESC LIMIT ?`,
} as const;

type Sql = Readonly<Record<keyof typeof ARCHIVED_SQL, Statement<(string | number)[]>>>;

export interface ArchivedPlace {
  readonly segment_id: string;
  readonly block: number;
}

export class ArchivedOrders {
  readonly #cache: SegmentCache<readonly OrderRecord[]>;
  readonly #sql: Sql;

  constructor(database: Database) {
    this.#cache = new SegmentCache(archiveDirectory(database.name), (lines) =>
      lines.map((line) => JSON.parse(line) as OrderRecord),
    );
    const prepared = Object.entries(ARCHIVED_SQL).map(
      ([name, sql]) => [name, database.prepare(sql)] as const,
    );
    this.#sql = Object.fromEntries<unknown>(prepared) as Sql;
  }

  place(branchId: string, orderId: string): ArchivedPlace | null {
    return (this.#sql.place.get(branchId, orderId) as ArchivedPlace | undefined) ?? null;
  }

  /** null: it is not archived. Throws SegmentError where its file cannot be read. */
  read(branchId: string, orderId: string): OrderRecord | null {
    const place = this.place(branchId, orderId);
    if (place === null) return null;
    return this.readAt(branchId, place, orderId);
  }

  readAt(branchId: string, place: ArchivedPlace, orderId: string): OrderRecord {
    const record = this.#block(branchId, place).find(
      ({ order_header: [header] }) => header?.['id'] === orderId,
    );
    if (record === undefined) {
      throw new Error(`order ${orderId} is not in segment ${place.segment_id}, as it should be`);
    }
    return record;
  }

  /**
   * The orders opened last among the archived, at least so many unless there are fewer, and not from more blocks than
   * `blocksMax`.
   */
  newest(branchId: string, orders: number, blocksMax: number): OrderRecord[] {
    const rows = this.#sql.newest.all(branchId, orders) as (ArchivedPlace & { id: string })[];
    const blocks = new Set<string>();
    return rows.flatMap(({ id, ...place }) => {
      blocks.add(`${place.segment_id} ${String(place.block)}`);
      return blocks.size > blocksMax ? [] : [this.readAt(branchId, place, id)];
    });
  }

  orderIdOfPayment(branchId: string, paymentId: string): string | null {
    const row = this.#sql.orderOfPayment.get(branchId, paymentId);
    return (row as { order_id: string } | undefined)?.order_id ?? null;
  }

  lastNumber(branchId: string, businessDate: string): number {
    return (this.#sql.lastNumber.pluck().get(branchId, businessDate) as number | null) ?? 0;
  }

  forget(segmentId: string): void {
    this.#cache.forget(segmentId);
  }

  /** All orders of one block, some of which may be read from elsewhere by now. */
  #block(branchId: string, { segment_id: id, block }: ArchivedPlace): readonly OrderRecord[] {
    const segment = this.#sql.segment.get(branchId, id) as CataloguedSegment | undefined;
    return this.#cache.block(segment ?? { id, sha256: '', blocks: '[]' }, block);
  }
}
