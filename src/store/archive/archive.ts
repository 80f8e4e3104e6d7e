/** The archive as the store has it: one run at a time, what the last stop left finished first, and counts of it all. */
import type { Timers } from '../../base/clock.js';
import type { Log } from '../../base/log.js';
import { TaskError } from '../sqlite/tasks/task.js';
import {
  ArchiveBusy,
  type ArchiveReport,
  type ArchiveRequest,
  type FoundPerson,
  type PersonalWanted,
  type SegmentEntry,
  type Upkeep,
  type UpkeepProgress,
} from '../upkeep.js';
import type { ArchiveClient } from './archive-client.js';
import { Mover, NOTHING_MOVED, type Moved } from './mover.js';
import type { OrderRecord } from './order-record.js';
import { holdsCopies, SegmentRewriter, type RewriterOptions } from './segment-rewriter.js';

export interface ArchiveOptions extends RewriterOptions {
  readonly work: ArchiveClient;
  readonly clearTexts: (branchId: string, orderId: string) => Promise<number>;
  readonly timers: Timers;
  readonly log: Log;
}

/** Runs that wait behind one another. */
const RUNS_MAX = 8;

export class Archive implements Upkeep {
  readonly #options: ArchiveOptions;
  readonly #mover: Mover;
  readonly #rewriter: SegmentRewriter;
  readonly #counts = {
    archive_runs_total: 0,
    archive_failures_total: 0,
    archive_seconds_total: 0,
    archive_records_moved_total: 0,
  };
  #sizes = { archive_segments: 0, archive_bytes: 0, archive_raw_bytes: 0, archive_orders: 0 };
  /** The last of those that wait. */
  #run: Promise<unknown> | null = null;
  #runs = 0;
  #restoring: Promise<number> | null = null;
  #closed = false;

  constructor(options: ArchiveOptions) {
    this.#options = options;
    this.#mover = new Mover(options);
    this.#rewriter = new SegmentRewriter(options);
  }

  stats(): Readonly<Record<string, number>> {
    return { ...this.#counts, ...this.#sizes };
  }

  /** Finishes what a stop left behind, beside the commits, and learns how large the archive is. */
  begin(): void {
    const { log, task } = this.#options;
    void task({ name: 'segment.unfinished' })
      .then(async (unfinished) => {
        const copies = (await this.segments()).some(holdsCopies);
        if (unfinished.length === 0 && !copies) await this.#measure();
        else await this.#start(null);
      })
      .catch((error: unknown) => {
        if (this.#closed) return;
        log.error({ err: error }, 'what archiving left half-way was not finished');
      });
  }

  archive(request: ArchiveRequest): Promise<ArchiveReport> {
    return this.#start(request);
  }

  searchPersonal(wanted: PersonalWanted): Promise<readonly FoundPerson[]> {
    const { work } = this.#options;
    return this.#queued(() => work.search(wanted).finally(() => work.end()));
  }

  clearTexts(branchId: string, orderId: string): Promise<number> {
    return this.#options.clearTexts(branchId, orderId);
  }

  async dropCopies(): Promise<void> {
    if ((await this.segments()).some(holdsCopies)) await this.#start(null);
  }

  /** null: only what was left half-way, and copies. */
  #start(request: ArchiveRequest | null): Promise<ArchiveReport> {
    return this.#queued(() => this.#archive(request));
  }

  /** After all that was asked for before: one thing at a time. */
  #queued<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#restoring !== null) {
      return Promise.reject(new ArchiveBusy('orders are being brought back; try again then'));
    }
    if (this.#runs === RUNS_MAX) {
      return Promise.reject(new ArchiveBusy(`${String(RUNS_MAX)} runs are waiting; try again`));
    }
    this.#runs += 1;
    const run = this.#after(this.#run, work).finally(() => {
      this.#runs -= 1;
      if (this.#run === run) this.#run = null;
    });
    this.#run = run;
    return run;
  }

  async #after<Result>(before: Promise<unknown> | null, work: () => Promise<Result>) {
    await before?.catch(() => undefined);
    if (this.#closed) throw new Error('the store is closed');
    return work();
  }

  restore(
    shiftId: string | null,
    onProgress: (progress: UpkeepProgress) => void = () => undefined,
  ): Promise<number> {
    if (this.#run !== null || this.#restoring !== null || this.#closed) {
      return Promise.reject(new ArchiveBusy('the archive is at work; try again when it is done'));
    }
    this.#restoring = this.#restore(shiftId, onProgress).finally(() => {
      this.#restoring = null;
    });
    return this.#restoring;
  }

  segments(): Promise<readonly SegmentEntry[]> {
    return this.#options.segments();
  }

  /** What is under way stops at its next step; the next start goes on there. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#mover.stop();
    await this.#options.work.end();
    await Promise.allSettled([this.#run, this.#restoring]);
  }

  async #archive(request: ArchiveRequest | null): Promise<ArchiveReport> {
    const { log, timers, work } = this.#options;
    const begun = timers.monotonicMs();
    this.#counts.archive_runs_total += 1;
    try {
      const finished = await this.#mover.recover();
      const moved = await this.#moveWanted(request);
      const rewritten = await this.#rewriter.run();
      if (finished + moved.segments + rewritten > 0) {
        log.info({ finished, ...moved, rewritten }, 'archived');
      }
      return moved;
    } catch (error) {
      this.#counts.archive_failures_total += 1;
      if (!this.#closed) this.#logFault(error);
      throw error;
    } finally {
      this.#counts.archive_seconds_total += (timers.monotonicMs() - begun) / 1_000;
      await work.end();
      await this.#measure().catch(() => undefined);
    }
  }

  /** Of a store that is being reopened, its own lines tell more. */
  #logFault(error: unknown): void {
    const { log } = this.#options;
    if (error instanceof TaskError && error.kind === 'closed') {
      log.warn({ reason: error.message }, 'archiving stopped; nothing is lost');
    } else log.error({ err: error }, 'archiving stopped; nothing is lost');
  }

  async #moveWanted(request: ArchiveRequest | null): Promise<Moved> {
    if (request === null) return NOTHING_MOVED;
    const { closedBefore, branchId = null, alone = false, onProgress } = request;
    let counted = 0;
    return this.#mover.run({ closedBefore, branchId, alone }, (progress, { orders, events }) => {
      this.#counts.archive_records_moved_total += orders + events - counted;
      counted = orders + events;
      onProgress?.(progress);
    });
  }

  async #restore(shiftId: string | null, onProgress: (progress: UpkeepProgress) => void) {
    const { task, work } = this.#options;
    await this.#mover.recover();
    const all = await this.segments();
    const wanted = all.filter(
      (segment) => segment.kind === 'orders' && (shiftId === null || segment.shiftId === shiftId),
    );
    let orders = 0;
    for (const [done, { branchId, segmentId }] of wanted.entries()) {
      onProgress({ done, total: wanted.length });
      const records = (await work.records(segmentId)) as readonly OrderRecord[];
      for (const record of records) {
        const orderId = record.order_header[0]?.['id'] as string;
        const key = { branchId, segmentId, orderId, record: JSON.stringify(record) };
        const { thawed } = await task({ name: 'order.thaw', ...key });
        if (thawed) orders += 1;
      }
      const { retired } = await task({ name: 'segment.retire', branchId, segmentId });
      if (!retired) continue;
      await work.remove(segmentId);
      await task({ name: 'segment.undo', branchId, segmentId });
    }
    onProgress({ done: wanted.length, total: wanted.length });
    await work.end();
    await this.#measure();
    return orders;
  }

  async #measure(): Promise<void> {
    const segments = (await this.segments()).filter(({ state }) => state !== 'writing');
    const sum = (of: (segment: SegmentEntry) => number) =>
      segments.reduce((total, segment) => total + of(segment), 0);
    this.#sizes = {
      archive_segments: segments.length,
      archive_bytes: sum(({ bytes }) => bytes),
      archive_raw_bytes: sum(({ rawBytes }) => rawBytes),
      archive_orders: sum(({ archived }) => archived),
    };
  }
}
