/** What a kind of segment brings to the writer: its index, and its rows that go once they stand in the file. */
import type { Database } from 'better-sqlite3';

/** One row of archive_segment is known by these. */
export interface SegmentKey {
  readonly branchId: string;
  readonly segmentId: string;
}

/** Each is called inside a transaction in which references are not checked. */
export interface SegmentRows {
  /**
   * From here on reads go to the file. False, with nothing written: a commit later than `seen` wrote one of the records.
   * `index`: pairs of block and what the source indexes of a record, in the file's order.
   */
  index(key: SegmentKey, seen: number, index: readonly IndexEntry[]): boolean;
  /** Takes away rows of the segment's records until `spent` says so; false: none is left. */
  take(key: SegmentKey, spent: () => boolean): boolean;
}

export type IndexEntry = readonly [block: number, indexed: unknown];

/** Lets DELETE through to the append-only tables for the rest of the transaction that it is called in, as long as `work` runs. */
export function moving<T>(database: Database, work: () => T): T {
  database.prepare(`INSERT INTO meta (name, value) VALUES ('moving', '')`).run();
  const value = work();
  database.prepare(`DELETE FROM meta WHERE name = 'moving'`).run();
  return value;
}
