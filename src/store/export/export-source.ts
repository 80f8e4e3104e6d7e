/**
 * Everything of the database as it stands at one moment, in an order that does not depend on where a row is: archived orders
 * and rotated events come as if they had never left. Bounded in memory.
 */
import type { Database } from 'better-sqlite3';
import { archiveDirectory } from '../archive/archive-directory.js';
import { ArchivedOrders, type ArchivedPlace } from '../archive/archived-orders.js';
import { EventSegments, type EventSegmentRow } from '../archive/event-segments.js';
import { OrderRecords, type OrderRecord } from '../archive/order-record.js';
import type { BranchHead } from '../sqlite/messages.js';
import { EVENT_TABLE } from './exported-tables.js';
import type { Cells, SqlCell } from './row-text.js';

type Row = Readonly<Record<string, SqlCell | undefined>>;

interface OrderPlace {
  readonly id: string;
  /** null: its rows are in the database. */
  readonly segment_id: string | null;
  readonly block: number;
}

/** Oldest first; both halves come out of their indexes in this order. */
const ORDERS = `SELECT opened_at, id, segment_id, block FROM archived_order WHERE branch_id = :branchId
  UNION ALL
  SELECT opened_at, id, NULL, 0 FROM order_header o WHERE branch_id = :branchId AND NOT EXISTS (
    SELECT 1 FROM archived_order a WHERE a.branch_id = o.branch_id AND a.id = o.id)
  ORDER BY 1, 2`;
const SEGMENTS = `SELECT id, first_version, last_version, sha256, blocks FROM archive_segment
  WHERE branch_id = ? AND kind = 'events' AND state <> 'writing' ORDER BY first_version`;

export class ExportSource {
  /** In the order of their ids. */
  readonly branches: readonly string[];
  readonly #database: Database;
  readonly #records: OrderRecords;
  readonly #archived: ArchivedOrders;
  readonly #segments: EventSegments;
  readonly #columns = new Map<string, readonly string[]>();

  /** `branchId` null: all. The caller's transaction is the moment. */
  constructor(database: Database, branchId: string | null) {
    this.#database = database;
    this.#records = new OrderRecords(database);
    this.#archived = new ArchivedOrders(database);
    this.#segments = new EventSegments(archiveDirectory(database.name));
    const all = this.#list('SELECT id FROM branch ORDER BY id') as string[];
    this.branches = branchId === null ? all : all.filter((id) => id === branchId);
    if (branchId !== null && this.branches.length === 0) {
      throw new Error(`there is no branch ${branchId}`);
    }
  }

  get heads(): readonly BranchHead[] {
    const heads = this.#database
      .prepare('SELECT branch_id, version, lower(hex(hash)) FROM branch_head ORDER BY branch_id')
      .raw()
      .all() as BranchHead[];
    return heads.filter(([branchId]) => this.branches.includes(branchId));
  }

  columns(table: string): readonly string[] {
    const known = this.#columns.get(table);
    if (known !== undefined) return known;
    const names = this.#list(`SELECT name FROM pragma_table_info('${table}') ORDER BY cid`);
    this.#columns.set(table, names as string[]);
    return names as string[];
  }

  /** In the order of its primary key. */
  *rows(table: string): Generator<Cells, void> {
    const key = this.#list(
      `SELECT name FROM pragma_table_info('${table}') WHERE pk > 0 ORDER BY pk`,
    ) as string[];
    const branch = table === 'branch' ? 'id' : 'branch_id';
    const list = this.columns(table).join(', ');
    const rows = this.#database
      .prepare<[string], Cells>(
        `SELECT ${list} FROM ${table} WHERE ${branch} = ? ORDER BY ${key.join(', ')}`,
      )
      .raw();
    for (const branchId of this.branches) yield* rows.iterate(branchId);
  }

  orderCount(): number {
    return this.#sum((branchId) => {
      const places = this.#database.prepare(`SELECT count(*) FROM (${ORDERS})`).pluck();
      return places.get({ branchId }) as number;
    });
  }

  /** All that there is of each order. Throws SegmentError where a file cannot be read. */
  *orders(): Generator<OrderRecord, void> {
    const places = this.#database.prepare<[{ branchId: string }], OrderPlace>(ORDERS);
    for (const branchId of this.branches) {
      for (const { id, segment_id, block } of places.iterate({ branchId })) {
        const place: ArchivedPlace | null = segment_id === null ? null : { segment_id, block };
        yield place === null
          ? this.#records.read(branchId, id)
          : this.#archived.readAt(branchId, place, id);
      }
    }
  }

  /** A column that an older record does not know is null. */
  cells(table: string, row: Row): Cells {
    return this.columns(table).map((column) => row[column] ?? null);
  }

  eventCount(): number {
    return this.heads.reduce((sum, [, version]) => sum + version, 0);
  }

  /** By branch and version. Throws SegmentError where a file cannot be read. */
  *events(): Generator<Cells, void> {
    const segments = this.#database.prepare<[string], EventSegmentRow>(SEGMENTS);
    const list = this.columns(EVENT_TABLE).join(', ');
    const living = this.#database
      .prepare<[string, number], Cells>(
        `SELECT ${list} FROM ${EVENT_TABLE} WHERE branch_id = ? AND version > ? ORDER BY version`,
      )
      .raw();
    for (const branchId of this.branches) {
      let last = 0;
      for (const segment of segments.all(branchId)) {
        last = segment.last_version;
        for (let version = segment.first_version; version <= last; version += 1) {
          const { hash, ...event } = this.#segments.event(segment, version);
          const row = { branch_id: branchId, ...event, hash: Buffer.from(hash, 'hex') };
          yield this.cells(EVENT_TABLE, row);
        }
      }
      yield* living.iterate(branchId, last);
    }
  }

  #sum(count: (branchId: string) => number): number {
    return this.branches.reduce((sum, branchId) => sum + count(branchId), 0);
  }

  #list(sql: string): unknown[] {
    return this.#database.prepare(sql).pluck().all();
  }
}
