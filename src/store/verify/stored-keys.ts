/** The answers kept under keys: each agrees with the event that it answers, and none is gone before its time. */
import type { Database, Statement } from 'better-sqlite3';
import type { StoredEvent } from './event-chain.js';
import { shown, type Findings } from './findings.js';
import type { WrittenVersions } from './fold.js';

/** How long a key must be kept (S-PORT-10's answers): a till may be offline for as long. */
const KEPT_MS = 7 * 24 * 3_600_000;

interface KeyRow {
  readonly version: number;
  readonly result: string;
}

/** Keys without their event, and keys whose event names another key. */
const ASTRAY = `SELECT branch_id, key, version, event_key, event_at, at FROM (
    SELECT k.*, coalesce(e.key, a.key) AS event_key, coalesce(e.at, a.at) AS event_at
    FROM main.idempotency_request k
    LEFT JOIN main.sync_event e ON e.branch_id = k.branch_id AND e.version = k.version
    LEFT JOIN temp.archived_event a ON a.branch_id = k.branch_id AND a.version = k.version)
  WHERE event_key IS NOT key OR event_at IS NOT at ORDER BY branch_id, version`;

/** Answers that are kept for another time than all, or were on no disk in a way that there is. */
const MISKEPT = `SELECT branch_id, key, at, expires_at, durability FROM main.idempotency_request
  WHERE expires_at <> at + ${String(KEPT_MS)} OR durability NOT IN ('full', 'normal')
  ORDER BY branch_id, version`;

export class StoredKeys {
  readonly #findings: Findings;
  readonly #row: Statement<[string, string]>;
  readonly #newest: Statement<[string]>;
  readonly #newestAt = new Map<string, number>();
  /** Keys whose time was over at this moment may have been taken away. */
  readonly #expiredUntil: number;

  constructor(database: Database, findings: Findings) {
    this.#findings = findings;
    this.#row = database.prepare(
      'SELECT version, result FROM main.idempotency_request WHERE branch_id = ? AND key = ?',
    );
    this.#newest = database
      .prepare<[string]>('SELECT max(at) FROM main.sync_event WHERE branch_id = ?')
      .pluck();
    this.#expiredUntil = Number(
      database
        .prepare("SELECT value FROM main.meta WHERE name = 'keys_expired_until'")
        .pluck()
        .get() ?? 0,
    );
  }

  /** The event's key has its answer, and the answer names what the event wrote. */
  check(event: StoredEvent, written: WrittenVersions): void {
    const { branch_id, key, version } = event;
    if (key === null) return;
    const row = this.#row.get(branch_id, key) as KeyRow | undefined;
    const goneBy = Math.max(this.#newestOf(branch_id), this.#expiredUntil);
    const mayBeGone = event.at + KEPT_MS <= goneBy;
    const place = `key ${branch_id} ${shown(key)}`;
    if (row === undefined || row.version !== version) {
      if (mayBeGone) return;
      const found = row === undefined ? 'has no answer' : `answers version ${String(row.version)}`;
      this.#findings.add('key', `${place} ${found}: event ${String(version)} has that key`);
    } else if (!sameRecords(row.result, written)) {
      const claim = `${place} has an answer that names other records than event`;
      this.#findings.add('key', `${claim} ${String(version)} wrote`);
    }
  }

  /** After all events: no key is there without its event, and each as it was stored. */
  static checkAstray(database: Database, findings: Findings): void {
    const [miskept, ...more] = database.prepare(MISKEPT).all() as Record<string, unknown>[];
    if (miskept !== undefined) {
      const claim = `key ${String(miskept['branch_id'])} ${shown(miskept['key'])} is kept from`;
      const kept = `${shown(miskept['at'])} to ${shown(miskept['expires_at'])}`;
      const durability = `durability ${shown(miskept['durability'])}`;
      findings.add('key', `${claim} ${kept}, ${durability}`, 1 + more.length);
    }
    const rows = database.prepare(ASTRAY).all() as Record<string, unknown>[];
    const [first] = rows;
    if (first === undefined) return;
    const place = `key ${String(first['branch_id'])} ${shown(first['key'])}`;
    const claim = `answers version ${String(first['version'])} at ${String(first['at'])}`;
    const event = `that event has key ${shown(first['event_key'])} at ${shown(first['event_at'])}`;
    findings.add('key', `${place} ${claim}, but ${event}`, rows.length);
  }

  #newestOf(branchId: string): number {
    let at = this.#newestAt.get(branchId);
    if (at === undefined) {
      at = Number(this.#newest.get(branchId));
      this.#newestAt.set(branchId, at);
    }
    return at;
  }
}

function sameRecords(result: string, written: WrittenVersions): boolean {
  let records: unknown;
  try {
    records = (JSON.parse(result) as { records?: unknown }).records;
  } catch {
    return false;
  }
  return sorted(records) === sorted(written);
}

/** Tables and ids in the order of their names. */
function sorted(records: unknown): string {
  const tables = Object.entries((records ?? {}) as WrittenVersions).sort(byName);
  return JSON.stringify(tables.map(([table, ids]) => [table, Object.entries(ids).sort(byName)]));
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
