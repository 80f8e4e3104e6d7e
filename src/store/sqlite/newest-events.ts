/**
 * The newest events of a branch, read from its head backwards: their chain is reckoned anew, and they tell what the rows that
 * they wrote hold by now.
 */
import type { Database, Statement } from 'better-sqlite3';
import type { StoredEvent } from '../archive/event-record.js';
import { CHAIN_START, followsOn } from './chain.js';
import type { PlainRow } from './row-sql.js';

/** Each by name, so that a test can ask how SQLite finds the rows. */
export const NEWEST_SQL = {
  head: 'SELECT version, lower(hex(hash)) AS hash FROM branch_head WHERE branch_id = ?',
  events: `SELECT version, at, actor, device, command, key, correlation_id, changes, lower(hex(hash)) AS hash
    FROM sync_event WHERE branch_id = ? AND version > (
      SELECT coalesce(max(last_version), 0) FROM archive_segment INDEXED BY archive_segment_version
      WHERE branch_id = ? AND kind = 'events' AND state <> 'writing')
    ORDER BY version DESC LIMIT ?`,
  segmentEnd: `SELECT lower(hex(hash_after)) AS hash FROM archive_segment INDEXED BY archive_segment_version
    WHERE branch_id = ? AND kind = 'events' AND last_version = ?`,
} as const;

type Sql = Readonly<Record<keyof typeof NEWEST_SQL, Statement>>;

/** What events say of a row. */
export interface ToldRow {
  readonly table: string;
  readonly id: string;
  readonly version: number;
  /** The newest event that wrote it. */
  readonly commitVersion: number;
  /** As far as these events wrote them, each as the newest did. */
  readonly columns: PlainRow;
}

type Place = Pick<ToldRow, 'table' | 'id' | 'version'>;

interface Written {
  readonly inserted?: readonly (PlainRow & { readonly id: string; readonly version: number })[];
  readonly updated?: readonly {
    readonly id: string;
    readonly version: number;
    readonly changes: PlainRow;
  }[];
}

interface Link {
  readonly version: number;
  readonly hash: string;
}

const NO_EVENT: Link = { version: 0, hash: CHAIN_START };

export class NewestEvents {
  readonly #sql: Sql;

  constructor(database: Database) {
    const prepared = Object.entries(NEWEST_SQL).map(
      ([name, sql]) => [name, database.prepare(sql)] as const,
    );
    this.#sql = Object.fromEntries<unknown>(prepared) as Sql;
  }

  /** Of so many events. Throws, with what is wrong in words, where they are not those that were committed. */
  rows(branchId: string, eventsMax: number): Iterable<ToldRow> {
    const rows = new Map<string, ToldRow>();
    for (const { version: commit, changes } of this.#events(branchId, eventsMax)) {
      const tables = JSON.parse(changes) as Readonly<Record<string, Written>>;
      for (const [table, { inserted = [], updated = [] }] of Object.entries(tables)) {
        for (const row of inserted) {
          tell(rows, { table, id: row.id, version: row.version }, row, commit);
        }
        for (const { id, version, changes: columns } of updated) {
          tell(rows, { table, id, version }, columns, commit);
        }
      }
    }
    return rows.values();
  }

  /** Newest first, each proved to follow on the one before it. */
  *#events(branchId: string, eventsMax: number): Generator<StoredEvent, void> {
    const head = (this.#sql.head.get(branchId) as Link | undefined) ?? NO_EVENT;
    let later: StoredEvent | null = null;
    // One more, on whose hash the last one rests. Those of a segment may be half-way out of the table.
    const events = this.#sql.events.all(branchId, branchId, eventsMax + 1) as StoredEvent[];
    for (const event of events) {
      if (later === null) expectHead(event, head);
      else {
        expectLink(branchId, event, later);
        yield later;
      }
      later = event;
    }
    if (later === null) {
      if (head.version > 0) {
        throw new Error(`event ${String(head.version)}, its newest, is missing`);
      }
    } else if (events.length <= eventsMax) {
      expectLink(branchId, this.#before(branchId, later), later);
      yield later;
    }
  }

  /** Of the oldest event that is in the table. */
  #before(branchId: string, { version }: StoredEvent): Link {
    if (version === 1) return NO_EVENT;
    const end = this.#sql.segmentEnd.get(branchId, version - 1) as { hash: string } | undefined;
    if (end !== undefined) return { version: version - 1, hash: end.hash };
    throw new Error(`event ${String(version - 1)} is missing`);
  }
}

function tell(rows: Map<string, ToldRow>, place: Place, columns: PlainRow, commit: number): void {
  const key = `${place.table} ${place.id}`;
  const newer = rows.get(key);
  if (newer === undefined) rows.set(key, { ...place, commitVersion: commit, columns });
  else rows.set(key, { ...newer, columns: { ...columns, ...newer.columns } });
}

function expectHead(newest: StoredEvent, head: Link): void {
  if (newest.version === head.version && newest.hash === head.hash) return;
  throw new Error(
    `its newest event is ${String(newest.version)}, and its head names another, ${String(head.version)}`,
  );
}

function expectLink(branchId: string, before: Link, event: StoredEvent): void {
  if (event.version !== before.version + 1) {
    throw new Error(`event ${String(event.version - 1)} is missing`);
  }
  if (followsOn(branchId, before.hash, event)) return;
  throw new Error(
    `event ${String(event.version)} breaks the hash chain: it or the one before was altered`,
  );
}
