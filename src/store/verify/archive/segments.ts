/** The segments that the catalogue names: each file is whole, and the one that was written. */
import type { Database } from 'better-sqlite3';
import { dirname, join } from 'node:path';
import { shown, type Findings } from '../findings.js';
import { ArchiveMoved, isNamed } from './archive-moved.js';
import { readSegment, SegmentFault, type Footer } from './segment-reader.js';

/** A row of archive_segment whose records are not in the database any more, or are on their way out of it. */
export interface Segment {
  readonly branch_id: string;
  readonly id: string;
  readonly kind: 'orders' | 'events';
  readonly state: 'moved' | 'done';
  readonly shift_id: string | null;
  readonly first_version: number | null;
  readonly last_version: number | null;
  readonly hash_before: Buffer | null;
  readonly hash_after: Buffer | null;
  readonly records: number;
  readonly bytes: number;
  readonly raw_bytes: number;
  readonly sha256: string;
  readonly blocks: string;
}

/** A segment of another kind or in another state would be read by nobody. */
export function checkStates(database: Database, findings: Findings): void {
  const strange = database
    .prepare(
      `SELECT branch_id, id, kind, state FROM main.archive_segment
       WHERE kind NOT IN ('orders', 'events') OR state NOT IN ('writing', 'moved', 'done')`,
    )
    .all() as Segment[];
  for (const { branch_id, id, kind, state } of strange) {
    findings.add('segment', `segment ${branch_id} ${id} is of kind ${kind}, and ${state}`);
  }
}

/** One that is only being written has no records of its own yet. */
export function segmentsOf(database: Database, kind: Segment['kind']): Segment[] {
  return database
    .prepare(
      `SELECT * FROM main.archive_segment WHERE kind = ? AND state <> 'writing'
       ORDER BY branch_id, first_version, at, id`,
    )
    .all(kind) as Segment[];
}

export class SegmentFiles {
  readonly #databaseFile: string;
  readonly #directory: string;
  readonly #findings: Findings;

  constructor(databaseFile: string, findings: Findings) {
    this.#databaseFile = databaseFile;
    this.#directory = join(dirname(databaseFile), 'archive');
    this.#findings = findings;
  }

  /**
   * Whatever is wrong with the file is a difference; its records up to there are given. Throws ArchiveMoved where it only went
   * because the archive moved on.
   */
  read(segment: Segment, onRecord: (record: unknown, block: number) => void): void {
    const name = `archive/${segment.id}.segment`;
    const place = `segment ${segment.branch_id} ${segment.id}: ${name}`;
    this.#findings.counts.segments += 1;
    try {
      const read = readSegment(join(this.#directory, `${segment.id}.segment`), {
        onFooter: (footer) => {
          expectFooter(segment, footer);
        },
        onRecord,
      });
      if (read.sha256 !== segment.sha256 || read.bytes !== segment.bytes) {
        throw new SegmentFault('has another checksum than the catalogue says');
      }
    } catch (error) {
      if (!(
        error instanceof SegmentFault ||
        error instanceof SyntaxError ||
        isUnpackFault(error)
      )) {
        throw error;
      }
      if (!isNamed(this.#databaseFile, segment)) {
        throw new ArchiveMoved(`the archive moved on while ${name} was read`);
      }
      const reason = error instanceof SegmentFault ? error.message : `is damaged: ${error.message}`;
      this.#findings.add('segment', `${place} ${reason}`);
    }
  }
}

/** Before anything of it is taken: it is the file that the catalogue names. */
function expectFooter(segment: Segment, footer: Footer): void {
  const { branch_id, id, kind, records, raw_bytes, blocks, facts } = footer;
  if (id !== segment.id || branch_id !== segment.branch_id || kind !== segment.kind) {
    const found = `segment ${shown(id)} of ${shown(kind)} of branch ${shown(branch_id)}`;
    throw new SegmentFault(`is ${found}`);
  }
  const same =
    records === segment.records &&
    raw_bytes === segment.raw_bytes &&
    JSON.stringify(blocks) === segment.blocks &&
    (facts['shift_id'] ?? null) === segment.shift_id &&
    (facts['first_version'] ?? null) === segment.first_version &&
    (facts['last_version'] ?? null) === segment.last_version;
  if (!same) throw new SegmentFault('is another file than the one that was written');
}

function isUnpackFault(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_');
}
