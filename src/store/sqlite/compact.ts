/** Writes a database file anew, without what its free space still says of erased values: where no hub runs. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openWriter } from './database.js';
import { StoreOpenError, messageOf } from './errors.js';
import { DATABASE_NAME } from './open.js';
import { takeOwnership } from './owner-lock.js';

/** It takes as much room again as the file has. Throws StoreOpenError; then the file is as it was. */
export function compactDatabase(directory: string): void {
  const path = join(directory, DATABASE_NAME);
  if (!existsSync(path)) {
    const hint = 'give the --data directory of a hub';
    throw new StoreOpenError({ operation: 'compact', path, reason: 'it is not there', hint });
  }
  const letGo = takeOwnership(directory);
  try {
    const database = openWriter({ path, durability: 'full', mmapBytes: 0 });
    try {
      database.exec('VACUUM');
      database.pragma('wal_checkpoint(TRUNCATE)');
    } finally {
      database.close();
    }
  } catch (error) {
    if (error instanceof StoreOpenError) throw error;
    const hint = 'see that the disk has as much room again, and run it again';
    throw new StoreOpenError({ operation: 'compact', path, reason: messageOf(error), hint });
  } finally {
    letGo();
  }
}
