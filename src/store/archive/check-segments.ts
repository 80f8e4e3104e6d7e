/**
 * Whether the segments that the catalogue names are there: each with its length, the newest with their checksums. A start asks;
 * the rest is checked block by block as it is read, and wholly by `verify`.
 */
import type { Database } from 'better-sqlite3';
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { StoreOpenError, messageOf } from '../sqlite/errors.js';
import { archiveDirectory, segmentPath } from './archive-directory.js';

/** Files that are read as a whole, a few megabytes each: some milliseconds of a start. */
const NEWEST_CHECKED = 3;

const SEGMENTS = `SELECT branch_id, id, kind, shift_id, first_version, last_version, bytes, sha256
  FROM archive_segment WHERE state <> 'writing' ORDER BY at DESC, id DESC`;

const RANGES = `SELECT branch_id, id, first_version, last_version FROM archive_segment
  WHERE kind = 'events' AND state IN ('moved', 'done') ORDER BY branch_id, last_version`;
const BRANCHES = 'SELECT branch_id FROM branch_head ORDER BY branch_id';
const FIRST_EVENT =
  'SELECT version FROM sync_event WHERE branch_id = ? AND version > ? ORDER BY version LIMIT 1';

type Range = Pick<Catalogued, 'branch_id' | 'id' | 'first_version' | 'last_version'>;

interface Catalogued {
  readonly branch_id: string;
  readonly id: string;
  readonly kind: 'orders' | 'events';
  readonly shift_id: string | null;
  readonly first_version: number | null;
  readonly last_version: number | null;
  readonly bytes: number;
  readonly sha256: string;
}

/** Throws StoreOpenError that names the first file that is not what was written, and what it held. */
export function checkSegments(database: Database): void {
  const directory = archiveDirectory(database.name);
  let checked = 0;
  for (const segment of database.prepare<[], Catalogued>(SEGMENTS).iterate()) {
    const path = pathOf(database, directory, segment);
    const wrong =
      sizeFault(path, segment) ?? (checked < NEWEST_CHECKED ? sumFault(path, segment) : null);
    if (wrong !== null) throw refused(path, `${wrong}, and holds ${contents(segment)}`);
    checked += 1;
  }
}

/**
 * Whether the events are all there, as far as the catalogue tells: segments without a gap from the first version up to the first
 * event that is in the table. Throws StoreOpenError.
 */
export function checkEventRanges(database: Database): void {
  const last = new Map<string, number>();
  for (const range of database.prepare<[], Range>(RANGES).iterate()) {
    expectNext(database, last, range.branch_id, range.first_version ?? 0);
    last.set(range.branch_id, range.last_version ?? 0);
  }
  const first = database.prepare<[string, number], number>(FIRST_EVENT).pluck();
  for (const branchId of database.prepare<[], string>(BRANCHES).pluck().all()) {
    expectNext(database, last, branchId, first.get(branchId, last.get(branchId) ?? 0) ?? null);
  }
}

/** `first`: of what comes next; null: there is no event in the table. */
function expectNext(
  { name }: Database,
  last: ReadonlyMap<string, number>,
  branchId: string,
  first: number | null,
): void {
  const wanted = (last.get(branchId) ?? 0) + 1;
  if (first === wanted) return;
  const from = `the events of branch ${branchId} from ${String(wanted)} on`;
  throw refused(name, `${from} are neither in the table nor in a segment of the catalogue`);
}

function pathOf({ name }: Database, directory: string, segment: Catalogued): string {
  try {
    return segmentPath(directory, segment.id);
  } catch (error) {
    throw refused(name, `${messageOf(error)}, which should hold ${contents(segment)}`);
  }
}

function sizeFault(path: string, { bytes }: Catalogued): string | null {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return 'it is missing';
  if (found.size === bytes) return null;
  return `it has ${String(found.size)} bytes instead of ${String(bytes)}`;
}

function sumFault(path: string, { sha256 }: Catalogued): string | null {
  try {
    const found = createHash('sha256').update(readFileSync(path)).digest('hex');
    return found === sha256
      ? null
      : 'it is not the file that was written (its checksum is another)';
  } catch (error) {
    return `it cannot be read (${messageOf(error)})`;
  }
}

function contents(segment: Catalogued): string {
  const of = `of branch ${segment.branch_id}`;
  if (segment.kind === 'orders') return `the orders of shift ${String(segment.shift_id)} ${of}`;
  return `events ${String(segment.first_version)} to ${String(segment.last_version)} ${of}`;
}

function refused(path: string, reason: string): StoreOpenError {
  return new StoreOpenError({
    operation: 'open',
    path,
    reason,
    hint: 'put that file back from a backup, or restore the whole directory',
  });
}
