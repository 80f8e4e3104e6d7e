/** The copy of a database that is made before it is brought to a newer version, and found again by an older program. */
import Database from 'better-sqlite3';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { PART_ENDING, compactTime } from '../backup/backup-name.js';
import { syncPath } from '../backup/database-copy.js';
import { StoreOpenError, messageOf } from '../sqlite/errors.js';

/** In the data directory. */
const DIRECTORY = 'backups';
/** What a copy that was cut leaves, its name being that of its own second. */
const HALF_MADE = /^before-version-\d+-\d{8}T\d{6}Z\.db\.part(?:-journal)?$/;
const NAME = /^before-version-(\d+)-\d{8}T\d{6}Z\.db$/;

/**
 * On the disk, opened and compared when it returns; gives its path. One that an upgrade which was cut had made, of the same
 * commits, is taken as it is. Throws StoreOpenError: without a copy nothing is changed.
 */
export function backUpBefore(database: Database.Database, version: number, at: number): string {
  const directory = join(dirname(database.name), DIRECTORY);
  const path = join(directory, `before-version-${String(version)}-${compactTime(at)}.db`);
  const part = path + PART_ENDING;
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    syncPath(dirname(directory));
    removeHalfMade(directory);
    const standing = standIn(database);
    const made = copiesBefore(directory, version).find((copy) => opensWith(copy, standing));
    if (made !== undefined) return made;
    copyTo(database, part);
    if (!opensWith(part, standing)) throw new Error('the copy does not hold what was copied');
    renameSync(part, path);
    syncPath(directory);
    return path;
  } catch (error) {
    if (existsSync(part)) rmSync(part);
    throw new StoreOpenError({
      operation: 'back up before an upgrade to',
      path,
      reason: messageOf(error),
      hint: 'nothing was changed; make room for a copy of the database, or go on with the older program',
    });
  }
}

/** The newest copy that a program of this version can open; null: there is none. */
export function copyForVersion(databasePath: string, version: number): string | null {
  const directory = join(dirname(databasePath), DIRECTORY);
  const copies = copiesBefore(directory, null).filter((path) => {
    const found = standingOf(path);
    return found !== null && found.version <= version;
  });
  return copies.at(-1) ?? null;
}

/** Oldest first; of one version alone, or of all. */
function copiesBefore(directory: string, version: number | null): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((name) => {
      const [, before] = NAME.exec(name) ?? [];
      return before !== undefined && (version === null || Number(before) === version);
    })
    .toSorted((a, b) => (a.slice(-20) < b.slice(-20) ? -1 : 1))
    .map((name) => join(directory, name));
}

/** Else each cut would leave as much as the database takes. */
function removeHalfMade(directory: string): void {
  for (const name of readdirSync(directory)) {
    if (HALF_MADE.test(name)) rmSync(join(directory, name));
  }
}

function copyTo(database: Database.Database, path: string): void {
  // SQLite takes an empty file as it is, with the rights that it has.
  closeSync(openSync(path, 'wx', 0o600));
  database.prepare('VACUUM INTO ?').run(path);
  syncPath(path);
}

/** What tells two states of a database apart: its history, and how far that has come; no step of an upgrade alters that. */
interface Standing {
  readonly version: number;
  readonly text: string;
}

function standIn(database: Database.Database): Standing {
  const version = database.pragma('user_version', { simple: true }) as number;
  const heads = database.prepare('SELECT branch_id, version, hex(hash) FROM branch_head').all();
  const meta = database.prepare('SELECT name, value FROM meta').all();
  return { version, text: JSON.stringify([heads, meta]) };
}

/** null: it is none, or damaged. */
function standingOf(path: string): Standing | null {
  let database: Database.Database | null = null;
  try {
    database = new Database(path, { readonly: true, fileMustExist: true });
    if (database.pragma('quick_check(1)', { simple: true }) !== 'ok') return null;
    return standIn(database);
  } catch {
    return null;
  } finally {
    database?.close();
  }
}

function opensWith(path: string, standing: Standing): boolean {
  const found = standingOf(path);
  return found?.text === standing.text && found.version <= standing.version;
}
