/** The fixed statements of a commit. Each runs on every command or nearly so: count before adding one. */
import type { Database, Statement } from 'better-sqlite3';
import { ANSWER_SQL, type AnswerRow } from './answers.js';
import type { DiskDurability } from './messages.js';

type Text = string | null;

export interface CommitStatements {
  readonly keepKey: Statement<
    [string, string, string, number, DiskDurability, string, number, number]
  >;
  readonly answer: Statement<[string, string], AnswerRow>;
  readonly openShift: Statement<[branchId: string]>;
  readonly nextZNumber: Statement<[branchId: string, shiftId: string]>;
  readonly event: Statement<
    [string, number, number, string, string, string, Text, Text, string, hash: string]
  >;
}

export const OPEN_SHIFT_SQL = `SELECT id FROM pos_shift WHERE branch_id = ? AND status = 'open'`;

export const NEXT_Z_NUMBER_SQL = `SELECT coalesce(max(z.z_number), 0) + 1
  FROM pos_shift s LEFT JOIN pos_shift z
    ON z.branch_id = s.branch_id AND z.register_id = s.register_id AND z.z_number IS NOT NULL
  WHERE s.branch_id = ? AND s.id = ?`;

export function commitStatements(database: Database): CommitStatements {
  return {
    keepKey: database.prepare(`INSERT INTO idempotency_request
      (branch_id, key, request_hash, version, durability, result, at, expires_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`),
    answer: database.prepare<[string, string], AnswerRow>(ANSWER_SQL),
    openShift: database.prepare<[string]>(OPEN_SHIFT_SQL).pluck(),
    nextZNumber: database.prepare<[string, string]>(NEXT_Z_NUMBER_SQL).pluck(),
    event: database.prepare(`INSERT INTO sync_event
      (branch_id, version, at, actor, device, command, key, correlation_id, changes, hash)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, unhex(?))`),
  };
}
