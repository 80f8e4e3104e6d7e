/** Memory against the store: which rows of which records they hold differently. */
import { differingColumns } from '../../domain/row-difference.js';
import type { AnyRow, TableName } from '../../domain/rows.js';
import type { HotBranch, HotTableName } from '../../store/hot/hot-branch.js';
import { STORED_RECORDS_MAX, type RecordIds, type StoredRow } from '../../store/port.js';

export interface RowDifference {
  readonly table: TableName;
  readonly id: string;
  /** null: memory lacks it. */
  readonly memory: AnyRow | null;
  /** null: the store lacks it. */
  readonly stored: StoredRow | null;
  /** Those that differ; empty where one side lacks the row. */
  readonly columns: readonly string[];
}

interface Held {
  readonly table: TableName;
  readonly row: AnyRow;
}

/** `stored`: what the store gave for the same records. */
export function differencesOf(
  hot: HotBranch,
  records: RecordIds,
  stored: readonly StoredRow[],
): RowDifference[] {
  const differences: RowDifference[] = [];
  const found = new Set<string>();
  for (const row of stored) {
    const { table } = row;
    const { id } = row.row;
    found.add(`${table} ${id}`);
    const memory = hot.record(table, id) ?? null;
    const columns = memory === null ? [] : differingColumns(table, memory, row.row);
    if (memory === null || columns.length > 0) {
      differences.push({ table, id, memory, stored: row, columns });
    }
  }
  for (const { table, row } of heldRows(hot, records)) {
    if (found.has(`${table} ${row.id}`)) continue;
    differences.push({ table, id: row.id, memory: row, stored: null, columns: [] });
  }
  return differences;
}

/** Rows that are alike and yet not as this hub left them: other words, or another commit's number. */
export function isTouched(
  hot: HotBranch,
  { table, row, commitVersion, foreign }: StoredRow,
): boolean {
  if (foreign) return true;
  if (!(table in hot.tables)) return false;
  const known = hot.tables[table as HotTableName].commitVersionOf(row.id);
  return known > 0 && known !== commitVersion;
}

function* heldRows(hot: HotBranch, records: RecordIds): Generator<Held> {
  for (const [table, ids] of tablesOf(records)) {
    for (const id of ids) {
      const row = hot.record(table, id);
      if (row !== undefined) yield { table, row };
      const order = table === 'order_header' ? hot.orders.get(id) : undefined;
      if (order === undefined) continue;
      for (const line of order.lines) yield { table: 'order_line', row: line };
      for (const payment of order.payments) yield { table: 'order_payment', row: payment };
      for (const adjustment of order.adjustments) {
        yield { table: 'order_adjustment', row: adjustment };
      }
    }
  }
}

export function tablesOf(records: RecordIds): (readonly [TableName, readonly string[]])[] {
  return Object.entries(records) as [TableName, readonly string[]][];
}

/** The ids of all that memory holds, of an order's rows its own alone. */
export function heldRecords(hot: HotBranch): RecordIds {
  const idsOf = (rows: Iterable<AnyRow>): string[] => Array.from(rows, ({ id }) => id);
  const { tables } = hot;
  const strays = [...tables.order_payment.values()].filter((row) => !hot.orders.has(row.order_id));
  return {
    branch: [hot.branch.id],
    station: idsOf(tables.station.values()),
    menu_item: idsOf(tables.menu_item.values()),
    staff: [...hot.staff.keys()],
    device: [...hot.devices.keys()],
    pos_shift: hot.shift === null ? [] : [hot.shift.id],
    cash_movement: idsOf(tables.cash_movement.values()),
    number_lease: [...hot.leases.keys()],
    order_header: Array.from(hot.orders.values(), ({ header }) => header.id),
    order_payment: idsOf(strays),
  };
}

/** Orders of one read: each brings some rows along. */
const ORDERS_READ_MAX = 50;

/** Each record once, in parts that one read of the store takes. */
export function* partsOf(...all: readonly RecordIds[]): Generator<RecordIds> {
  const ids = new Map<TableName, Set<string>>();
  for (const [table, some] of all.flatMap(tablesOf)) {
    const known = ids.get(table) ?? new Set();
    for (const id of some) known.add(id);
    ids.set(table, known);
  }
  for (const [table, some] of ids) {
    const most = table === 'order_header' ? ORDERS_READ_MAX : STORED_RECORDS_MAX;
    const list = [...some];
    for (let from = 0; from < list.length; from += most) {
      yield { [table]: list.slice(from, from + most) };
    }
  }
}
