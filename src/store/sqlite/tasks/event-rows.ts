/** Events on their way out of the database: from one small transaction on they are read in their segment, then their rows go. */
import type { Database, Statement } from 'better-sqlite3';
import { CHAIN_START } from '../chain.js';
import { moving, type SegmentKey, type SegmentRows } from './segment-rows.js';

/** Deleted in one go: a fraction of a millisecond. */
const GO_EVENTS = 16;
/** Of a step, whose commit writes the pages of all of them: that takes as long as the deletes again. */
const STEP_EVENTS_MAX = 128;

/** Each by name, so that a test can ask how SQLite finds the rows. */
export const EVENT_ROWS_SQL = {
  range: `SELECT first_version AS first, last_version AS last, hash_before, hash_after
    FROM archive_segment WHERE branch_id = ? AND id = ? AND kind = 'events'`,
  newest: `SELECT last_version AS version, lower(hex(hash_after)) AS hash FROM archive_segment
    INDEXED BY archive_segment_version WHERE branch_id = ? AND kind = 'events'
      AND (state = 'moved' OR state = 'done') ORDER BY last_version DESC LIMIT 1`,
  hash: 'SELECT lower(hex(hash)) AS hash FROM sync_event WHERE branch_id = ? AND version = ?',
  oldest: `SELECT version FROM sync_event
    WHERE branch_id = ? AND version BETWEEN ? AND ? ORDER BY version LIMIT 1`,
  remove: 'DELETE FROM sync_event WHERE branch_id = ? AND version BETWEEN ? AND ?',
} as const;

interface Range {
  readonly first: number;
  readonly last: number;
  readonly hash_before: Buffer;
  readonly hash_after: Buffer;
}

export class EventRows implements SegmentRows {
  readonly #database: Database;
  readonly #sql: Readonly<Record<keyof typeof EVENT_ROWS_SQL, Statement>>;

  constructor(database: Database) {
    this.#database = database;
    this.#sql = {
      range: database.prepare(EVENT_ROWS_SQL.range),
      newest: database.prepare(EVENT_ROWS_SQL.newest),
      hash: database.prepare(EVENT_ROWS_SQL.hash),
      oldest: database.prepare(EVENT_ROWS_SQL.oldest),
      remove: database.prepare(EVENT_ROWS_SQL.remove),
    };
  }

  /**
   * Events are found by the range in the catalogue. False unless it begins where the newest segment ends and ends with what
   * the database holds there: no version stands in two segments, and none in between.
   */
  index({ branchId, segmentId }: SegmentKey): boolean {
    const range = this.#range(branchId, segmentId);
    const newest = (this.#sql.newest.get(branchId) ?? { version: 0, hash: CHAIN_START }) as {
      version: number;
      hash: string;
    };
    const stands = this.#sql.hash.get(branchId, range.last) as { hash: string } | undefined;
    return (
      newest.version + 1 === range.first &&
      newest.hash === range.hash_before.toString('hex') &&
      stands?.hash === range.hash_after.toString('hex')
    );
  }

  take({ branchId, segmentId }: SegmentKey, spent: () => boolean): boolean {
    const { first, last } = this.#range(branchId, segmentId);
    const oldest = this.#sql.oldest.get(branchId, first, last) as { version: number } | undefined;
    if (oldest === undefined) return false;
    let from = oldest.version;
    const end = Math.min(last, from + STEP_EVENTS_MAX - 1);
    moving(this.#database, () => {
      do {
        this.#sql.remove.run(branchId, from, Math.min(from + GO_EVENTS - 1, end));
        from += GO_EVENTS;
      } while (from <= end && !spent());
    });
    return true;
  }

  #range(branchId: string, segmentId: string): Range {
    const range = this.#sql.range.get(branchId, segmentId) as Range | undefined;
    if (range === undefined) throw new Error(`no segment ${segmentId} of events`);
    return range;
  }
}
