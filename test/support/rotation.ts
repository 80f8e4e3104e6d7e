/** Rotates events of a data directory step by step, so that a test can stop after any of them. */
import Database from 'better-sqlite3';
import { join } from 'node:path';
import {
  archiveDirectory,
  freshPath,
  keepSegment,
  makeArchive,
  segmentPath,
} from '../../src/store/archive/archive-directory.js';
import { EventSource, type EventLimits } from '../../src/store/archive/event-source.js';
import { SegmentFile } from '../../src/store/archive/segment-file.js';
import type { SegmentPlan } from '../../src/store/archive/segment-source.js';
import { SegmentWriter } from '../../src/store/archive/segment-writer.js';
import { openWriter } from '../../src/store/sqlite/database.js';
import { DATABASE_NAME } from '../../src/store/sqlite/open.js';
import { taskHandlers } from '../../src/store/sqlite/tasks/handlers.js';
import { TaskRunner } from '../../src/store/sqlite/tasks/task-runner.js';
import type { TaskName, TaskOf, TaskValue } from '../../src/store/sqlite/tasks/task.js';
import { NOON } from './rows.js';

const BRANCH = 'main';

/** Names what was just done. */
export type Step = 'marked' | 'written' | 'named' | 'moved' | 'deleted';

export interface RotateOptions extends EventLimits {
  /** Events of this moment and later stay. */
  readonly before: number;
  readonly segmentId: string;
  readonly onStep?: (step: Step) => unknown;
}

/** Moves the next range into a segment, on a connection of its own; null: too few are old enough. */
export async function rotate(
  directory: string,
  { before, segmentId, onStep = () => undefined, ...limits }: RotateOptions,
): Promise<SegmentPlan | null> {
  const path = join(directory, DATABASE_NAME);
  const database = openWriter({ path, durability: 'full', mmapBytes: 0 });
  const runner = new TaskRunner(database, 'full', taskHandlers(database));
  const run = <N extends TaskName>(task: TaskOf<N>): TaskValue<N> => {
    const outcome = runner.run(task as Parameters<TaskRunner['run']>[0]);
    if ('error' in outcome) throw new Error(outcome.error.reason);
    return outcome.value as TaskValue<N>;
  };
  try {
    const source = new EventSource(database, limits);
    const wanted = { closedBefore: before, branchId: BRANCH, alone: false };
    const [candidate] = source.candidates(wanted);
    const plan = candidate && source.plan(candidate, wanted);
    if (!plan) return null;
    const { branchId, kind, shiftId, range } = plan;
    const key = { branchId, segmentId };
    run({ name: 'segment.begin', ...key, kind, shiftId, range, at: NOON });
    await onStep('marked');
    const archive = archiveDirectory(path);
    makeArchive(archive);
    const writer = new SegmentWriter(freshPath(archive, segmentId), { ...key, kind });
    for (const { record } of source.records(plan, 0, limits.eventsMax)) writer.add(record);
    const written = writer.finish(source.facts(plan));
    await onStep('written');
    keepSegment(archive, segmentId);
    await onStep('named');
    const { moved } = run({ name: 'segment.move', ...key, written, seen: 0, index: '[]' });
    if (!moved) throw new Error('a range that was planned follows on the one before');
    await onStep('moved');
    while (run({ name: 'segment.take', ...key }).left) await onStep('deleted');
    return plan;
  } finally {
    database.close();
  }
}

/** Every event of the branch as the files hold it: segments in order, then the rows. */
export function storedEvents(directory: string): unknown[][] {
  const path = join(directory, DATABASE_NAME);
  const database = new Database(path, { readonly: true });
  try {
    const segments = database
      .prepare(
        `SELECT id FROM archive_segment WHERE kind = 'events' AND state <> 'writing'
         ORDER BY last_version`,
      )
      .pluck()
      .all() as string[];
    const archived = segments.flatMap((id) => {
      const file = SegmentFile.open(segmentPath(archiveDirectory(path), id));
      file.verify();
      const records = [...file.records()] as unknown[][];
      file.close();
      return records;
    });
    const last = (archived.at(-1)?.[0] as number | undefined) ?? 0;
    const live = database
      .prepare(
        `SELECT version, at, actor, device, command, key, correlation_id, changes, lower(hex(hash))
         FROM sync_event WHERE branch_id = ? AND version > ? ORDER BY version`,
      )
      .raw()
      .all(BRANCH, last) as unknown[][];
    return [...archived, ...live];
  } finally {
    database.close();
  }
}
