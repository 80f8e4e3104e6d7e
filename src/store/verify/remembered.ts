/** The heads that were remembered outside the database lie on its chain: a copy of before lacks them. */
import type { Database } from 'better-sqlite3';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Findings } from './findings.js';

const NAME = 'heads.json';

/**
 * The text of the file beside the database; null: there is none. To be read before the snapshot is taken: what a running
 * hub remembers meanwhile would be ahead of it.
 */
export function readRemembered(databaseFile: string): string | null {
  try {
    return readFileSync(join(dirname(databaseFile), NAME), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

export function checkRemembered(database: Database, text: string | null, findings: Findings): void {
  if (text === null) return;
  const heads = headsIn(text);
  if (heads === null) {
    findings.add('remembered', `${NAME} is cut or was altered`);
    return;
  }
  findings.counts.remembered = heads.length;
  const hashAt = database
    .prepare('SELECT lower(hex(hash)) FROM main.sync_event WHERE branch_id = ? AND version = ?')
    .pluck();
  for (const [branchId, version, hash] of heads) {
    const stored = hashAt.get(branchId, version);
    if (stored === hash) continue;
    const claim = `${NAME} remembers branch ${String(branchId)} at version ${String(version)}`;
    findings.add(
      'remembered',
      stored === undefined
        ? `${claim}, which is not there: the database was rolled back`
        : `${claim} with another hash: the database holds another history`,
    );
  }
}

function headsIn(text: string): unknown[][] | null {
  try {
    const { heads } = JSON.parse(text) as { heads?: unknown };
    return Array.isArray(heads) && heads.every((head) => Array.isArray(head)) ? heads : null;
  } catch {
    return null;
  }
}
