/**
 * The one door to a branch's events, wherever they are: the oldest in segments of the archive, the rest in `sync_event`.
 * Every look finds in one read transaction where its versions are, so that a rotation between two looks is not noticed;
 * and each is short (one block of a segment, or a few milliseconds of rows): whoever wants more lets others in between.
 */
import type { Database, Statement } from 'better-sqlite3';
import { archiveDirectory } from '../archive/archive-directory.js';
import type { EventFilter, Span } from '../archive/event-block.js';
import type { StoredEvent } from '../archive/event-record.js';
import { EventSegments, type EventSegmentRow } from '../archive/event-segments.js';
import type { CommitRecord } from '../history.js';

/** Rows searched in one look: a few milliseconds. */
const LOOK_EVENTS = 2_000;

const OF_SEGMENT = `SELECT id, first_version, last_version, sha256, blocks FROM archive_segment
    INDEXED BY archive_segment_version WHERE branch_id = ? AND kind = 'events'
      AND (state = 'moved' OR state = 'done')`;

/** Each by name, so that a test can ask how SQLite finds the rows. */
export const EVENT_SQL = {
  segmentFrom: `${OF_SEGMENT} AND last_version >= ? ORDER BY last_version LIMIT 1`,
  segmentBefore: `${OF_SEGMENT} AND last_version < ? ORDER BY last_version DESC LIMIT 1`,
  event: `SELECT version, at, actor, device, command, key, correlation_id, changes, lower(hex(hash)) AS hash
    FROM sync_event WHERE branch_id = ? AND version = ?`,
  at: 'SELECT at FROM sync_event WHERE branch_id = ? AND version = ?',
  naming: `SELECT version FROM sync_event
    WHERE branch_id = ? AND version BETWEEN ? AND ? AND instr(changes, ?) > 0 ORDER BY version`,
  matching: `SELECT version, at, actor, device, command, key, correlation_id FROM sync_event
    WHERE branch_id = :branch AND version BETWEEN :first AND :last
      AND at >= :from AND at < :to
      AND (:actor IS NULL OR actor = :actor) AND (:device IS NULL OR device = :device)
      AND (:command IS NULL OR command = :command)
    ORDER BY version DESC LIMIT :limit`,
} as const;

export interface Look<T> {
  readonly found: readonly T[];
  /** What this look has not come to; null: nothing is left. */
  readonly rest: Span | null;
}

type Sql = Readonly<Record<keyof typeof EVENT_SQL, Statement>>;

/** Where an event is, with how far that place reaches. */
type Place =
  | { readonly kind: 'live'; readonly reach: Span }
  | { readonly kind: 'archived'; readonly segment: EventSegmentRow };

export class EventLog {
  readonly #database: Database;
  readonly #segments: EventSegments;
  readonly #sql: Sql;

  constructor(database: Database) {
    this.#database = database;
    this.#segments = new EventSegments(archiveDirectory(database.name));
    const prepared = Object.entries(EVENT_SQL).map(
      ([name, sql]) => [name, database.prepare(sql)] as const,
    );
    this.#sql = Object.fromEntries<unknown>(prepared) as Sql;
  }

  /** null: there is no such version. */
  event(branchId: string, version: number): StoredEvent | null {
    return this.#at(branchId, version, (segment) =>
      segment === null
        ? ((this.#sql.event.get(branchId, version) as StoredEvent | undefined) ?? null)
        : this.#segments.event(segment, version),
    );
  }

  /** When the version was committed; null: there is no such version. */
  at(branchId: string, version: number): number | null {
    return this.#at(branchId, version, (segment) =>
      segment === null
        ? ((this.#sql.at.get(branchId, version) as { at: number } | undefined)?.at ?? null)
        : this.#segments.event(segment, version).at,
    );
  }

  /** Versions in whose changes the text stands, in rising order, from the span's beginning on. */
  naming(branchId: string, span: Span, text: string): Look<number> {
    const [first, last] = span;
    return this.#database.transaction((): Look<number> => {
      const place = this.#place(branchId, first);
      if (place.kind === 'archived') {
        const block = this.#segments.block(place.segment, first);
        const end = Math.min(last, block.last);
        return { found: block.naming([first, end], text), rest: spanOf(end + 1, last) };
      }
      const end = Math.min(last, place.reach[1], first + LOOK_EVENTS - 1);
      const rows = this.#sql.naming.all(branchId, first, end, text) as { version: number }[];
      return { found: rows.map(({ version }) => version), rest: spanOf(end + 1, last) };
    })();
  }

  /** Newest first, from the span's end on. */
  matching(branchId: string, span: Span, filter: EventFilter): Look<CommitRecord> {
    const [first, last] = span;
    return this.#database.transaction((): Look<CommitRecord> => {
      const place = this.#place(branchId, last);
      if (place.kind === 'archived') {
        const block = this.#segments.block(place.segment, last);
        const start = Math.max(first, block.first);
        return { found: block.matching([start, last], filter), rest: spanOf(first, start - 1) };
      }
      const start = Math.max(first, place.reach[0], last - LOOK_EVENTS + 1);
      const values = { branch: branchId, ...filter, first: start, last };
      const found = this.#sql.matching.all(values) as CommitRecord[];
      return { found, rest: spanOf(first, start - 1) };
    })();
  }

  #at<T>(branchId: string, version: number, read: (segment: EventSegmentRow | null) => T): T {
    return this.#database.transaction(() => {
      const place = this.#place(branchId, version);
      return read(place.kind === 'archived' ? place.segment : null);
    })();
  }

  #place(branchId: string, version: number): Place {
    const segment = this.#sql.segmentFrom.get(branchId, version) as EventSegmentRow | undefined;
    if (segment !== undefined && segment.first_version <= version) {
      return { kind: 'archived', segment };
    }
    const before = this.#sql.segmentBefore.get(branchId, version) as EventSegmentRow | undefined;
    const end = segment === undefined ? Number.MAX_SAFE_INTEGER : segment.first_version - 1;
    return { kind: 'live', reach: [(before?.last_version ?? 0) + 1, end] };
  }
}

function spanOf(first: number, last: number): Span | null {
  return first <= last ? [first, last] : null;
}
