/**
 * Writes segments anew without the orders that are read from elsewhere by now, so that nothing of them stays behind. A stop
 * at any moment loses nothing:
 *
 * 1. the catalogue's row of the new file, `writing`: from here on a start takes that file away;
 * 2. the new file, synced, read back, and under its name;
 * 3. one transaction: reads go to the new file, and the old one is `writing`: from here on a start takes the old one away;
 * 4. the old file goes, then its row.
 */
import type { SegmentKey } from '../sqlite/tasks/segment-rows.js';
import type { SegmentEntry } from '../upkeep.js';
import type { MoverOptions } from './mover.js';

export interface RewriterOptions extends Pick<MoverOptions, 'task' | 'work' | 'newId' | 'now'> {
  readonly segments: () => Promise<readonly SegmentEntry[]>;
  /** Whoever has the old file open lets it go. */
  readonly forget: (segmentId: string) => Promise<void>;
}

/** Holds an order that is read from elsewhere. */
export function holdsCopies({ kind, state, archived, records }: SegmentEntry): boolean {
  return kind === 'orders' && state === 'done' && archived < records;
}

export class SegmentRewriter {
  readonly #options: RewriterOptions;

  constructor(options: RewriterOptions) {
    this.#options = options;
  }

  /** Gives how many were; rejects at the first that cannot be: what it leaves behind a start undoes, or the next run. */
  async run(): Promise<number> {
    const found = (await this.#options.segments()).filter(holdsCopies);
    let rewritten = 0;
    for (const { branchId, segmentId, shiftId } of found) {
      if (await this.#rewrite({ branchId, segmentId }, shiftId)) rewritten += 1;
    }
    return rewritten;
  }

  /** False: an order of it came back meanwhile; the next run sees to it. */
  async #rewrite(old: SegmentKey, shiftId: string | null): Promise<boolean> {
    const { task, work, newId, now, forget } = this.#options;
    const { retired } = await task({ name: 'segment.retire', ...old });
    if (!retired) {
      const key = { branchId: old.branchId, segmentId: newId() };
      const begun = { kind: 'orders', shiftId, range: null, at: now() } as const;
      await task({ name: 'segment.begin', ...key, ...begun });
      const copied = await work.rewrite(key.segmentId, old);
      const replaces = old.segmentId;
      const { replaced } = await task({ name: 'segment.replace', ...key, replaces, ...copied });
      if (!replaced) {
        await this.#drop(key);
        return false;
      }
    }
    await this.#drop(old);
    await forget(old.segmentId);
    return true;
  }

  async #drop({ branchId, segmentId }: SegmentKey): Promise<void> {
    await this.#options.work.remove(segmentId);
    await this.#options.task({ name: 'segment.undo', branchId, segmentId });
  }
}
