/**
 * Storage in one file, for clients on Node: SQLite with an fsync before each promise resolves. One process holds the file,
 * by a lock that the kernel drops with it. The native module is loaded with the first file that is opened.
 */
import type { Database, Statement } from 'better-sqlite3';
import { closeSync, openSync } from 'node:fs';
import type { Cancel } from '../../base/clock.js';
import {
  appendKey,
  changeTexts,
  storageClosed,
  StorageFailed,
  storedValue,
  valueText,
  type ClientStorage,
  type Entry,
} from './storage.js';

/** "EXPC": marks the file as a client's. */
const APPLICATION_ID = 0x45585043;
const FORMAT = 1;
/** PRAGMA synchronous: each commit waits for its fsync. */
const FULL = 2;

const TABLES = `
  CREATE TABLE IF NOT EXISTS entry (
    space TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (space, key)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS appended (space TEXT PRIMARY KEY, count INTEGER NOT NULL) STRICT;
`;

/** Makes the file (0600) where there is none. */
export async function fileStorage(path: string): Promise<ClientStorage> {
  const { default: Sqlite } = await import('better-sqlite3');
  let database: Database | null = null;
  try {
    closeSync(openSync(path, 'a', 0o600));
    database = new Sqlite(path, { timeout: 0 });
    prepareFile(database, path);
    return new FileStorage(database, path);
  } catch (error) {
    database?.close();
    throw openFailure(error, path);
  }
}

function prepareFile(database: Database, path: string): void {
  database.pragma('locking_mode = EXCLUSIVE');
  const isNew = database.pragma('page_count', { simple: true }) === 0;
  if (!isNew) checkFormat(database, path);
  database.pragma('journal_mode = WAL');
  // A file in WAL mode is at NORMAL until it is told otherwise, at every open.
  database.pragma('synchronous = FULL');
  database
    .transaction(() => {
      database.exec(TABLES);
      database.pragma(`application_id = ${APPLICATION_ID}`);
      database.pragma(`user_version = ${FORMAT}`);
    })
    .exclusive();
  const journal = database.pragma('journal_mode', { simple: true });
  const synchronous = database.pragma('synchronous', { simple: true });
  if (journal !== 'wal' || synchronous !== FULL) {
    throw new StorageFailed(
      'unavailable',
      `${path}: nothing can be kept safely here (journal ${String(journal)}, synchronous ${String(synchronous)}): give a file on a local disk`,
    );
  }
}

function checkFormat(database: Database, path: string): void {
  const problem = database.pragma('quick_check(1)', { simple: true });
  if (problem !== 'ok') throw corrupt(path, String(problem));
  if (database.pragma('application_id', { simple: true }) !== APPLICATION_ID) {
    throw corrupt(path, 'it is a database, but not one of this client');
  }
  const format = database.pragma('user_version', { simple: true });
  if (format !== FORMAT) {
    throw new StorageFailed(
      'outdated',
      `${path} has format ${String(format)}, this program knows ${FORMAT}: start the newer version`,
    );
  }
}

function corrupt(path: string, reason: string, cause?: unknown): StorageFailed {
  return new StorageFailed(
    'corrupt',
    `${path} cannot be read (${reason}). It was left as it is, and may hold sales that the hub lacks: move it and ${path}-wal to a safe place before you start without them`,
    cause,
  );
}

function sqliteCode(error: unknown): string {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  return typeof code === 'string' ? code : '';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function openFailure(error: unknown, path: string): StorageFailed {
  if (error instanceof StorageFailed) return error;
  const code = sqliteCode(error);
  if (code.startsWith('SQLITE_BUSY')) {
    const message = `${path} is held by another process: stop it first, or give another file`;
    return new StorageFailed('in_use', message, error);
  }
  if (code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT')) {
    return corrupt(path, messageOf(error), error);
  }
  if (code === 'SQLITE_FULL') return full(path, error);
  const message = `${path} cannot be opened (${messageOf(error)}): check the directory and the rights on it`;
  return new StorageFailed('unavailable', message, error);
}

function full(path: string, cause: unknown): StorageFailed {
  return new StorageFailed('full', `${path}: the disk is full: make room and try again`, cause);
}

interface EntryRow {
  readonly key: string;
  readonly value: string;
}

/** Each call does its work before it returns; the promise only says how it went. */
class FileStorage implements ClientStorage {
  readonly sharedAs = null;
  readonly #database: Database;
  readonly #path: string;
  readonly #all: Statement<[string], EntryRow>;
  readonly #get: Statement<[string, string], string>;
  readonly #put: Statement<[string, string, string]>;
  readonly #remove: Statement<[string, string]>;
  readonly #count: Statement<[string], number>;
  /** Why it serves no more; null while it does. */
  #over: StorageFailed | null = null;

  constructor(database: Database, path: string) {
    this.#database = database;
    this.#path = path;
    this.#all = database.prepare('SELECT key, value FROM entry WHERE space = ?');
    this.#get = database
      .prepare<[string, string], string>('SELECT value FROM entry WHERE space = ? AND key = ?')
      .pluck();
    this.#put = database.prepare(
      'INSERT INTO entry (space, key, value) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
    );
    this.#remove = database.prepare('DELETE FROM entry WHERE space = ? AND key = ?');
    this.#count = database
      .prepare<[string], number>(
        'INSERT INTO appended (space, count) VALUES (?, 1) ON CONFLICT DO UPDATE SET count = count + 1 RETURNING count',
      )
      .pluck();
  }

  entries(space: string): Promise<readonly Entry[]> {
    return this.#settle(() =>
      this.#all
        .all(space)
        .map(({ key, value }) => ({ key, value: JSON.parse(value) as unknown }))
        // SQLite orders by bytes of UTF-8, the contract by units of UTF-16.
        .sort((a, b) => (a.key < b.key ? -1 : 1)),
    );
  }

  append(space: string, value: unknown): Promise<string> {
    return this.#write(() => {
      const text = valueText(value);
      const key = appendKey(this.#count.get(space) ?? 0);
      this.#put.run(space, key, text);
      return key;
    });
  }

  update<Value>(
    space: string,
    key: string,
    change: (held: Value | undefined) => Value | undefined,
  ): Promise<Value | undefined> {
    return this.#write(() => {
      const text = this.#get.get(space, key);
      const held = storedValue(text) as Value | undefined;
      const changed = change(held);
      if (changed !== held) this.#change(space, new Map([[key, changed]]));
      return changed;
    });
  }

  write(space: string, changes: ReadonlyMap<string, unknown>): Promise<void> {
    return this.#write(() => {
      this.#change(space, changes);
    });
  }

  /** Nobody else writes in the file. */
  onForeignWrite(): Cancel {
    return () => undefined;
  }

  close(): Promise<void> {
    this.#over ??= storageClosed();
    this.#database.close();
    return Promise.resolve();
  }

  #change(space: string, changes: ReadonlyMap<string, unknown>): void {
    for (const [key, text] of changeTexts(changes)) {
      if (text === undefined) this.#remove.run(space, key);
      else this.#put.run(space, key, text);
    }
  }

  #write<Result>(work: () => Result): Promise<Result> {
    return this.#settle(() => this.#database.transaction(work).immediate());
  }

  #settle<Result>(work: () => Result): Promise<Result> {
    return new Promise((resolve) => {
      if (this.#over !== null) throw this.#over;
      try {
        resolve(work());
      } catch (error) {
        throw this.#failure(error);
      }
    });
  }

  /** After a disk error nothing that is in memory can be trusted: it ends here, and an open afterwards finds what is so. */
  #failure(error: unknown): unknown {
    const code = sqliteCode(error);
    if (code === 'SQLITE_FULL') return full(this.#path, error);
    const isCorrupt = code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT');
    if (!isCorrupt && !code.startsWith('SQLITE_IOERR')) return error;
    const message = `${this.#path}: the disk failed (${messageOf(error)}): what was being written is there wholly or not at all; look after the disk and start again`;
    this.#over = isCorrupt
      ? corrupt(this.#path, messageOf(error), error)
      : new StorageFailed('unknown', message, error);
    this.#database.close();
    return this.#over;
  }
}
