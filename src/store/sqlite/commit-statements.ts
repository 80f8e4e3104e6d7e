/** The fixed statements of a commit. Each runs on every command or nearly so: count before adding one. */
import type { Database, Statement } from 'better-sqlite3';
import { ANSWER_SQL, type AnswerRow } from './answers.js';
import type { DiskDurability } from './messages.js';

type Text = string | null;
type Logged = [at: number, by: string, device: string, commit: number, branch: string, id: string];

export interface CommitStatements {
  readonly keepKey: Statement<
    [string, string, string, number, DiskDurability, string, number, number]
  >;
  readonly answer: Statement<[string, string], AnswerRow>;
  readonly openShift: Statement<[branchId: string]>;
  readonly nextZNumber: Statement<[branchId: string, shiftId: string]>;
  readonly logOrder: Statement<Logged>;
  readonly logLine: Statement<Logged>;
  readonly event: Statement<
    [string, number, number, string, string, string, Text, Text, string, Buffer]
  >;
}

export const OPEN_SHIFT_SQL = `SELECT id FROM pos_shift WHERE branch_id = ? AND status = 'open'`;

export const NEXT_Z_NUMBER_SQL = `SELECT coalesce(max(z.z_number), 0) + 1
  FROM pos_shift s LEFT JOIN pos_shift z
    ON z.branch_id = s.branch_id AND z.register_id = s.register_id AND z.z_number IS NOT NULL
  WHERE s.branch_id = ? AND s.id = ?`;

/** From the row just written, so that a line's log names the order that holds it. */
export const LOG_ORDER_SQL = `INSERT INTO order_status_log
  (branch_id, order_id, version, status, at, by_staff, device_id, commit_version)
  SELECT branch_id, id, version, status, ?, ?, ?, ? FROM order_header WHERE branch_id = ? AND id = ?`;

export const LOG_LINE_SQL = `INSERT INTO order_line_status_log
  (branch_id, line_id, version, order_id, status, at, by_staff, device_id, commit_version)
  SELECT branch_id, id, version, order_id, status, ?, ?, ?, ?
  FROM order_line WHERE branch_id = ? AND id = ?`;

export function commitStatements(database: Database): CommitStatements {
  return {
    keepKey: database.prepare(`INSERT INTO idempotency_request
      (branch_id, key, request_hash, version, durability, result, at, expires_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`),
    answer: database.prepare<[string, string], AnswerRow>(ANSWER_SQL),
    openShift: database.prepare<[string]>(OPEN_SHIFT_SQL).pluck(),
    nextZNumber: database.prepare<[string, string]>(NEXT_Z_NUMBER_SQL).pluck(),
    logOrder: database.prepare(LOG_ORDER_SQL),
    logLine: database.prepare(LOG_LINE_SQL),
    event: database.prepare(`INSERT INTO sync_event
      (branch_id, version, at, actor, device, command, key, correlation_id, changes, hash)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`),
  };
}
