/** The acknowledged commits of one branch, put together from the answers alone, in order of their version. */
import type { Sending, Request } from '../random-traffic/journal.js';

export interface AckedCommit {
  readonly version: number;
  readonly request: Request;
  /** The versions that it was decided on; undefined: none were named, or that answer was lost and a stored one came. */
  readonly expect: Request['expect'];
  readonly role: Sending['role'];
  readonly deviceId: string;
  readonly result: Readonly<Record<string, unknown>>;
  readonly records: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** Nothing was written by what is acknowledged without records: leases, and commands that changed nothing. */
export function ackedCommits(sendings: readonly Sending[], branchId: string): AckedCommit[] {
  const byKey = new Map<string, AckedCommit>();
  for (const { request, answer, role, deviceId, expect: sent } of sendings) {
    if (request.branchId !== branchId || answer?.type !== 'ack') continue;
    const { version, result = {} } = answer;
    const records = (result['records'] ?? {}) as AckedCommit['records'];
    if (version === undefined || Object.keys(records).length === 0) continue;
    const expect = answer.replayed === true ? undefined : sent;
    const known = byKey.get(request.key);
    if (known !== undefined && known.version === version) {
      if (expect !== undefined) byKey.set(request.key, { ...known, expect });
      continue;
    }
    const id = known === undefined ? request.key : `${request.key} again as ${String(version)}`;
    byKey.set(id, { version, request, expect, role, deviceId, result, records });
  }
  return [...byKey.values()].sort((a, b) => a.version - b.version);
}

/** The records of a table that a commit wrote first: those of version 1. */
export function newIds({ records }: AckedCommit, table: string): string[] {
  return Object.entries(records[table] ?? {}).flatMap(([id, version]) =>
    version === 1 ? [id] : [],
  );
}
