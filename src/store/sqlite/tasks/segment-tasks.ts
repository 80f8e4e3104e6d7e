/** The catalogue's side of a segment, from its marker to the last row that goes. */
import type { Database } from 'better-sqlite3';
import type { SegmentKind } from '../../archive/segment-format.js';
import type { EventRange } from '../../archive/segment-source.js';
import type { WrittenSegment } from '../../archive/segment-writer.js';
import type { IndexEntry, SegmentKey, SegmentRows } from './segment-rows.js';
import type { TaskHandler } from './task-handler.js';

/** Marks a file that is going to be written: a start that finds the mark takes the file away. */
export interface BeginSegment extends SegmentKey {
  readonly kind: SegmentKind;
  /** Of kind `orders`: the shift whose orders they are; else null. */
  readonly shiftId: string | null;
  /** Of kind `events`; else null. */
  readonly range: EventRange | null;
  readonly at: number;
}

/** The file is whole and under its name: reads go to it from here on. */
export interface MoveSegment extends SegmentKey {
  readonly written: WrittenSegment;
  /** The file holds what every commit up to this one of the branch wrote. */
  readonly seen: number;
  /** JSON of an array of IndexEntry. */
  readonly index: string;
}

/** No group waits much longer than this for a step. */
const STEP_MS = 2;

/** A segment that a stop left half-way. */
export interface UnfinishedSegment extends SegmentKey {
  readonly state: 'writing' | 'moved';
}

export interface SegmentTasks {
  /** Oldest first. Asked of the writer, since after a fault of the disk it alone knows what was committed. */
  readonly 'segment.unfinished': TaskHandler<unknown, readonly UnfinishedSegment[]>;
  readonly 'segment.begin': TaskHandler<BeginSegment, null>;
  /** Takes the mark back, once the file is gone. */
  readonly 'segment.undo': TaskHandler<SegmentKey, null>;
  /** False: a commit was quicker, and nothing was written. */
  readonly 'segment.move': TaskHandler<MoveSegment, { readonly moved: boolean }>;
  /** False: an order came back meanwhile, and nothing was written. */
  readonly 'segment.replace': TaskHandler<ReplaceSegment, { readonly replaced: boolean }>;
  /** Takes rows away for about 2 ms; when none is left the segment is `done`. */
  readonly 'segment.take': TaskHandler<SegmentKey, { readonly left: boolean }>;
  /** Marks a file that no order is read from any more as one to be removed; false: one still is. */
  readonly 'segment.retire': TaskHandler<SegmentKey, { readonly retired: boolean }>;
}

/** The new file holds every order that is read from the old one: reads go to it, and the old file is to be removed. */
export interface ReplaceSegment extends SegmentKey {
  /** Id of the old segment. */
  readonly replaces: string;
  readonly written: WrittenSegment;
  /** JSON of an array of [block, id of the order]. */
  readonly index: string;
}

export type RowsByKind = ReadonlyMap<SegmentKind, SegmentRows>;

export function segmentTasks(database: Database, rows: RowsByKind): SegmentTasks {
  /** Those of the segment's kind, where it is in that state. */
  const rowsIn = (state: string, { branchId, segmentId }: SegmentKey): SegmentRows | undefined =>
    rows.get(kindOf.get(branchId, segmentId, state) as SegmentKind);
  const kindOf = database
    .prepare('SELECT kind FROM archive_segment WHERE branch_id = ? AND id = ? AND state = ?')
    .pluck();
  const done = database.prepare(
    `UPDATE archive_segment SET state = 'done' WHERE branch_id = ? AND id = ?`,
  );
  const unfinished = database.prepare<[], UnfinishedSegment>(
    `SELECT branch_id AS branchId, id AS segmentId, state FROM archive_segment
     WHERE state <> 'done' ORDER BY at, id`,
  );
  return {
    ...markerTasks(database),
    'segment.replace': replaceTask(database),
    'segment.unfinished': { synced: false, unchecked: false, run: () => unfinished.all() },
    'segment.move': {
      synced: true,
      unchecked: true,
      run: (task) => {
        const ofKind = rowsIn('writing', task);
        if (ofKind === undefined) return { moved: false };
        const index = JSON.parse(task.index) as IndexEntry[];
        if (!ofKind.index(task, task.seen, index)) return { moved: false };
        noteWritten(database, task, 'moved');
        return { moved: true };
      },
    },
    'segment.take': {
      synced: false,
      unchecked: true,
      run: (task) => {
        const ofKind = rowsIn('moved', task);
        if (ofKind === undefined) return { left: false };
        const begun = performance.now();
        const left = ofKind.take(task, () => performance.now() - begun > STEP_MS);
        if (!left) done.run(task.branchId, task.segmentId);
        return { left };
      },
    },
  };
}

function replaceTask(database: Database): SegmentTasks['segment.replace'] {
  const count = database
    .prepare<[string, string]>(
      `SELECT count(*) FROM archived_order INDEXED BY archived_order_segment
       WHERE branch_id = ? AND segment_id = ?`,
    )
    .pluck();
  const isIn = database
    .prepare<[string, string, string]>(
      'SELECT 1 FROM archived_order WHERE branch_id = ? AND id = ? AND segment_id = ?',
    )
    .pluck();
  const point = database.prepare<[string, number, string, string]>(
    'UPDATE archived_order SET segment_id = ?, block = ? WHERE branch_id = ? AND id = ?',
  );
  const leave = database.prepare<[string, string]>(
    `UPDATE archive_segment SET state = 'writing' WHERE branch_id = ? AND id = ? AND state = 'done'`,
  );
  return {
    synced: true,
    unchecked: false,
    run: ({ branchId, segmentId, replaces, written, index: text }) => {
      const index = JSON.parse(text) as readonly (readonly [number, string])[];
      const stands = index.every(([, id]) => isIn.get(branchId, id, replaces) === 1);
      if (!stands || count.get(branchId, replaces) !== index.length) return { replaced: false };
      if (leave.run(branchId, replaces).changes !== 1) return { replaced: false };
      for (const [block, id] of index) point.run(segmentId, block, branchId, id);
      noteWritten(database, { branchId, segmentId, written }, 'done');
      return { replaced: true };
    },
  };
}

function noteWritten(
  database: Database,
  { branchId, segmentId, written }: SegmentKey & { readonly written: WrittenSegment },
  state: 'moved' | 'done',
): void {
  const { records, bytes, rawBytes, sha256, blocks } = written;
  database
    .prepare(
      `UPDATE archive_segment SET state = ?, records = ?, bytes = ?, raw_bytes = ?,
         sha256 = ?, blocks = ?
       WHERE branch_id = ? AND id = ?`,
    )
    .run(state, records, bytes, rawBytes, sha256, JSON.stringify(blocks), branchId, segmentId);
}

function markerTasks(
  database: Database,
): Pick<SegmentTasks, 'segment.begin' | 'segment.undo' | 'segment.retire'> {
  const begin = database.prepare(
    `INSERT INTO archive_segment (branch_id, id, kind, state, shift_id, first_version,
       last_version, hash_before, hash_after, at)
     VALUES (?, ?, ?, 'writing', ?, ?, ?, unhex(?), unhex(?), ?)`,
  );
  const undo = database.prepare(
    `DELETE FROM archive_segment WHERE branch_id = ? AND id = ? AND state = 'writing'`,
  );
  const retire = database.prepare(
    `UPDATE archive_segment SET state = 'writing'
     WHERE branch_id = ? AND id = ? AND state = 'done' AND kind = 'orders' AND NOT EXISTS (
       SELECT 1 FROM archived_order a INDEXED BY archived_order_segment
       WHERE a.branch_id = archive_segment.branch_id AND a.segment_id = archive_segment.id)`,
  );
  const small = { synced: true, unchecked: false } as const;
  return {
    'segment.begin': {
      ...small,
      run: ({ branchId, segmentId, kind, shiftId, range, at }) => {
        const { first = null, last = null, hashBefore = null, hashAfter = null } = range ?? {};
        begin.run(branchId, segmentId, kind, shiftId, first, last, hashBefore, hashAfter, at);
        return null;
      },
    },
    'segment.undo': {
      ...small,
      run: ({ branchId, segmentId }) => {
        undo.run(branchId, segmentId);
        return null;
      },
    },
    'segment.retire': {
      ...small,
      run: ({ branchId, segmentId }) => ({
        retired: retire.run(branchId, segmentId).changes === 1,
      }),
    },
  };
}
