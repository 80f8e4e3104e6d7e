/**
 * The checker of a crash: what was acknowledged against what the database holds. It reads the database by itself, read-only,
 * with its log as the killed hub left it, and shares no code with the hub.
 */
import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { Acknowledged } from './journal.js';
import { commitsOf, type KeyedVersion } from './segments.js';

export interface Checked {
  /** In words; empty: nothing acknowledged is missing, doubled or changed, and neither versions nor Z numbers have a gap. */
  readonly findings: readonly string[];
  /** Commits in the database, by the hub itself too. */
  readonly events: number;
  /** Keys with a stored answer. */
  readonly keys: number;
}

interface Head {
  readonly branch: string;
  readonly version: number;
}

const HEADS_SQL = 'SELECT branch_id AS branch, version FROM branch_head ORDER BY branch_id';
const HEADLESS_SQL = `SELECT count(*) FROM sync_event WHERE branch_id NOT IN (SELECT branch_id FROM branch_head)`;

interface Commits {
  readonly branchId: string;
  readonly commits: readonly KeyedVersion[];
}

function keyFindings(
  database: Database.Database,
  { branchId, commits }: Commits,
  acknowledged: readonly Acknowledged[],
): string[] {
  const eventsOf = new Map<string | null, number[]>();
  for (const { key, version } of commits) {
    eventsOf.set(key, [...(eventsOf.get(key) ?? []), version]);
  }
  const answerOf = database
    .prepare('SELECT version FROM idempotency_request WHERE branch_id = ? AND key = ?')
    .pluck();
  const versions = new Map<string, number>();
  const findings: string[] = [];
  for (const { key, version } of acknowledged) {
    const known = versions.get(key);
    if (known !== undefined && known !== version) {
      findings.push(`${key} was acknowledged as ${known} and as ${version}`);
    }
    versions.set(key, version);
  }
  for (const [key, version] of versions) {
    const stored = answerOf.get(branchId, key) as number | undefined;
    const events = eventsOf.get(key) ?? [];
    if (stored !== version) {
      findings.push(
        `${key} was acknowledged as ${version}, its stored answer is ${stored ?? 'gone'}`,
      );
    }
    if (events.length !== 1 || events[0] !== version) {
      findings.push(
        `${key} was acknowledged as ${version}, its commits are [${events.join(', ')}]`,
      );
    }
  }
  return findings;
}

function versionFindings(branch: string, head: number, commits: readonly KeyedVersion[]): string[] {
  if (commits.length === head && commits.every(({ version }, at) => version === at + 1)) return [];
  const place = (at: number): string => String(commits.at(at)?.version ?? 'none');
  return [
    `${branch}: ${commits.length} commits from ${place(0)} to ${place(-1)}, head ${head}: a gap`,
  ];
}

/** A register's Z numbers begin at 1 and have no gap; one shift of a branch is open at most. */
const SHIFTS_SQL = `SELECT branch_id || ' ' || register_id AS register, count(z_number) AS closed,
    count(DISTINCT z_number) AS numbers, coalesce(max(z_number), 0) AS newest,
    sum(status = 'open') AS open, sum((status = 'closed') <> (z_number IS NOT NULL)) AS odd
  FROM pos_shift GROUP BY branch_id, register_id`;

interface Shifts {
  readonly register: string;
  readonly closed: number;
  readonly numbers: number;
  readonly newest: number;
  readonly open: number;
  readonly odd: number;
}

function shiftFindings({ register, closed, numbers, newest, open, odd }: Shifts): string[] {
  const isWhole = numbers === closed && newest === closed && open <= 1 && odd === 0;
  const told = `${numbers} Z numbers of ${closed} closed shifts up to ${newest}, ${open} open`;
  return isWhole ? [] : [`${register}: ${told}`];
}

export function checkDatabase(
  path: string,
  branchId: string,
  acknowledged: readonly Acknowledged[],
): Checked {
  if (!existsSync(path)) {
    const findings = acknowledged.map(({ key }) => `${key} was acknowledged, there is no database`);
    return { findings, events: 0, keys: 0 };
  }
  const database = new Database(path, { readonly: true });
  try {
    const count = (sql: string): number => database.prepare(sql).pluck().get() as number;
    if (count(`SELECT count(*) FROM sqlite_schema WHERE name = 'sync_event'`) === 0) {
      const findings = acknowledged.map(({ key }) => `${key} was acknowledged, there is no table`);
      return { findings, events: 0, keys: 0 };
    }
    const heads = database.prepare(HEADS_SQL).all() as Head[];
    const histories = heads.map(({ branch, version }) => {
      return { branchId: branch, version, commits: commitsOf(database, branch) };
    });
    const asked = histories.find((one) => one.branchId === branchId) ?? { branchId, commits: [] };
    const headless = count(HEADLESS_SQL);
    return {
      findings: [
        ...keyFindings(database, asked, acknowledged),
        ...histories.flatMap((one) => versionFindings(one.branchId, one.version, one.commits)),
        ...(database.prepare(SHIFTS_SQL).all() as Shifts[]).flatMap(shiftFindings),
        ...(headless === 0 ? [] : [`${headless} commits are of branches without a head`]),
      ],
      events: histories.reduce((sum, { commits }) => sum + commits.length, 0),
      keys: count('SELECT count(*) FROM idempotency_request'),
    };
  } finally {
    database.close();
  }
}
