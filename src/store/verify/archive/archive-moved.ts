/**
 * A check reads the database as it stood at one moment, but the files of its segments as they are now. Where the archive took one
 * away or replaced it meanwhile, which a hub does when orders come back, the check begins again at a later moment.
 */
import Database from 'better-sqlite3';
import { StoreOpenError } from '../../sqlite/errors.js';

/** It happens rarely, and hardly twice in a row. */
const TRIES_MAX = 5;

/** The segment whose file is not as it should be is no more what the catalogue names. */
export class ArchiveMoved extends Error {}

/** `check` opens the database at `file` by itself, each time. Throws StoreOpenError where the archive never stands still. */
export async function untilArchiveStands<Result>(
  { operation, file }: { readonly operation: string; readonly file: string },
  check: () => Promise<Result>,
): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await check();
    } catch (error) {
      if (!(error instanceof ArchiveMoved)) throw error;
      if (tries < TRIES_MAX) continue;
      throw new StoreOpenError({
        ...{ operation, path: file, reason: `${String(tries)} times ${error.message}` },
        hint: 'run it again when the hub has ended what it does with the archive',
      });
    }
  }
}

/** A row of archive_segment, as far as it tells its file from others. */
interface NamedFile {
  readonly branch_id: string;
  readonly id: string;
  readonly sha256: string;
}

/** Whether the catalogue of the database names that very file at this moment. */
export function isNamed(database: string, file: NamedFile): boolean {
  const catalogue = new Database(database, { readonly: true, fileMustExist: true });
  try {
    const row = catalogue
      .prepare<[string, string, string]>(
        `SELECT 1 FROM archive_segment
         WHERE branch_id = ? AND id = ? AND sha256 = ? AND state <> 'writing'`,
      )
      .get(file.branch_id, file.id, file.sha256);
    return row !== undefined;
  } finally {
    catalogue.close();
  }
}
