/**
 * Moves records from the database into segment files so that a stop at any moment loses nothing and shows nothing twice:
 *
 * 1. the catalogue's row, `writing`, on the disk: from here on a start takes the file away;
 * 2. the file, synced, read back against the database, and under its name;
 * 3. one transaction: `moved`, and the index: from here on reads go to the file, and a start goes on;
 * 4. the rows go, a few at a time between the groups of commits; then `done`.
 */
import type { Timers } from '../../base/clock.js';
import type { NewId } from '../../base/ids.js';
import type { SegmentKey } from '../sqlite/tasks/segment-rows.js';
import type { TaskName, TaskOf, TaskValue } from '../sqlite/tasks/task.js';
import type { SegmentWorker } from './archive-client.js';
import type { ArchiveWanted, Candidate, SegmentPlan } from './segment-source.js';
import type { CopiedSegment } from './segment-work.js';

/** Between two steps that take rows away: nine tenths of the writer's time belong to the commits. */
const PAUSE_MS = 20;

export interface MoverOptions {
  readonly task: <N extends TaskName>(task: TaskOf<N>) => Promise<TaskValue<N>>;
  readonly work: SegmentWorker;
  readonly newId: NewId;
  /** By the clock that dates the shifts. */
  readonly now: () => number;
  readonly timers: Timers;
}

/** `done` and `total` count shifts and what else may hold records. */
export interface ArchiveProgress {
  readonly done: number;
  readonly total: number;
}

export interface Moved {
  readonly segments: number;
  readonly orders: number;
  readonly events: number;
  readonly bytes: number;
  readonly rawBytes: number;
}

export const NOTHING_MOVED: Moved = { segments: 0, orders: 0, events: 0, bytes: 0, rawBytes: 0 };

export class Mover {
  readonly #options: MoverOptions;
  #stopped = false;

  constructor(options: MoverOptions) {
    this.#options = options;
  }

  /** What is under way rejects at its next step, in a state that the next start finishes or undoes. */
  stop(): void {
    this.#stopped = true;
  }

  /** Finishes or undoes what a stop left behind. Rejects where it cannot: then the next start tries again. */
  async recover(): Promise<number> {
    const unfinished = await this.#options.task({ name: 'segment.unfinished' });
    for (const segment of unfinished) {
      if (segment.state === 'writing') await this.#undo(segment);
      else await this.#take(segment, PAUSE_MS);
    }
    return unfinished.length;
  }

  /** Rejects at the first segment that cannot be moved; those before it are. */
  async run(
    wanted: ArchiveWanted,
    onProgress: (progress: ArchiveProgress, moved: Moved) => void,
  ): Promise<Moved> {
    const candidates = await this.#options.work.candidates(wanted);
    const total = candidates.length;
    let moved = NOTHING_MOVED;
    for (const [done, candidate] of candidates.entries()) {
      onProgress({ done, total }, moved);
      moved = await this.#moveAll(candidate, wanted, moved);
    }
    onProgress({ done: total, total }, moved);
    return moved;
  }

  /** Until nothing is left, or a command was quicker: the next run sees to those. */
  async #moveAll(candidate: Candidate, wanted: ArchiveWanted, before: Moved): Promise<Moved> {
    let moved = before;
    for (;;) {
      this.#orStop();
      const plan = await this.#options.work.plan(candidate, wanted);
      const copied = plan === null ? null : await this.#move(plan, wanted);
      if (copied === null) return moved;
      const { records, bytes, rawBytes } = copied.written;
      moved = {
        ...{ ...moved, segments: moved.segments + 1 },
        [candidate.kind]: moved[candidate.kind] + records,
        ...{ bytes: moved.bytes + bytes, rawBytes: moved.rawBytes + rawBytes },
      };
    }
  }

  /** null: a command wrote one of its records meanwhile, and all is as before. */
  async #move(plan: SegmentPlan, { alone }: ArchiveWanted): Promise<CopiedSegment | null> {
    const { task, work, newId, now } = this.#options;
    const { branchId, kind, shiftId, range } = plan;
    const key = { branchId, segmentId: newId() };
    await task({ name: 'segment.begin', ...key, kind, shiftId, range, at: now() });
    try {
      const copied = await work.copy(key.segmentId, plan, alone);
      this.#orStop();
      const { moved } = await task({ name: 'segment.move', ...key, ...copied });
      if (!moved) {
        await this.#undo(key);
        return null;
      }
      await this.#take(key, alone ? 0 : PAUSE_MS);
      return copied;
    } catch (error) {
      if (!this.#stopped) await this.#undoAfter(error, key);
      throw error;
    }
  }

  /** The first fault is the one that is told; the marker stays where its file could not be removed. */
  async #undoAfter(error: unknown, key: SegmentKey): Promise<void> {
    try {
      const unfinished = await this.#options.task({ name: 'segment.unfinished' });
      const found = unfinished.find(({ segmentId }) => segmentId === key.segmentId);
      if (found?.state === 'writing') await this.#undo(key);
    } catch (second) {
      throw new AggregateError([error, second], `${textOf(error)}; then ${textOf(second)}`);
    }
  }

  async #undo({ branchId, segmentId }: SegmentKey): Promise<void> {
    await this.#options.work.remove(segmentId);
    await this.#options.task({ name: 'segment.undo', branchId, segmentId });
  }

  async #take({ branchId, segmentId }: SegmentKey, pauseMs: number): Promise<void> {
    const { task, timers } = this.#options;
    for (;;) {
      this.#orStop();
      const { left } = await task({ name: 'segment.take', branchId, segmentId });
      if (!left) return;
      if (pauseMs > 0) await new Promise<void>((resolve) => timers.after(pauseMs, resolve));
    }
  }

  #orStop(): void {
    if (this.#stopped) throw new Error('the store is being closed');
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
