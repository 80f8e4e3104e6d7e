/** What a start must know of the run before it: the table `meta` with the epoch and whether that run ended well. */
import type { Database } from 'better-sqlite3';
import type { WriterStart } from './messages.js';

/**
 * Begins a run and gives its epoch: a new one in a new database, in one that was rolled back, and after a run with
 * durability `normal` that did not end well: then commits may be gone, and their numbers be given again.
 */
export function beginRun(database: Database, start: WriterStart, rolledBack: boolean): string {
  return database.transaction(() => {
    const known = read(database, 'epoch');
    const tailMayBeLost =
      !start.reopening &&
      read(database, 'clean') === '0' &&
      read(database, 'durability') === 'normal';
    const epoch = known === null || tailMayBeLost || rolledBack ? start.newEpoch : known;
    if (known === null) write(database, 'created_at', String(start.startedAt));
    if (known !== epoch) write(database, 'epoch', epoch);
    noteHashing(database);
    write(database, 'durability', start.durability);
    write(database, 'clean', '0');
    return epoch;
  })();
}

/** A database that was brought back: what was numbered after it is void. */
export function beginHistory(database: Database, epoch: string): void {
  database.transaction(() => {
    write(database, 'epoch', epoch);
    write(database, 'clean', '1');
  })();
}

export function endRun(database: Database): void {
  write(database, 'clean', '1');
}

/** Counts one more recovery: a small commit that goes to the disk like any other. */
export function countRecovery(database: Database): void {
  write(database, 'recoveries', String(Number(read(database, 'recoveries') ?? '0') + 1));
}

/** Keys that expired up to this moment may be gone; it stands in the transaction that takes some away. */
export function noteKeysExpired(database: Database, now: number): void {
  const before = Number(read(database, 'keys_expired_until') ?? '0');
  if (now > before) write(database, 'keys_expired_until', String(now));
}

/** Once: up to these versions notes stand in the events in clear text; from here on they are hashed. */
function noteHashing(database: Database): void {
  database.exec(
    `INSERT INTO meta (name, value)
     SELECT 'clear_notes_until', json_group_object(branch_id, version) FROM branch_head WHERE true
     ON CONFLICT DO NOTHING`,
  );
}

function read(database: Database, name: string): string | null {
  const value = database.prepare('SELECT value FROM meta WHERE name = ?').pluck().get(name);
  return typeof value === 'string' ? value : null;
}

function write(database: Database, name: string, value: string): void {
  database
    .prepare(
      'INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
    )
    .run(name, value);
}
