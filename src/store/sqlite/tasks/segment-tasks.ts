/** The catalogue's side of a segment: its marker before the file is written, and taking that back. */
import type { Database } from 'better-sqlite3';
import type { TaskHandler } from './task-handler.js';

/** One row of archive_segment is known by these. */
export interface SegmentKey {
  readonly branchId: string;
  readonly segmentId: string;
}

/** Marks a file that is going to be written: a start that finds the mark takes the file away. */
export interface BeginSegment extends SegmentKey {
  readonly kind: 'orders' | 'events';
  /** Of kind `orders`: the shift whose orders they are. */
  readonly shiftId: string | null;
  readonly at: number;
}

/** Takes the mark back, once the file is gone. */
export type UndoSegment = SegmentKey;

export interface SegmentTasks {
  readonly 'segment.begin': TaskHandler<BeginSegment, null>;
  readonly 'segment.undo': TaskHandler<UndoSegment, null>;
}

export function segmentTasks(database: Database): SegmentTasks {
  const begin = database.prepare<[SegmentKey & BeginSegment]>(
    `INSERT INTO archive_segment (branch_id, id, kind, state, shift_id, at)
     VALUES (:branchId, :segmentId, :kind, 'writing', :shiftId, :at)`,
  );
  const undo = database.prepare<[SegmentKey]>(
    `DELETE FROM archive_segment
     WHERE branch_id = :branchId AND id = :segmentId AND state = 'writing'`,
  );
  return {
    'segment.begin': {
      synced: true,
      unchecked: false,
      run: (task) => {
        begin.run(task);
        return null;
      },
    },
    'segment.undo': {
      synced: true,
      unchecked: false,
      run: (task) => {
        undo.run(task);
        return null;
      },
    },
  };
}
