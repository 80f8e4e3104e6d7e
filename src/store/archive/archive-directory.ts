/** The directory of segment files, beside the database; names are on the disk when these return. */
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

const ARCHIVE_NAME = 'archive';
/** Ids are UUIDs: whatever the catalogue may hold, no path leads out of the directory. */
const SEGMENT_ID = /^[\w-]{1,64}$/;

export function archiveDirectory(databasePath: string): string {
  return join(dirname(databasePath), ARCHIVE_NAME);
}

export function segmentPath(directory: string, segmentId: string): string {
  if (!SEGMENT_ID.test(segmentId)) throw new Error(`"${segmentId}" names no segment`);
  return join(directory, `${segmentId}.segment`);
}

/** While it is written, and until it was read back. */
export function freshPath(directory: string, segmentId: string): string {
  return `${segmentPath(directory, segmentId)}.new`;
}

export function makeArchive(directory: string): void {
  if (mkdirSync(directory, { recursive: true, mode: 0o700 }) !== undefined) {
    syncDirectory(dirname(directory));
  }
}

/** From here on the file has its name. */
export function keepSegment(directory: string, segmentId: string): void {
  renameSync(freshPath(directory, segmentId), segmentPath(directory, segmentId));
  syncDirectory(directory);
}

/** Whatever there is of it. */
export function removeSegment(directory: string, segmentId: string): void {
  rmSync(freshPath(directory, segmentId), { force: true });
  rmSync(segmentPath(directory, segmentId), { force: true });
  try {
    syncDirectory(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

function syncDirectory(path: string): void {
  const directory = openSync(path, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}
