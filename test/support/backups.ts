/** Data directories and backups of them, for tests. Workers come from dist/ (`npm run build`). */
import Database from 'better-sqlite3';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Manifest } from '../../src/store/backup/manifest.js';
import { readBackup } from '../../src/store/backup/read-backup.js';
import { writeBackup, type BackupMade } from '../../src/store/backup/write-backup.js';
import { NOON } from './rows.js';
import { openSqlite } from './sqlite-store.js';
import { writeDay } from './store-day.js';

/** A hub's directory after a small day of two branches; nobody has it open. */
export async function writeDays(directory: string): Promise<void> {
  const store = await openSqlite(directory);
  await store.load();
  await writeDay(store, 'main');
  await writeDay(store, 'other');
  await store.close();
  writeFileSync(join(directory, 'token.key'), 'the key of the tokens\n', { mode: 0o600 });
}

export function backUp(directory: string, to: string): BackupMade {
  return writeBackup({ data: directory, to, program: '0.1.0', at: NOON }, () => undefined);
}

/** A segment that the catalogue has and whose file holds `bytes`, whatever that says. */
export function addSegment(directory: string, id: string, bytes: Buffer): string {
  const path = join(directory, 'archive', `${id}.segment`);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, bytes, { mode: 0o600 });
  const database = new Database(join(directory, 'expeditor.db'));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  database
    .prepare(
      `INSERT INTO archive_segment (branch_id, id, kind, state, records, bytes, raw_bytes, sha256, blocks, at)
       VALUES ('main', ?, 'orders', 'done', 1, ?, ?, ?, '[]', 1)`,
    )
    .run(id, bytes.length, bytes.length, sha256);
  database.close();
  return path;
}

/** Reads a backup with all its sums and writes its members out into a new directory of `parent`. */
export function unpack(
  path: string,
  parent: string,
): { readonly manifest: Manifest; readonly directory: string } {
  const directory = mkdtempSync(join(parent, 'unpacked-'));
  return { manifest: readBackup({ path, into: directory, onRead: () => undefined }), directory };
}
