/** A copy of the database as it stood at one moment, in one file, and what it says of itself. */
import Database from 'better-sqlite3';
import { closeSync, fsyncSync, openSync } from 'node:fs';
import { APPLICATION_ID } from '../migrations/application-id.js';
import type { BranchHead } from '../sqlite/messages.js';

const BUSY_WAIT_MS = 5_000;
/** The first version that has an archive. */
const ARCHIVE_SINCE = 3;

/** A segment that the copy's catalogue trusts. */
export interface CopiedSegment {
  readonly id: string;
  /** Bytes. */
  readonly size: number;
  readonly sha256: string;
}

export interface CopyFacts {
  readonly schemaVersion: number;
  readonly epoch: string;
  readonly heads: readonly BranchHead[];
  readonly segments: readonly CopiedSegment[];
}

/** The file must exist. Bytes of the database that `copyDatabase` would read. */
export function databaseBytes(path: string): number {
  return reading(path, (database) => {
    const pages = database.pragma('page_count', { simple: true }) as number;
    return pages * (database.pragma('page_size', { simple: true }) as number);
  });
}

/**
 * Reads beside whoever writes, without ever making them wait. The write-ahead log is not started over meanwhile. `target`
 * is made (0600) and is on the disk when this returns.
 */
export function copyDatabase(source: string, target: string): void {
  closeSync(openSync(target, 'wx', 0o600));
  reading(source, (database) => {
    database.prepare('VACUUM INTO ?').run(target);
  });
  syncPath(target);
}

/** Throws an Error where the file is no hub's database. */
export function describeCopy(path: string): CopyFacts {
  return reading(path, (database) => {
    if (database.pragma('application_id', { simple: true }) !== APPLICATION_ID) {
      throw new Error('it is a database of another program');
    }
    const schemaVersion = database.pragma('user_version', { simple: true }) as number;
    const epoch = database.prepare(`SELECT value FROM meta WHERE name = 'epoch'`).pluck().get();
    if (typeof epoch !== 'string') throw new Error('it has no epoch');
    const heads = database
      .prepare('SELECT branch_id, version, lower(hex(hash)) FROM branch_head ORDER BY branch_id')
      .raw()
      .all() as BranchHead[];
    return { schemaVersion, epoch, heads, segments: segmentsOf(database, schemaVersion) };
  });
}

/** One that is being written is not among them: a start takes its row away. */
function segmentsOf(database: Database.Database, schemaVersion: number): CopiedSegment[] {
  if (schemaVersion < ARCHIVE_SINCE) return [];
  return database
    .prepare(
      `SELECT id, bytes AS size, sha256 FROM archive_segment WHERE state IN ('moved', 'done') ORDER BY id`,
    )
    .all() as CopiedSegment[];
}

function reading<T>(path: string, read: (database: Database.Database) => T): T {
  const database = new Database(path, { readonly: true, fileMustExist: true });
  try {
    database.pragma(`busy_timeout = ${String(BUSY_WAIT_MS)}`);
    return read(database);
  } finally {
    database.close();
  }
}

/** A file or a directory, with what it holds, is on the disk when this returns. */
export function syncPath(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
