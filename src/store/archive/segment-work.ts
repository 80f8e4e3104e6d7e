/**
 * What archiving does away from the hub's thread, on a connection that only reads: finds what may leave, writes it into a
 * file, and reads the file back against the database before it gets its name.
 */
import type { Database } from 'better-sqlite3';
import { setTimeout as pause } from 'node:timers/promises';
import type { SegmentKey } from '../sqlite/tasks/segment-rows.js';
import type { FoundPerson, PersonalWanted } from '../upkeep.js';
import {
  archiveDirectory,
  freshPath,
  keepSegment,
  makeArchive,
  removeSegment,
  segmentPath,
} from './archive-directory.js';
import { searchPersonal } from './personal-search.js';
import { copySegment, type RewrittenSegment } from './segment-copy.js';
import { SegmentFile } from './segment-file.js';
import type { SegmentKind } from './segment-format.js';
import type {
  ArchiveWanted,
  Candidate,
  SegmentPlan,
  SegmentSource,
  SourceRecord,
} from './segment-source.js';
import { segmentSources } from './segment-sources.js';
import { SegmentWriter, type WrittenSegment } from './segment-writer.js';

/** Read in one transaction: a few milliseconds. */
const BATCH_RECORDS = 32;
/** After each batch it rests for so many times as long as that took: three quarters of a core stay with the commits. */
const REST_SHARE = 3;
/** Between two pages of a search. */
const REST_MS = 5;

export interface CopiedSegment {
  readonly written: WrittenSegment;
  /** The branch's newest commit before the file was compared: whatever a later one wrote may not be in it. */
  readonly seen: number;
  /** JSON of an array of [block, what the source indexes of a record]. */
  readonly index: string;
}

export interface SegmentWorkOptions {
  readonly database: Database;
  readonly databasePath: string;
}

export class SegmentWork {
  readonly #database: Database;
  readonly #directory: string;
  readonly #sources: readonly SegmentSource[];
  #stopped = false;
  #restShare = REST_SHARE;

  constructor({ database, databasePath }: SegmentWorkOptions) {
    this.#database = database;
    this.#directory = archiveDirectory(databasePath);
    this.#sources = segmentSources(database);
  }

  /** What is under way throws at its next rest. */
  stop(): void {
    this.#stopped = true;
  }

  candidates(wanted: ArchiveWanted): Candidate[] {
    return this.#sources.flatMap((source) => source.candidates(wanted));
  }

  plan(candidate: Candidate, wanted: ArchiveWanted): SegmentPlan | null {
    return this.#source(candidate.kind).plan(candidate, wanted);
  }

  /** The file stands under its name, checked and on the disk, when it settles. Rejects where it cannot be. */
  async copy(segmentId: string, plan: SegmentPlan, alone: boolean): Promise<CopiedSegment> {
    this.#restShare = alone ? 0 : REST_SHARE;
    makeArchive(this.#directory);
    const { written, index } = await this.#write(segmentId, plan);
    const seen = this.#newest(plan.branchId);
    await this.#compare(segmentId, plan, written);
    keepSegment(this.#directory, segmentId);
    return { written, seen, index: JSON.stringify(index) };
  }

  /** Whatever there is of its file. */
  remove(segmentId: string): void {
    removeSegment(this.#directory, segmentId);
  }

  /** As `copy`, from the file of another segment and without the orders that are read from elsewhere. */
  rewrite(segmentId: string, old: SegmentKey): Promise<RewrittenSegment> {
    return copySegment(this.#database, this.#directory, { old, segmentId });
  }

  search(wanted: PersonalWanted): Promise<FoundPerson[]> {
    const rest = async (): Promise<void> => {
      if (this.#stopped) throw new Error('the store is being closed');
      await pause(REST_MS);
    };
    const records = (segmentId: string) => this.records(segmentId);
    return searchPersonal({ database: this.#database, records, rest }, wanted);
  }

  /** All records of a segment's file, as it stands under its name. */
  records(segmentId: string): unknown[] {
    const file = SegmentFile.open(segmentPath(this.#directory, segmentId));
    try {
      return [...file.records()];
    } finally {
      file.close();
    }
  }

  async #write(segmentId: string, plan: SegmentPlan) {
    const { branchId, kind } = plan;
    const path = freshPath(this.#directory, segmentId);
    const writer = new SegmentWriter(path, { branchId, segmentId, kind });
    const index: (readonly [number, unknown])[] = [];
    const sums: Record<string, number> = {};
    try {
      for await (const { record, index: indexed, sums: added } of this.#records(plan)) {
        const block = writer.add(record);
        if (indexed !== null) index.push([block, indexed]);
        for (const [name, value] of Object.entries(added)) sums[name] = (sums[name] ?? 0) + value;
      }
      const facts = { ...this.#source(kind).facts(plan), ...sums };
      return { written: writer.finish(facts), index };
    } finally {
      writer.close();
    }
  }

  /** Throws where the file does not say what the database says now. */
  async #compare(segmentId: string, plan: SegmentPlan, written: WrittenSegment): Promise<void> {
    const path = freshPath(this.#directory, segmentId);
    const file = SegmentFile.open(path);
    try {
      const { sha256, bytes } = file.verify();
      if (sha256 !== written.sha256 || bytes !== written.bytes) {
        throw new Error(`${path} does not read as it was written`);
      }
      const kept = file.records();
      for await (const { record } of this.#records(plan)) {
        const { value } = kept.next();
        if (JSON.stringify(value) !== JSON.stringify(record)) {
          throw new Error(`${path} differs from the database, which may have gone on meanwhile`);
        }
      }
      if (kept.next().done !== true) throw new Error(`${path} holds more than the database`);
    } finally {
      file.close();
    }
  }

  async *#records(plan: SegmentPlan): AsyncGenerator<SourceRecord, void> {
    const source = this.#source(plan.kind);
    for (let from = 0; ; from += BATCH_RECORDS) {
      const begun = performance.now();
      const batch = source.records(plan, from, BATCH_RECORDS);
      yield* batch;
      if (this.#stopped) throw new Error('the store is being closed');
      if (batch.length < BATCH_RECORDS) return;
      await pause((performance.now() - begun) * this.#restShare);
    }
  }

  #source(kind: SegmentKind): SegmentSource {
    const source = this.#sources.find((one) => one.kind === kind);
    if (source === undefined) throw new Error(`nothing is known of segments of ${kind}`);
    return source;
  }

  #newest(branchId: string): number {
    const version = this.#database
      .prepare<[string]>('SELECT version FROM branch_head WHERE branch_id = ?')
      .pluck()
      .get(branchId);
    return (version as number | undefined) ?? 0;
  }
}
