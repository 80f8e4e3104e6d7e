/** Opens the database file with every setting said aloud and read back: a build's defaults are not trusted. */
import Database from 'better-sqlite3';
import { closeSync, existsSync, openSync } from 'node:fs';
import { MIGRATIONS, migrate, type UpgradeHooks } from '../migrations/migrate.js';
import { StoreOpenError, messageOf, sqliteCode } from './errors.js';
import type { DatabaseFile } from './messages.js';

/** Before it, a WAL that is reset at the wrong moment can corrupt the file. */
const SQLITE_VERSION_MIN = [3, 51, 3] as const;
/** How long one connection waits for a lock that another holds. */
const BUSY_WAIT_MS = 5_000;
/** What is left of the WAL file after a reset. */
const WAL_BYTES_KEPT = 64 * 1024 * 1024;
/** Four times as much made no commit cheaper on a database of 160 MB: what is written lies close together. */
const WRITER_CACHE_KIB = 8 * 1024;
const READER_CACHE_KIB = 8 * 1024;
const SYNCHRONOUS = { normal: 1, full: 2 } as const;

/** The one connection that writes. Makes the file (0600) where there is none, and migrates it, with these hooks. */
export function openWriter(file: DatabaseFile, hooks?: UpgradeHooks): Database.Database {
  return opening(file.path, () => {
    if (!existsSync(file.path)) closeSync(openSync(file.path, 'a', 0o600));
    const database = new Database(file.path);
    try {
      assertVersion(database);
      database.pragma(`busy_timeout = ${String(BUSY_WAIT_MS)}`);
      database.pragma(`synchronous = ${String(SYNCHRONOUS[file.durability])}`);
      database.pragma('foreign_keys = ON');
      // Without it REPLACE deletes the old row past the triggers of the append-only tables.
      database.pragma('recursive_triggers = ON');
      migrate(database, MIGRATIONS, hooks);
      database.pragma('journal_mode = WAL');
      database.pragma(`journal_size_limit = ${String(WAL_BYTES_KEPT)}`);
      // The checkpointer copies the log beside the commits, none of which waits for it.
      database.pragma('wal_autocheckpoint = 0');
      database.pragma(`cache_size = -${String(WRITER_CACHE_KIB)}`);
      database.pragma(`mmap_size = ${String(file.mmapBytes)}`);
      // What a row no longer says is not left in its page, which is written anyway.
      database.pragma('secure_delete = FAST');
      // Once more: this build turns it to NORMAL at the first write to a WAL.
      database.pragma(`synchronous = ${String(SYNCHRONOUS[file.durability])}`);
      expectPragma(database, 'journal_mode', 'wal');
      expectPragma(database, 'synchronous', SYNCHRONOUS[file.durability]);
      expectPragma(database, 'foreign_keys', 1);
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  });
}

/** The connection that copies the log into the file, and syncs both as it does. */
export function openCopier(file: DatabaseFile): Database.Database {
  return opening(file.path, () => {
    const database = new Database(file.path, { fileMustExist: true });
    database.pragma(`busy_timeout = ${String(BUSY_WAIT_MS)}`);
    database.pragma(`synchronous = ${String(SYNCHRONOUS[file.durability])}`);
    database.pragma(`journal_size_limit = ${String(WAL_BYTES_KEPT)}`);
    database.pragma('wal_autocheckpoint = 0');
    return database;
  });
}

/** A connection that only reads; the file is there, and migrated. */
export function openReader(file: DatabaseFile): Database.Database {
  return opening(file.path, () => {
    const database = new Database(file.path, { readonly: true, fileMustExist: true });
    database.pragma(`busy_timeout = ${String(BUSY_WAIT_MS)}`);
    database.pragma(`cache_size = -${String(READER_CACHE_KIB)}`);
    database.pragma(`mmap_size = ${String(file.mmapBytes)}`);
    database.pragma('query_only = ON');
    return database;
  });
}

function opening<T>(path: string, open: () => T): T {
  try {
    return open();
  } catch (error) {
    if (error instanceof StoreOpenError) throw error;
    const hint =
      sqliteCode(error) === 'SQLITE_NOTADB'
        ? 'give another directory, or restore a backup'
        : 'check the disk and the rights on the directory';
    throw new StoreOpenError({ operation: 'open', path, reason: messageOf(error), hint });
  }
}

function assertVersion(database: Database.Database): void {
  const found = database.prepare('SELECT sqlite_version()').pluck().get() as string;
  const parts = found.split('.').map(Number);
  for (const [index, least] of SQLITE_VERSION_MIN.entries()) {
    const part = parts[index] ?? 0;
    if (part > least) return;
    if (part < least) {
      throw new StoreOpenError({
        operation: 'open',
        path: database.name,
        reason: `SQLite ${found} may corrupt its write-ahead log`,
        hint: `install better-sqlite3 with SQLite ${SQLITE_VERSION_MIN.join('.')} or newer`,
      });
    }
  }
}

function expectPragma(database: Database.Database, name: string, wanted: string | number): void {
  const found = database.pragma(name, { simple: true });
  if (found === wanted) return;
  throw new StoreOpenError({
    operation: 'open',
    path: database.name,
    reason: `${name} reads ${String(found)} after it was set to ${String(wanted)}`,
    hint: 'use a file system with locks and shared memory',
  });
}
