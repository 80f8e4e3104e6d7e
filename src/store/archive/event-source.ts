/**
 * Events on their way into segments: one range of versions after the other, from the oldest on, without a gap. They leave when
 * they are older than the archive's age; nothing that the hub does from day to day asks for them. The newest event of a
 * branch always stays.
 *
 * Each record is proved as it is read: its hash is reckoned anew from the one before. So a segment is written of a whole chain
 * only, and reading it back against the same records proves the chain of what stands in the file.
 */
import type { Database, Statement } from 'better-sqlite3';
import { CHAIN_START, followsOn } from '../sqlite/chain.js';
import { eventRecord, type StoredEvent } from './event-record.js';
import type { SegmentFacts } from './segment-format.js';
import type {
  ArchiveWanted,
  Candidate,
  EventRange,
  SegmentPlan,
  SegmentSource,
  SourceRecord,
} from './segment-source.js';

/** Each by name, so that a test can ask how SQLite finds the rows. */
export const EVENT_SOURCE_SQL = {
  branches: 'SELECT branch_id FROM branch_head ORDER BY branch_id',
  newestSegment: `SELECT last_version AS version, lower(hex(hash_after)) AS hash FROM archive_segment
    INDEXED BY archive_segment_version WHERE branch_id = ? AND kind = 'events'
      AND (state = 'moved' OR state = 'done') ORDER BY last_version DESC LIMIT 1`,
  newest: 'SELECT version FROM branch_head WHERE branch_id = ?',
  firstSince: `SELECT version FROM sync_event
    WHERE branch_id = ? AND version BETWEEN ? AND ? AND at >= ? ORDER BY version LIMIT 1`,
  hash: 'SELECT lower(hex(hash)) FROM sync_event WHERE branch_id = ? AND version = ?',
  page: `SELECT version, at, actor, device, command, key, correlation_id, changes, lower(hex(hash)) AS hash
    FROM sync_event WHERE branch_id = ? AND version BETWEEN ? AND ? ORDER BY version`,
} as const;

export interface EventLimits {
  /** Fewer wait until there are more, or until they are overdue. */
  readonly eventsMin: number;
  /** Events of one segment. */
  readonly eventsMax: number;
}

/**
 * 20,000 events are some 20 MB, 2 MB in the file. A branch of 1,100 lines a day has 1,300 events and more: moved by the hour in
 * handfuls they would make 1,500 files a year, each of which a start looks at and a backup and a verification read; 5,000 at a
 * time make a hundred, and what waits for them is some days more in the database.
 */
const LIMITS: EventLimits = { eventsMin: 5_000, eventsMax: 20_000 };
/** A quiet branch does not wait for ever: when its oldest event is so much older than it must be, fewer will do. */
const OVERDUE_MS = 7 * 86_400_000;
/** Below this a file would cost more than it saves. */
const OVERDUE_EVENTS_MIN = 256;

interface Known {
  readonly version: number;
  readonly hash: string;
}

const NO_SEGMENT: Known = { version: 0, hash: CHAIN_START };

type Sql = Readonly<Record<keyof typeof EVENT_SOURCE_SQL, Statement>>;

export class EventSource implements SegmentSource {
  readonly kind = 'events';
  readonly #sql: Sql;
  readonly #limits: EventLimits;

  constructor(database: Database, limits: EventLimits = LIMITS) {
    const prepared = Object.entries(EVENT_SOURCE_SQL).map(
      ([name, sql]) => [name, database.prepare(sql)] as const,
    );
    this.#sql = Object.fromEntries<unknown>(prepared) as Sql;
    this.#limits = limits;
  }

  candidates(wanted: ArchiveWanted): Candidate[] {
    const branches = this.#sql.branches.all() as { branch_id: string }[];
    return branches
      .map(({ branch_id: branchId }): Candidate => ({ kind: this.kind, branchId, shiftId: null }))
      .filter(({ branchId }) => wanted.branchId === null || branchId === wanted.branchId)
      .filter((candidate) => this.plan(candidate, wanted) !== null);
  }

  plan(candidate: Candidate, { closedBefore }: ArchiveWanted): SegmentPlan | null {
    const { branchId } = candidate;
    const { eventsMin, eventsMax } = this.#limits;
    const known = (this.#sql.newestSegment.get(branchId) as Known | undefined) ?? NO_SEGMENT;
    const head = this.#sql.newest.get(branchId) as { version: number } | undefined;
    const first = known.version + 1;
    const end = Math.min((head?.version ?? 0) - 1, first + eventsMax - 1);
    const since = this.#sql.firstSince.get(branchId, first, end, closedBefore) as
      { version: number } | undefined;
    const last = since === undefined ? end : since.version - 1;
    const overdueSince = closedBefore - OVERDUE_MS;
    const isOverdue = this.#sql.firstSince.get(branchId, first, first, overdueSince) === undefined;
    const enough = isOverdue ? Math.min(eventsMin, OVERDUE_EVENTS_MIN) : eventsMin;
    if (last - first + 1 < enough) return null;
    const hashAfter = this.#hashOf(branchId, last);
    return { ...candidate, ids: [], range: { first, last, hashBefore: known.hash, hashAfter } };
  }

  /** Throws where they are not those that were committed: what was tampered with stays where `verify` finds it. */
  records(plan: SegmentPlan, from: number, count: number): SourceRecord[] {
    const { branchId } = plan;
    const range = rangeOf(plan);
    const first = range.first + from;
    const last = Math.min(first + count - 1, range.last);
    if (last < first) return [];
    const events = this.#sql.page.all(branchId, first, last) as StoredEvent[];
    if (events.length !== last - first + 1) {
      const place = `between ${String(first)} and ${String(last)}`;
      throw new Error(`branch ${branchId} lacks events ${place}; run verify`);
    }
    let hash = from === 0 ? range.hashBefore : this.#hashOf(branchId, first - 1);
    return events.map((event) => {
      hash = followed(branchId, hash, event);
      return { record: eventRecord(event), index: null, sums: { events: 1 } };
    });
  }

  facts(plan: SegmentPlan): SegmentFacts {
    const { first, last, hashBefore, hashAfter } = rangeOf(plan);
    const versions = { first_version: first, last_version: last };
    return { ...versions, hash_before: hashBefore, hash_after: hashAfter };
  }

  #hashOf(branchId: string, version: number): string {
    const hash = this.#sql.hash.pluck().get(branchId, version) as string | undefined;
    if (hash !== undefined) return hash;
    throw new Error(`branch ${branchId} lacks event ${String(version)}; run verify`);
  }
}

function rangeOf({ range }: SegmentPlan): EventRange {
  if (range === null) throw new Error('a segment of events has a range');
  return range;
}

/** The event's hash, where it follows on the one before. */
function followed(branchId: string, before: string, event: StoredEvent): string {
  if (followsOn(branchId, before, event)) return event.hash;
  const place = `event ${String(event.version)} of branch ${branchId}`;
  throw new Error(`${place} breaks the hash chain; run verify`);
}
