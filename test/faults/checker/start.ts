/**
 * Starts on a data directory as the hub's writer does (src/store/sqlite/writer-worker.ts), without its threads, which take ten
 * times as long to start as all the rest: thousands of images are started so, and a sample of them by the hub itself.
 */
import { join } from 'node:path';
import { checkEventRanges, checkSegments } from '#dist/store/archive/check-segments.js';
import { openWriter } from '#dist/store/sqlite/database.js';
import { GroupWriter } from '#dist/store/sqlite/group-writer.js';
import { readHeads } from '#dist/store/sqlite/heads-file.js';
import { loadFrom } from '#dist/store/sqlite/load.js';
import type { LoadedBranch } from '#dist/store/port.js';
import { DATABASE_NAME } from '#dist/store/sqlite/open.js';
import { expectFile, findRollback } from '#dist/store/sqlite/roll-back.js';
import { beginRun } from '#dist/store/sqlite/run-record.js';

const NEW_EPOCH = '00000000-0000-7000-8000-000000000000';

/** Throws StoreOpenError where the hub would refuse to start. */
export function startQuickly(directory: string): readonly LoadedBranch[] {
  const path = join(directory, DATABASE_NAME);
  const remembered = readHeads(directory);
  const start = {
    ...({ path, durability: 'full', mmapBytes: 0, remembered } as const),
    ...{ newEpoch: NEW_EPOCH, startedAt: 0, reopening: false, acceptRollback: false },
  };
  expectFile(start);
  const database = openWriter(start);
  try {
    new GroupWriter(database, 'full');
    checkSegments(database);
    findRollback(database, start);
    checkEventRanges(database);
    beginRun(database, start, false);
    return loadFrom(start);
  } finally {
    database.close();
  }
}
