/** The audit list: a branch's commits by their version, newest first. */
import type { Database, Statement } from 'better-sqlite3';
import { setImmediate } from 'node:timers/promises';
import { auditLimit, readAuditCursor, recordsOf } from '../audit-page.js';
import type { AuditEntry, AuditFilter, AuditPage, CommitRecord } from '../history.js';

/** Commits looked at in one go, between which the reader turns to others. */
const LOOK_EVENTS = 2_000;
/** Commits looked at for one page; where few fit the filter the page ends there, with its cursor. */
const PAGE_EVENTS_MAX = 20_000;
/**
 * Times rise with versions but for a clock that was set back. Up to this far back nothing is missed: so much more is
 * looked at on both sides of the time that was asked for.
 */
const CLOCK_SET_BACK_MS = 600_000;

/** Each by name, so that a test can ask how SQLite finds the rows. */
export const AUDIT_SQL = {
  head: 'SELECT version FROM branch_head WHERE branch_id = ?',
  atOf: 'SELECT at FROM sync_event WHERE branch_id = ? AND version = ?',
  page: `SELECT version, at, actor, device, command, key, correlation_id FROM sync_event
    WHERE branch_id = :branch AND version BETWEEN :first AND :last
      AND at >= :from AND at < :to
      AND (:actor IS NULL OR actor = :actor) AND (:device IS NULL OR device = :device)
      AND (:command IS NULL OR command = :command)
    ORDER BY version DESC LIMIT :limit`,
  changes: 'SELECT changes FROM sync_event WHERE branch_id = ? AND version = ?',
} as const;

interface PageValues {
  readonly branch: string;
  readonly first: number;
  readonly last: number;
  readonly from: number;
  readonly to: number;
  readonly actor: string | null;
  readonly device: string | null;
  readonly command: string | null;
  readonly limit: number;
}

export class AuditReader {
  readonly #head: Statement<[string]>;
  readonly #atOf: Statement<[string, number]>;
  readonly #page: Statement<[PageValues], CommitRecord>;
  readonly #changes: Statement<[string, number]>;

  constructor(database: Database) {
    this.#head = database.prepare<[string]>(AUDIT_SQL.head).pluck();
    this.#atOf = database.prepare<[string, number]>(AUDIT_SQL.atOf).pluck();
    this.#page = database.prepare<[PageValues], CommitRecord>(AUDIT_SQL.page);
    this.#changes = database.prepare<[string, number]>(AUDIT_SQL.changes).pluck();
  }

  async read(branchId: string, filter: AuditFilter): Promise<AuditPage> {
    const limit = auditLimit(filter);
    const { oldest, newest } = this.#bounds(branchId, filter);
    const found: CommitRecord[] = [];
    const least = Math.max(oldest, newest - PAGE_EVENTS_MAX + 1);
    let last = newest;
    while (last >= least && found.length <= limit) {
      const first = Math.max(least, last - LOOK_EVENTS + 1);
      const wanted = limit + 1 - found.length;
      found.push(...this.#page.all(pageValues(branchId, filter, { first, last, limit: wanted })));
      last = first - 1;
      await setImmediate();
    }
    const entries = found.slice(0, limit).map((record) => this.#entry(branchId, record));
    if (found.length > limit) return { entries, cursor: String(found[limit - 1]?.version) };
    return { entries, cursor: least > oldest ? String(least) : null };
  }

  #entry(branchId: string, record: CommitRecord): AuditEntry {
    const changes = this.#changes.get(branchId, record.version) as string;
    return { ...record, records: recordsOf(JSON.parse(changes) as object) };
  }

  /** Versions between which all commits of the time lie, and before the cursor. */
  #bounds(branchId: string, { from, to, cursor }: AuditFilter) {
    const head = (this.#head.get(branchId) as number | undefined) ?? 0;
    const oldest =
      from === undefined ? 1 : this.#firstSince(branchId, from - CLOCK_SET_BACK_MS, head);
    const newest =
      to === undefined ? head : this.#firstSince(branchId, to + CLOCK_SET_BACK_MS, head) - 1;
    const before = cursor === undefined ? newest : readAuditCursor(cursor) - 1;
    return { oldest, newest: Math.min(newest, before) };
  }

  /** A version from which on, by halving, commits are of this time or later; one past the head: none is. */
  #firstSince(branchId: string, at: number, head: number): number {
    let low = 1;
    let high = head + 1;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const found = this.#atOf.get(branchId, middle) as number | undefined;
      if (found !== undefined && found < at) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function pageValues(
  branch: string,
  { from = 0, to = Number.MAX_SAFE_INTEGER, actor, device, command }: AuditFilter,
  place: { readonly first: number; readonly last: number; readonly limit: number },
): PageValues {
  const names = { actor: actor ?? null, device: device ?? null, command: command ?? null };
  return { branch, from, to, ...names, ...place };
}
