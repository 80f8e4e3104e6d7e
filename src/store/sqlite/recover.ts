/**
 * Settles by what the disk holds, after a commit that ended in an I/O error. A failed fsync may leave pages that the
 * kernel serves and the disk lacks, so nothing is looked up before everything was copied into the database file by a
 * checkpoint whose fsync succeeded, and the log's old frames can never be read again.
 */
import type { Database } from 'better-sqlite3';
import type { CommitOutcome } from '../port.js';
import { ANSWER_SQL, storedAnswer, type AnswerRow } from './answers.js';
import type { BranchVersions, CommitItem } from './messages.js';
import { countRecovery } from './run-record.js';

interface Checkpoint {
  readonly busy: number;
  readonly log: number;
  readonly checkpointed: number;
}

/** Throws unless all that can be read is on the disk, and a further commit goes there too. */
export function secure(database: Database): void {
  const [done] = database.pragma('wal_checkpoint(FULL)') as Checkpoint[];
  if (done?.busy !== 0 || done.log !== done.checkpointed) {
    throw new Error('the write-ahead log could not be copied as a whole');
  }
  // With this commit the log starts over: frames whose fsync failed can then never be replayed over newer pages.
  countRecovery(database);
  const [after] = database.pragma('wal_checkpoint(NOOP)') as Checkpoint[];
  if (after === undefined || (done.log > 0 && after.log > done.log)) {
    throw new Error('a reader kept the write-ahead log from starting over');
  }
}

/** `settled`: a commit above these versions was in flight, one at or below them is an older one with the same key. */
export function lookUp(
  database: Database,
  items: readonly CommitItem[],
  settled: BranchVersions,
): CommitOutcome[] {
  const seen = new Map(settled);
  const claimed = new Set<string>();
  const answerOf = database.prepare<[string, string], AnswerRow>(ANSWER_SQL);
  const zNumberOf = database
    .prepare<[string, string]>('SELECT z_number FROM pos_shift WHERE branch_id = ? AND id = ?')
    .pluck();
  return items.map((item): CommitOutcome => {
    const [branchId, key] = item;
    const row = key === null ? undefined : answerOf.get(branchId, key);
    const isFree = (found: number) => !claimed.has(`${String(found)} ${branchId}`);
    const after = seen.get(branchId) ?? 0;
    const version = row?.version ?? eventWithoutKey(database, item, { after, isFree });
    if (version === null) {
      return { kind: 'unavailable', reason: 'the disk failed before it was written' };
    }
    const claim = `${String(version)} ${branchId}`;
    if (row !== undefined && (version <= after || claimed.has(claim))) {
      return { kind: 'duplicate', answer: storedAnswer(row) };
    }
    claimed.add(claim);
    const zNumber = item[9] === null ? null : (zNumberOf.get(branchId, item[9]) as number | null);
    return { kind: 'committed', version, zNumber };
  });
}

interface EventPlace {
  /** Only later versions. */
  readonly after: number;
  /** Whether no other commit in flight was found to be this version: those that wrote no rows look alike. */
  readonly isFree: (version: number) => boolean;
}

/** The hub's own commits bear no key: they are known by what they wrote. */
function eventWithoutKey(
  database: Database,
  item: CommitItem,
  { after, isFree }: EventPlace,
): number | null {
  const [branchId, , , command, actor, , , at, , , , changes] = item;
  const events = database
    .prepare(
      `SELECT version, changes FROM sync_event
       WHERE branch_id = ? AND version > ? AND key IS NULL AND command = ? AND actor = ? AND at = ?
       ORDER BY version`,
    )
    .all(branchId, after, command, actor, at) as { version: number; changes: string }[];
  const wanted = recordsOf(changes);
  const found = events.find(
    ({ version, changes: written }) => isFree(version) && recordsOf(written) === wanted,
  );
  return found?.version ?? null;
}

/** Tables, ids and versions of a change set as text: two commits never wrote the same. */
function recordsOf(changes: string): string {
  type Written = { id: string; version: number }[];
  const tables = JSON.parse(changes) as Record<string, { inserted?: Written; updated?: Written }>;
  return Object.entries(tables)
    .flatMap(([table, { inserted = [], updated = [] }]) =>
      [...inserted, ...updated].map(({ id, version }) => `${table} ${id} ${String(version)}`),
    )
    .sort()
    .join('\n');
}
