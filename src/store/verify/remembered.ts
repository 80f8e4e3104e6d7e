/** The heads that are known from outside the database lie on its chain: a copy of before, or one whose tail was cut, lacks them. */
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
  for (const head of heads) {
    const claim = `${NAME} remembers branch ${String(head[0])} at version ${String(head[1])}`;
    const fault = faultOf(database, head);
    if (fault !== null) findings.add('remembered', `${claim}${fault}`);
  }
}

/** A branch's commit and its hash in lower-case hex, as the hub told them to its log. */
export type ExpectedHead = readonly [branchId: string, version: number, hash: string];

export function checkExpected(
  database: Database,
  heads: readonly ExpectedHead[],
  findings: Findings,
): void {
  findings.counts.expected = heads.length;
  for (const head of heads) {
    const claim = `branch ${head[0]} is expected to hold version ${String(head[1])}`;
    const fault = faultOf(database, head);
    if (fault !== null) findings.add('expected', `${claim}${fault}`);
  }
}

/** Ends the sentence that names the head; null: it lies on the chain. */
function faultOf(database: Database, [branchId, version, hash]: readonly unknown[]): string | null {
  const stored = database
    .prepare(
      `SELECT lower(hex(hash)) FROM main.sync_event WHERE branch_id = :branch AND version = :version
       UNION ALL
       SELECT lower(hex(hash)) FROM temp.archived_event WHERE branch_id = :branch AND version = :version`,
    )
    .pluck()
    .get({ branch: branchId, version });
  if (stored === hash) return null;
  return stored === undefined
    ? ', which is not there: the database was rolled back'
    : ' with another hash: the database holds another history';
}

function headsIn(text: string): unknown[][] | null {
  try {
    const { heads } = JSON.parse(text) as { heads?: unknown };
    return Array.isArray(heads) && heads.every((head) => Array.isArray(head)) ? heads : null;
  } catch {
    return null;
  }
}
