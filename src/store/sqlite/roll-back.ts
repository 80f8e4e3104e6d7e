/** Whether the database still holds what was remembered of it: an older copy, or another one, does not. */
import type { Database } from 'better-sqlite3';
import { existsSync } from 'node:fs';
import { StoreOpenError } from './errors.js';
import { EventLog } from './event-log.js';
import type { RememberedHeads, WriterStart } from './messages.js';

/** Throws before an empty file is made in the place of one that was lost. */
export function expectFile({ path, remembered, acceptRollback }: WriterStart): void {
  if (remembered === null || remembered.heads.length === 0) return;
  if (acceptRollback || existsSync(path)) return;
  const [branchId, version] = remembered.heads[0] ?? [];
  throw refused(path, `it is gone, and branch ${String(branchId)} was at ${String(version)} in it`);
}

/**
 * What is missing, in words; null: every remembered head lies on the chain. Throws StoreOpenError unless a roll-back is
 * accepted.
 */
export function findRollback(
  database: Database,
  { path, remembered, acceptRollback }: WriterStart,
): string | null {
  const missing = remembered === null ? [] : missingHeads(database, remembered);
  const [first] = missing;
  if (first === undefined) return null;
  const more = missing.length - 1;
  const found = more === 0 ? first : `${first}; so for ${String(more)} more branches`;
  if (!acceptRollback) throw refused(path, found);
  return found;
}

function refused(path: string, reason: string): StoreOpenError {
  return new StoreOpenError({
    operation: 'open',
    path,
    reason,
    hint: 'put the newest database back, its -wal file with it, or start once with --accept-rollback',
  });
}

function missingHeads(database: Database, { epoch, heads }: RememberedHeads): string[] {
  const events = new EventLog(database);
  const newest = database.prepare('SELECT version FROM branch_head WHERE branch_id = ?').pluck();
  const present = database.prepare(`SELECT value FROM meta WHERE name = 'epoch'`).pluck().get();
  const stranger = present === epoch ? '' : ' (the database is of another epoch)';
  return heads.flatMap(([branchId, version, hash]) => {
    const stored = events.event(branchId, version);
    if (stored?.hash === hash) return [];
    const place = `branch ${branchId}`;
    const wanted = `version ${String(version)}`;
    const last = (newest.get(branchId) as number | undefined) ?? 0;
    if (stored !== null) {
      return [`${place} holds another ${wanted} than the one remembered${stranger}`];
    }
    const end = `${place} ends at version ${String(last)}, but ${wanted} is remembered`;
    return [`${end}: it was rolled back${stranger}`];
  });
}
