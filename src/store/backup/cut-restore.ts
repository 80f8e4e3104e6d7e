/** What a restore calls its directories, and whether one was cut before its last step. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { StoreOpenError } from '../sqlite/errors.js';

/** Unpacked, but not yet verified. */
export function restoringPath(directory: string): string {
  return `${directory}.restoring`;
}

/** Whole, verified and on the disk, about to take the directory's place. */
export function restoredPath(directory: string): string {
  return `${directory}.restored`;
}

/** Throws before an empty database is made where a restored one was to come. `database`: path of the file. */
export function expectNoCutRestore(directory: string, database: string): void {
  const restored = restoredPath(directory);
  if (existsSync(join(directory, database)) || !existsSync(restored)) return;
  throw new StoreOpenError({
    operation: 'open',
    path: directory,
    reason: 'a restore was cut before its last step',
    hint: `finish it: mv ${restored} ${directory}; or undo it: rename ${directory}.before-restore-TIME back and remove ${restored}`,
  });
}
