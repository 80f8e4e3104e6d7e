/** What goes wrong with the database, as operators and the store's own code tell it apart. */
import Database from 'better-sqlite3';

export interface OpenFailure {
  readonly operation: string;
  readonly path: string;
  readonly reason: string;
  readonly hint: string;
}

/** The store cannot be opened. Its message is one line: what was tried on which file, why it failed, what to do. */
export class StoreOpenError extends Error {
  override readonly name = 'StoreOpenError';
  readonly operation: string;
  readonly path: string;
  readonly reason: string;
  readonly hint: string;

  constructor({ operation, path, reason, hint }: OpenFailure) {
    super(`${operation} ${path}: ${reason}; ${hint}`);
    this.operation = operation;
    this.path = path;
    this.reason = reason;
    this.hint = hint;
  }
}

/**
 * - `schema`: a constraint, or a value that cannot be bound: a bug of ours, the disk is well.
 * - `full`: no space; SQLite has undone the statement or the transaction, nothing is unknown.
 * - `busy`: somebody else holds the lock, or memory ran out; as clean as `full`.
 * - `disk`: anything else: whether a commit that met it is on the disk is unknown.
 */
export type Fault = 'schema' | 'full' | 'busy' | 'disk';

const CLEAN_FAULTS: Readonly<Record<string, Fault>> = {
  SQLITE_CONSTRAINT: 'schema',
  SQLITE_MISMATCH: 'schema',
  SQLITE_RANGE: 'schema',
  SQLITE_TOOBIG: 'schema',
  SQLITE_ERROR: 'schema',
  SQLITE_FULL: 'full',
  SQLITE_BUSY: 'busy',
  SQLITE_LOCKED: 'busy',
  SQLITE_NOMEM: 'busy',
};

export function faultOf(error: unknown): Fault {
  const code = sqliteCode(error);
  if (code === null) return 'schema';
  const primary = /^SQLITE_[A-Z]+/.exec(code)?.[0] ?? code;
  return CLEAN_FAULTS[primary] ?? 'disk';
}

/** SQLite's extended result code by name (`SQLITE_IOERR_FSYNC`); null: the error is not SQLite's. */
export function sqliteCode(error: unknown): string | null {
  return error instanceof Database.SqliteError ? error.code : null;
}

export function messageOf(error: unknown): string {
  const code = sqliteCode(error);
  const message = error instanceof Error ? error.message : String(error);
  return code === null ? message : `${code}: ${message}`;
}
