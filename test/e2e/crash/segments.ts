/** Reads what was archived by the catalogue's word for where the blocks lie, sharing no code with the hub. */
import type Database from 'better-sqlite3';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';

export type SegmentKind = 'orders' | 'events';

export interface Segment {
  readonly id: string;
  readonly state: 'writing' | 'moved' | 'done';
  readonly last_version: number | null;
  /** JSON. */
  readonly blocks: string | null;
}

interface Block {
  readonly offset: number;
  readonly length: number;
}

export function segmentsOf(
  database: Database.Database,
  branchId: string,
  kind: SegmentKind,
): Segment[] {
  const sql = `SELECT id, state, last_version, blocks FROM archive_segment
    WHERE branch_id = ? AND kind = ? ORDER BY last_version, id`;
  return database.prepare<[string, string], Segment>(sql).all(branchId, kind);
}

export function recordsOf(database: Database.Database, { id, blocks }: Segment): unknown[] {
  const file = readFileSync(join(dirname(database.name), 'archive', `${id}.segment`));
  return (JSON.parse(blocks ?? '[]') as Block[]).flatMap(({ offset, length }) => {
    const text = brotliDecompressSync(file.subarray(offset, offset + length)).toString();
    return text
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
  });
}

export interface KeyedVersion {
  readonly version: number;
  readonly key: string | null;
}

/** Every commit of the branch, wherever it is, in its place in the history. */
export function commitsOf(database: Database.Database, branchId: string): KeyedVersion[] {
  const segments = segmentsOf(database, branchId, 'events').filter(
    ({ state }) => state !== 'writing',
  );
  const archived = segments.flatMap((segment) =>
    (recordsOf(database, segment) as unknown[][]).map(([version, , , , , key]) => {
      return { version: version as number, key: key as string | null };
    }),
  );
  const after = segments.at(-1)?.last_version ?? 0;
  const live = database
    .prepare<[string, number], KeyedVersion>(
      'SELECT version, key FROM sync_event WHERE branch_id = ? AND version > ? ORDER BY version',
    )
    .all(branchId, after);
  return [...archived, ...live];
}
