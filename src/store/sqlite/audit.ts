/** The audit list: a branch's commits by their version, newest first. */
import type { Database, Statement } from 'better-sqlite3';
import { setImmediate } from 'node:timers/promises';
import { auditLimit, readAuditCursor, recordsOf } from '../audit-page.js';
import type { AuditEntry, AuditFilter, AuditPage, CommitRecord } from '../history.js';
import type { EventFilter, Span } from '../archive/event-block.js';
import type { EventLog } from './event-log.js';

/** Commits looked at for one page; where few fit the filter the page ends there, with its cursor. */
const PAGE_EVENTS_MAX = 20_000;
/**
 * Times rise with versions but for a clock that was set back. Up to this far back nothing is missed: so much more is
 * looked at on both sides of the time that was asked for.
 */
const CLOCK_SET_BACK_MS = 600_000;

/** By name, so that a test can ask how SQLite finds the row. */
export const AUDIT_SQL = { head: 'SELECT version FROM branch_head WHERE branch_id = ?' } as const;

export class AuditReader {
  readonly #head: Statement<[string]>;
  readonly #log: EventLog;

  constructor(database: Database, log: EventLog) {
    this.#head = database.prepare<[string]>(AUDIT_SQL.head).pluck();
    this.#log = log;
  }

  async read(branchId: string, filter: AuditFilter): Promise<AuditPage> {
    const limit = auditLimit(filter);
    const { oldest, newest } = await this.#bounds(branchId, filter);
    const found: CommitRecord[] = [];
    const least = Math.max(oldest, newest - PAGE_EVENTS_MAX + 1);
    let rest: Span | null = newest < least ? null : [least, newest];
    while (rest !== null && found.length <= limit) {
      const wanted = eventFilter(filter, limit + 1 - found.length);
      const look = this.#log.matching(branchId, rest, wanted);
      found.push(...look.found);
      ({ rest } = look);
      // Between two looks the reader turns to others.
      await setImmediate();
    }
    const entries = found.slice(0, limit).map((record) => this.#entry(branchId, record));
    if (found.length > limit) return { entries, cursor: String(found[limit - 1]?.version) };
    return { entries, cursor: least > oldest ? String(least) : null };
  }

  #entry(branchId: string, record: CommitRecord): AuditEntry {
    const event = this.#log.event(branchId, record.version);
    if (event === null) throw new Error(`event ${String(record.version)} of ${branchId} is gone`);
    return { ...record, records: recordsOf(JSON.parse(event.changes) as object) };
  }

  /** Versions between which all commits of the time lie, and before the cursor. */
  async #bounds(branchId: string, { from, to, cursor }: AuditFilter) {
    const head = (this.#head.get(branchId) as number | undefined) ?? 0;
    const oldest =
      from === undefined ? 1 : await this.#firstSince(branchId, from - CLOCK_SET_BACK_MS, head);
    const newest =
      to === undefined
        ? head
        : (await this.#firstSince(branchId, to + CLOCK_SET_BACK_MS, head)) - 1;
    const before = cursor === undefined ? newest : readAuditCursor(cursor) - 1;
    return { oldest, newest: Math.min(newest, before) };
  }

  /** A version from which on, by halving, commits are of this time or later; one past the head: none is. */
  async #firstSince(branchId: string, at: number, head: number): Promise<number> {
    let low = 1;
    let high = head + 1;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const found = this.#log.at(branchId, middle);
      if (found !== null && found < at) low = middle + 1;
      else high = middle;
      await setImmediate();
    }
    return low;
  }
}

function eventFilter(
  { from = 0, to = Number.MAX_SAFE_INTEGER, actor, device, command }: AuditFilter,
  limit: number,
): EventFilter {
  return {
    ...{ from, to, limit },
    ...{ actor: actor ?? null, device: device ?? null, command: command ?? null },
  };
}
