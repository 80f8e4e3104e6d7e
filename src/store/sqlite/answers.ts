/** The answers kept under keys. */
import type { CommandResult, StoredAnswer } from '../port.js';
import type { DiskDurability } from './messages.js';

export interface AnswerRow {
  readonly requestHash: string;
  readonly version: number;
  readonly durability: DiskDurability;
  readonly result: string;
}

export const ANSWER_SQL = `SELECT request_hash AS requestHash, version, durability, result
  FROM idempotency_request WHERE branch_id = ? AND key = ?`;

export function storedAnswer(row: AnswerRow): StoredAnswer {
  return { ...row, result: JSON.parse(row.result) as CommandResult };
}
