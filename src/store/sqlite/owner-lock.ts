/**
 * One process owns a data directory. The lock is SQLite's own on a small file beside the database: the kernel drops it
 * with the process, so that nothing is left to clean up after kill -9.
 */
import Database from 'better-sqlite3';
import { chmodSync, closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { StoreOpenError, messageOf, sqliteCode } from './errors.js';

/** Returns how to let go. */
export function takeOwnership(directory: string): () => void {
  const path = join(directory, 'owner.lock');
  let database: Database.Database | null = null;
  try {
    closeSync(openSync(path, 'a', 0o600));
    chmodSync(path, 0o600);
    database = new Database(path, { timeout: 0 });
    database.pragma('journal_mode = MEMORY');
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database?.close();
    if (sqliteCode(error)?.startsWith('SQLITE_BUSY') === true) {
      throw new StoreOpenError({
        operation: 'lock',
        path: directory,
        reason: 'another hub is running on it',
        hint: 'stop it first, or give another directory',
      });
    }
    throw new StoreOpenError({
      operation: 'lock',
      path: directory,
      reason: messageOf(error),
      hint: 'check the rights on the directory',
    });
  }
  const held = database;
  return () => {
    held.close();
  };
}
