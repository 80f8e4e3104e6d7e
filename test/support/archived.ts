/** A data directory of `writeDay` whose finished orders and first events stand in segments, written by the format alone. */
import Database from 'better-sqlite3';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SegmentWriter, type WrittenSegment } from '../../src/store/archive/segment-writer.js';
import { DATABASE_NAME } from '../../src/store/sqlite/open.js';
import { NOON } from './rows.js';

export const ORDERS_SEGMENT = 'segment-orders';
export const EVENTS_SEGMENTS = ['segment-events-1', 'segment-events-2'] as const;
/** Versions that are in the segments of events, both ends included. */
const EVENT_RANGES = [
  [1, 5],
  [6, 9],
] as const;
const TABLES = [
  ...['order_header', 'order_line', 'order_payment', 'order_adjustment'],
  ...['order_status_log', 'order_line_status_log'],
];

type Row = Readonly<Record<string, string | number | null>>;

export function segmentFile(database: Database.Database, id: string): string {
  return join(dirname(database.name), 'archive', `${id}.segment`);
}

/** Branch `main`; the hub is stopped. */
export function archiveDay(directory: string): void {
  const database = new Database(join(directory, DATABASE_NAME));
  database.pragma('foreign_keys = OFF');
  mkdirSync(join(directory, 'archive'));
  database.exec("INSERT INTO meta VALUES ('moving', '1')");
  archiveOrders(database);
  for (const [index, range] of EVENT_RANGES.entries()) {
    archiveEvents(database, EVENTS_SEGMENTS[index] ?? '', range);
  }
  database.exec("DELETE FROM meta WHERE name = 'moving'");
  database.close();
}

function archiveOrders(database: Database.Database): void {
  const ids = database
    .prepare(
      `SELECT id FROM order_header WHERE branch_id = 'main' AND shift_id = 'main-shift-1'
       AND status IN ('closed', 'voided') ORDER BY id`,
    )
    .pluck()
    .all() as string[];
  const catalogue = beginSegment(database, { id: ORDERS_SEGMENT, kind: 'orders', range: null });
  const index = database.prepare(
    `INSERT INTO archived_order SELECT branch_id, id, ?, ?, shift_id, business_date, number, table_no,
       status, opened_at FROM order_header WHERE branch_id = 'main' AND id = ?`,
  );
  const indexPayments = database.prepare(
    `INSERT INTO archived_payment SELECT branch_id, id, order_id FROM order_payment
     WHERE branch_id = 'main' AND order_id = ?`,
  );
  for (const id of ids) {
    const record = Object.fromEntries(TABLES.map((table) => [table, rowsOf(database, table, id)]));
    index.run(ORDERS_SEGMENT, catalogue.writer.add(record), id);
    indexPayments.run(id);
  }
  catalogue.finish();
  for (const id of ids) {
    for (const table of [...TABLES].reverse()) {
      database.prepare(`DELETE FROM ${table} WHERE ${placeOf(table)}`).run(id);
    }
  }
}

function rowsOf(database: Database.Database, table: string, orderId: string): Row[] {
  return database.prepare(`SELECT * FROM ${table} WHERE ${placeOf(table)}`).all(orderId) as Row[];
}

function placeOf(table: string): string {
  if (table === 'order_header') return "branch_id = 'main' AND id = ?";
  if (table !== 'order_line_status_log') return "branch_id = 'main' AND order_id = ?";
  return "branch_id = 'main' AND line_id IN (SELECT id FROM order_line WHERE branch_id = 'main' AND order_id = ?)";
}

function archiveEvents(
  database: Database.Database,
  id: string,
  [first, last]: readonly [number, number],
): void {
  const catalogue = beginSegment(database, { id, kind: 'events', range: [first, last] });
  const range = "branch_id = 'main' AND version BETWEEN ? AND ?";
  const events = database
    .prepare(
      `SELECT version, at, actor, device, command, key, correlation_id, changes, lower(hex(hash)) AS hash
       FROM sync_event WHERE ${range} ORDER BY version`,
    )
    .raw()
    .all(first, last);
  for (const event of events) catalogue.writer.add(event);
  catalogue.finish();
  database.prepare(`DELETE FROM sync_event WHERE ${range}`).run(first, last);
}

interface Begun {
  readonly id: string;
  readonly kind: 'orders' | 'events';
  readonly range: readonly [first: number, last: number] | null;
}

function beginSegment(database: Database.Database, { id, kind, range }: Begun) {
  const writer = new SegmentWriter(segmentFile(database, id), {
    ...{ branchId: 'main', segmentId: id, kind },
  });
  const [first = null, last = null] = range ?? [];
  const hashAt = (version: number | null): unknown => {
    if (version === 0) return Buffer.alloc(32);
    return (
      database
        .prepare("SELECT hash FROM sync_event WHERE branch_id = 'main' AND version = ?")
        .pluck()
        .get(version) ?? null
    );
  };
  const before = hashAt(first === null ? null : first - 1) ?? lastHash(database);
  const hashes = range === null ? [null, null] : [before, hashAt(last)];
  database
    .prepare(
      `INSERT INTO archive_segment (branch_id, id, kind, state, shift_id, first_version, last_version,
         hash_before, hash_after, at) VALUES ('main', ?, ?, 'writing', ?, ?, ?, ?, ?, ?)`,
    )
    .run(id, kind, kind === 'orders' ? 'main-shift-1' : null, first, last, ...hashes, NOON);
  const finish = (): void => {
    const facts =
      kind === 'orders'
        ? { shift_id: 'main-shift-1' }
        : { first_version: first, last_version: last };
    noteDone(database, id, writer.finish(facts));
    writer.close();
  };
  return { writer, finish };
}

/** Where the segment of events before ended. */
function lastHash(database: Database.Database): unknown {
  return database
    .prepare(
      `SELECT hash_after FROM archive_segment WHERE kind = 'events' ORDER BY last_version DESC`,
    )
    .pluck()
    .get();
}

function noteDone(database: Database.Database, id: string, written: WrittenSegment): void {
  const { records, bytes, rawBytes, sha256, blocks } = written;
  database
    .prepare(
      `UPDATE archive_segment SET state = 'done', records = ?, bytes = ?, raw_bytes = ?, sha256 = ?,
         blocks = ? WHERE id = ?`,
    )
    .run(records, bytes, rawBytes, sha256, JSON.stringify(blocks), id);
}
