/** A segment of orders written anew from its file, with those orders alone that are still read from it. */
import type { Database } from 'better-sqlite3';
import { setImmediate } from 'node:timers/promises';
import type { SegmentKey } from '../sqlite/tasks/segment-rows.js';
import { freshPath, keepSegment, segmentPath } from './archive-directory.js';
import type { OrderRecord } from './order-record.js';
import { sourceRecord } from './order-source.js';
import { SegmentFile } from './segment-file.js';
import { SegmentWriter, type WrittenSegment } from './segment-writer.js';

export interface RewrittenSegment {
  readonly written: WrittenSegment;
  /** JSON of an array of [block, id of the order]. */
  readonly index: string;
}

export async function copySegment(
  database: Database,
  directory: string,
  { old, segmentId }: { readonly old: SegmentKey; readonly segmentId: string },
): Promise<RewrittenSegment> {
  const file = SegmentFile.open(segmentPath(directory, old.segmentId));
  try {
    file.verify();
    const ids = new Set(readFromIt(database, old));
    const keep = ({ order_header: [header] }: OrderRecord) => ids.has(header?.['id'] as string);
    const path = freshPath(directory, segmentId);
    const rewritten = await writeKept(path, { file, keep, old, segmentId });
    compare(path, rewritten.written, keptOf(file, keep));
    keepSegment(directory, segmentId);
    return rewritten;
  } finally {
    file.close();
  }
}

type Keep = (record: OrderRecord) => boolean;

function* keptOf(file: SegmentFile, keep: Keep): Generator<OrderRecord, void> {
  for (const record of file.records() as Iterable<OrderRecord>) if (keep(record)) yield record;
}

function readFromIt(database: Database, { branchId, segmentId }: SegmentKey): string[] {
  return database
    .prepare<[string, string]>(
      `SELECT id FROM archived_order INDEXED BY archived_order_segment
       WHERE branch_id = ? AND segment_id = ?`,
    )
    .pluck()
    .all(branchId, segmentId) as string[];
}

async function writeKept(
  path: string,
  from: {
    readonly file: SegmentFile;
    readonly keep: Keep;
    readonly old: SegmentKey;
    readonly segmentId: string;
  },
): Promise<RewrittenSegment> {
  const { file, keep, old, segmentId } = from;
  const writer = new SegmentWriter(path, { branchId: old.branchId, segmentId, kind: 'orders' });
  const index: (readonly [number, string])[] = [];
  const sums: Record<string, number> = {};
  try {
    for (const record of keptOf(file, keep)) {
      index.push([writer.add(record), record.order_header[0]?.['id'] as string]);
      const { sums: added } = sourceRecord(record);
      for (const [name, value] of Object.entries(added)) sums[name] = (sums[name] ?? 0) + value;
      await setImmediate();
    }
    const { shift_id = null } = file.footer.facts;
    return { written: writer.finish({ shift_id, ...sums }), index: JSON.stringify(index) };
  } finally {
    writer.close();
  }
}

/** Throws where the new file does not say what the old one says. */
function compare(path: string, written: WrittenSegment, wanted: Iterable<OrderRecord>): void {
  const file = SegmentFile.open(path);
  try {
    const { sha256, bytes } = file.verify();
    if (sha256 !== written.sha256 || bytes !== written.bytes) {
      throw new Error(`${path} does not read as it was written`);
    }
    const kept = file.records();
    for (const record of wanted) {
      if (JSON.stringify(kept.next().value) !== JSON.stringify(record)) {
        throw new Error(`${path} differs from the segment that it replaces`);
      }
    }
    if (kept.next().done !== true) throw new Error(`${path} holds more than it should`);
  } finally {
    file.close();
  }
}
