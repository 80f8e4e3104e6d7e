/**
 * What a kind of segment brings to the mover (mover.ts), which does the same for all kinds: which records may leave the
 * database, how they are read, and what the catalogue keeps of each. The writer's half is SegmentRows (segment-rows.ts).
 */
import type { SegmentFacts, SegmentKind } from './segment-format.js';

/** What a run may take. */
export interface ArchiveWanted {
  /** Only what ended before this moment, in epoch milliseconds. */
  readonly closedBefore: number;
  /** Only of this branch; null: of all. */
  readonly branchId: string | null;
  /** No commit waits for the machine. */
  readonly alone: boolean;
}

/** Something that may hold records to move: a shift, or a branch's history. */
export interface Candidate {
  readonly kind: SegmentKind;
  readonly branchId: string;
  /** Of kind `orders`; else null. */
  readonly shiftId: string | null;
}

/** A range of the history; hashes in lower-case hex. */
export interface EventRange {
  readonly first: number;
  readonly last: number;
  readonly hashBefore: string;
  readonly hashAfter: string;
}

/** The records of one segment. It crosses between threads. */
export interface SegmentPlan extends Candidate {
  /** The records' ids in their order; empty where `range` says which they are. */
  readonly ids: readonly string[];
  /** Of kind `events`; else null. */
  readonly range: EventRange | null;
}

export interface SourceRecord {
  /** What the file keeps of it, as JSON. */
  readonly record: unknown;
  /** What the index keeps of it beside its block, as JSON; null: nothing. */
  readonly index: unknown;
  /** Added up over all records: control totals. */
  readonly sums: Readonly<Record<string, number>>;
}

export interface SegmentSource {
  readonly kind: SegmentKind;
  /** In the order in which they are to be moved. */
  candidates(wanted: ArchiveWanted): Candidate[];
  /** The next segment of a candidate, bounded in size; null: there is nothing left to move. */
  plan(candidate: Candidate, wanted: ArchiveWanted): SegmentPlan | null;
  /** So many records from this place on, as they stand, in one short transaction; fewer: the end. Always in one order. */
  records(plan: SegmentPlan, from: number, count: number): SourceRecord[];
  /** What the footer says of the segment beside the sums. */
  facts(plan: SegmentPlan): SegmentFacts;
}
