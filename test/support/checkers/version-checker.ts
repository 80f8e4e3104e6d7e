/**
 * I3 and I5: the commits that were acknowledged are numbered 2, 3, 4 … without a gap and each once (1 made the branch); every
 * record's version rises by one with each; no command succeeded that expected another version than the one that stood.
 */
import { ackedCommits, type AckedCommit } from './commits.js';
import type { BranchRecords, Checker, Evidence } from './evidence.js';

type Versions = Map<string, number>;

function recordKey(table: string, id: string): string {
  return `${table} ${id}`;
}

export class VersionChecker implements Checker {
  readonly #evidence: Evidence;

  constructor(evidence: Evidence) {
    this.#evidence = evidence;
  }

  findings(): readonly string[] {
    return [...this.#evidence.branches].flatMap(([branchId, records]) => {
      const commits = ackedCommits(this.#evidence.sendings, branchId);
      const { versions, findings } = follow(commits, records);
      return [...gaps(commits, records), ...findings, ...ends(versions, records)].map(
        (finding) => `${branchId}: ${finding}`,
      );
    });
  }
}

function gaps(commits: readonly AckedCommit[], { version: newest }: BranchRecords): string[] {
  const findings: string[] = [];
  let last = 1;
  for (const { version, request } of commits) {
    if (version !== last + 1) {
      findings.push(`${request.key} is commit ${String(version)} after ${String(last)}`);
    }
    last = version;
  }
  if (last !== newest) {
    findings.push(`the newest commit is ${String(newest)}, acknowledged up to ${String(last)}`);
  }
  return findings;
}

function seeded({ seed }: BranchRecords): Versions {
  const versions: Versions = new Map([[recordKey('branch', seed.branch.id), 1]]);
  for (const { id } of seed.stations) versions.set(recordKey('station', id), 1);
  for (const { id } of seed.items) versions.set(recordKey('menu_item', id), 1);
  for (const { id } of seed.staff) versions.set(recordKey('staff', id), 1);
  return versions;
}

function follow(commits: readonly AckedCommit[], records: BranchRecords) {
  const findings: string[] = [];
  const versions = seeded(records);
  for (const { request, expect = {}, records: written } of commits) {
    for (const [table, expected] of Object.entries(expect)) {
      for (const [id, version] of Object.entries(expected)) {
        const stood = versions.get(recordKey(table, id)) ?? 0;
        if (stood === version) continue;
        findings.push(
          `${request.key} succeeded on version ${String(version)} of ${table} ${id}, which stood at ${String(stood)}`,
        );
      }
    }
    for (const [table, rows] of Object.entries(written)) {
      for (const [id, version] of Object.entries(rows)) {
        const stood = versions.get(recordKey(table, id)) ?? 0;
        if (version !== stood + 1) {
          findings.push(
            `${request.key} wrote version ${String(version)} of ${table} ${id} over ${String(stood)}`,
          );
        }
        versions.set(recordKey(table, id), version);
      }
    }
  }
  return { versions, findings };
}

/** The records stand at the versions that their last commits gave them. */
function ends(versions: Versions, records: BranchRecords): string[] {
  const findings: string[] = [];
  const look = (table: string, rows: readonly { id: string; version: number }[]): void => {
    for (const { id, version } of rows) {
      const acked = versions.get(recordKey(table, id));
      if (acked === version) continue;
      findings.push(
        `${table} ${id} stands at ${String(version)}, acknowledged at ${String(acked ?? 0)}`,
      );
    }
  };
  for (const { header, lines } of records.orders) {
    look('order_header', [header]);
    look('order_line', lines);
  }
  const menu = records.channels.get(`${records.seed.branch.id}/menu`)?.tables;
  look('menu_item', [...(menu?.get('menu_item')?.values() ?? [])]);
  return findings;
}
