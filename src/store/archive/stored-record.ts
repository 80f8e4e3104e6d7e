/** An archived order as the Store port gives it: the same as if its rows still stood in the database. */
import type { OrderLine, Rows, StatusLogRow } from '../../domain/rows.js';
import type { StoredOrder, StoredRow } from '../port.js';
import { columnsOf, fromSql, type PlainRow } from '../sqlite/row-sql.js';
import { storedRow } from '../sqlite/stored-row.js';
import type { OrderRecord } from './order-record.js';

const OWN_TABLES = ['order_header', 'order_line', 'order_payment', 'order_adjustment'] as const;

type OwnTable = (typeof OWN_TABLES)[number];

export function headerOf(record: OrderRecord): Rows['order_header'] {
  const [header] = rowsOf('order_header', record);
  if (header === undefined) throw new Error('an archived order has its header');
  return header;
}

export function linesOf(record: OrderRecord): OrderLine[] {
  return rowsOf('order_line', record);
}

export function orderOf(record: OrderRecord): StoredOrder {
  return {
    header: headerOf(record),
    lines: linesOf(record),
    payments: rowsOf('order_payment', record),
    adjustments: rowsOf('order_adjustment', record),
    logs: logsOf(record),
  };
}

export function storedRowsOf(record: OrderRecord): StoredRow[] {
  return OWN_TABLES.flatMap((table) =>
    record[table].map((row) =>
      storedRow(table, { ...own(table, row), commit_version: row['commit_version'] }),
    ),
  );
}

function rowsOf<T extends OwnTable>(table: T, record: OrderRecord): Rows[T][] {
  return record[table].map((row) => fromSql(table, own(table, row)));
}

/** A copy, in which columns that an older record lacks are empty. */
function own(table: OwnTable, row: PlainRow): PlainRow {
  return Object.fromEntries(columnsOf(table).map(({ name }) => [name, row[name] ?? null]));
}

function logsOf({ order_status_log: order, order_line_status_log: lines }: OrderRecord) {
  const logs = [...order.map((row) => ({ ...row, line_id: null })), ...lines] as PlainRow[];
  logs.sort((a, b) => (a['commit_version'] as number) - (b['commit_version'] as number));
  return logs.map(
    ({ order_id, line_id, status, at, by_staff, device_id, version }) =>
      ({ order_id, line_id, status, at, by_staff, device_id, version }) as unknown as StatusLogRow,
  );
}
