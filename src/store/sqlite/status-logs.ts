/** The logs of statuses: one row for each status that an order or a line came with or took. */
import type { Database, Statement } from 'better-sqlite3';
import type { TableName } from '../../domain/rows.js';
import type { CommitItem } from './messages.js';
import type { PlainRow } from './row-sql.js';

type Step = readonly [branchId: string, id: string, version: number, status: string];
type Moment = readonly [at: number, by: string, device: string, commit: number];

/** A row that was written: all its columns, or those that changed. */
interface WrittenRow {
  readonly id: string;
  readonly version: number;
  readonly columns: PlainRow;
}

const LOG_ORDER_SQL = `INSERT INTO order_status_log
  (branch_id, order_id, version, status, at, by_staff, device_id, commit_version)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)`;

/** VALUES, since for INSERT ... SELECT SQLite keeps a copy of each page that it touches. */
export const LOG_LINE_SQL = `INSERT INTO order_line_status_log
  (branch_id, line_id, version, status, at, by_staff, device_id, commit_version, order_id)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?,
    coalesce(?, (SELECT order_id FROM order_line WHERE branch_id = ? AND id = ?)))`;

export class StatusLogs {
  readonly #order: Statement<[...Step, ...Moment]>;
  /** `order`: of a line that came or moved; null: the one that its row has. */
  readonly #line: Statement<
    [...Step, ...Moment, order: string | null, branchId: string, id: string]
  >;

  constructor(database: Database) {
    this.#order = database.prepare(LOG_ORDER_SQL);
    this.#line = database.prepare(LOG_LINE_SQL);
  }

  /** After the row itself: a line's log names the order that holds it now. */
  note(table: TableName, row: WrittenRow, item: CommitItem, commitVersion: number): void {
    const status = row.columns['status'] as string | undefined;
    if (status === undefined) return;
    const [branchId, , , , actor, device, , at] = item;
    const { id, version } = row;
    if (table === 'order_header') {
      this.#order.run(branchId, id, version, status, at, actor, device, commitVersion);
    } else if (table === 'order_line') {
      const order = (row.columns['order_id'] ?? null) as string | null;
      const step = [branchId, id, version, status] as const;
      this.#line.run(...step, at, actor, device, commitVersion, order, branchId, id);
    }
  }
}
