/**
 * Starts on a data directory as the hub's writer does (src/store/sqlite/writer-worker.ts), without its threads, which take ten
 * times as long to start as all the rest: thousands of images are started so, and a sample of them by the hub itself. What
 * archiving left half-way is finished or undone by the hub's own mover.
 */
import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { systemTimers } from '#dist/base/clock.js';
import { archiveDirectory, removeSegment } from '#dist/store/archive/archive-directory.js';
import type { SegmentWorker } from '#dist/store/archive/archive-client.js';
import { checkEventRanges, checkSegments } from '#dist/store/archive/check-segments.js';
import { Mover } from '#dist/store/archive/mover.js';
import { expectNoCutRestore } from '#dist/store/backup/cut-restore.js';
import { backUpBefore } from '#dist/store/migrations/backup-before.js';
import { openWriter } from '#dist/store/sqlite/database.js';
import { GroupWriter } from '#dist/store/sqlite/group-writer.js';
import { readHeads } from '#dist/store/sqlite/heads-file.js';
import { loadFrom } from '#dist/store/sqlite/load.js';
import type { LoadedBranch } from '#dist/store/port.js';
import { DATABASE_NAME } from '#dist/store/sqlite/open.js';
import { expectFile, findRollback } from '#dist/store/sqlite/roll-back.js';
import { beginRun } from '#dist/store/sqlite/run-record.js';
import { taskHandlers } from '#dist/store/sqlite/tasks/handlers.js';
import type { TaskName, TaskOf, TaskValue } from '#dist/store/sqlite/tasks/task.js';
import { TaskRunner } from '#dist/store/sqlite/tasks/task-runner.js';

const NEW_EPOCH = '00000000-0000-7000-8000-000000000000';
const NO_MOMENT = 0;

/** Throws StoreOpenError where the hub would refuse to start. */
export async function startQuickly(directory: string): Promise<readonly LoadedBranch[]> {
  expectNoCutRestore(directory, DATABASE_NAME);
  const path = join(directory, DATABASE_NAME);
  const remembered = readHeads(directory);
  const start = {
    ...({ path, durability: 'full', mmapBytes: 0, remembered } as const),
    ...{ newEpoch: NEW_EPOCH, startedAt: NO_MOMENT, reopening: false, acceptRollback: false },
  };
  expectFile(start);
  const database = openWriter(start, {
    before(of, version) {
      backUpBefore(of, version, start.startedAt);
    },
    done() {},
  });
  try {
    new GroupWriter(database, 'full');
    checkSegments(database);
    findRollback(database, start);
    checkEventRanges(database);
    beginRun(database, start, false);
    const loaded = loadFrom(start);
    await finishArchiving(database);
    return loaded;
  } finally {
    database.close();
  }
}

function finishArchiving(database: Database): Promise<number> {
  const runner = new TaskRunner(database, 'full', taskHandlers(database));
  const task = <N extends TaskName>(wanted: TaskOf<N>): Promise<TaskValue<N>> => {
    const outcome = runner.run(wanted as Parameters<TaskRunner['run']>[0]);
    if ('error' in outcome) return Promise.reject(new Error(outcome.error.reason));
    return Promise.resolve(outcome.value as TaskValue<N>);
  };
  const remove = (segmentId: string): Promise<void> => {
    removeSegment(archiveDirectory(database.name), segmentId);
    return Promise.resolve();
  };
  const timers = {
    ...systemTimers,
    after: (_: number, run: () => void) => systemTimers.after(0, run),
  };
  return new Mover({
    ...{ task, timers, newId: () => '', now: () => NO_MOMENT },
    work: { remove } as SegmentWorker,
  }).recover();
}
