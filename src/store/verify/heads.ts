/** The remembered head of each branch is its last event; its horizon is one of its versions. */
import type { Database } from 'better-sqlite3';
import type { EventChain } from './event-chain.js';
import type { Findings } from './findings.js';

interface HeadRow {
  readonly branch_id: string;
  readonly version: number;
  readonly hash: Buffer;
  readonly horizon: number;
}

export function checkHeads(
  database: Database,
  chains: ReadonlyMap<string, EventChain>,
  findings: Findings,
): void {
  const rows = database.prepare('SELECT * FROM main.branch_head').all() as HeadRow[];
  const heads = new Map(rows.map((row) => [row.branch_id, row]));
  for (const [branchId, { version, hash }] of chains) {
    const head = heads.get(branchId);
    heads.delete(branchId);
    const place = `branch_head ${branchId}`;
    const last = `the last event is ${String(version)}`;
    if (head === undefined) findings.add('head', `${place} is missing: ${last}`);
    else if (head.version !== version) {
      findings.add('head', `${place} is at version ${String(head.version)}, but ${last}`);
    } else if (head.hash.toString('hex') !== hash) {
      findings.add('head', `${place} has another hash than event ${String(version)}`);
    } else if (head.horizon < 0 || head.horizon > version) {
      findings.add('head', `${place} has horizon ${String(head.horizon)}, but ${last}`);
    }
  }
  for (const [branchId, { version }] of heads) {
    const claim = `branch_head ${branchId} is at version ${String(version)}`;
    findings.add('head', `${claim}, but the branch has no event`);
  }
}
