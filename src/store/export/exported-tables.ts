/** Which tables an export has, and which columns of them are JSON. */
import { TABLE_NAMES } from '../../domain/tables.js';
import { ORDER_TABLES } from '../archive/order-record.js';
import { columnsOf } from '../sqlite/row-sql.js';

/** Their rows stand in the database alone. */
export const PLAIN_TABLES = [
  ...['branch', 'station', 'menu_item', 'staff', 'device', 'pos_shift', 'cash_movement'],
  ...['number_lease', 'shift_summary', 'day_summary', 'month_summary'],
] as const;

export const EVENT_TABLE = 'sync_event';

/** In the order in which they are written. */
export const EXPORTED_TABLES: readonly string[] = [...PLAIN_TABLES, ...ORDER_TABLES, EVENT_TABLE];

/**
 * What is in no export: secrets and what they are known by, answers kept for a week, and what is known of the files that an
 * export was read from. `meta` and `branch_head` are told in the manifest.
 */
export const UNEXPORTED_TABLES: readonly string[] = [
  ...['credential', 'auth_session', 'pairing_code', 'login_failure', 'personal_salt'],
  ...['idempotency_request', 'archive_segment', 'archived_order', 'archived_payment'],
  ...['meta', 'branch_head'],
];

const JSON_COLUMNS = new Map<string, readonly string[]>([
  ...TABLE_NAMES.map(
    (table) =>
      [
        table,
        columnsOf(table)
          .filter(({ kind }) => kind === 'json')
          .map(({ name }) => name),
      ] as const,
  ),
  [EVENT_TABLE, ['changes']],
  ['shift_summary', ['figures']],
  ['day_summary', ['figures']],
  ['month_summary', ['figures']],
]);

export function isJson(table: string, column: string): boolean {
  return JSON_COLUMNS.get(table)?.includes(column) === true;
}
