/** What can be asked of a branch's rows: the reads of the Store port, answered by looking through the maps. */
import type { OrderHeader, OrderLine, TableName } from '../../domain/rows.js';
import type {
  LoadedRow,
  OrderFilter,
  OrderPage,
  RecordIds,
  StoredRow,
  StoredShift,
} from '../port.js';
import type { BranchRows } from './rows.js';

const PAGE_ORDERS_DEFAULT = 50;
const PAGE_ORDERS_MAX = 200;

const ALWAYS_HOT = ['branch', 'station', 'menu_item', 'staff', 'device'] as const;
const OF_ORDER = ['order_line', 'order_payment', 'order_adjustment'] as const;

/** Everything hot, in rising order of commit version. */
export function hotRows(rows: BranchRows): LoadedRow[] {
  const hot = new Map<string, LoadedRow>();
  const take = (table: TableName, id: string): void => {
    const kept = rows.get(table, id);
    if (kept !== undefined) hot.set(`${table} ${id}`, { table, ...kept });
  };
  for (const table of ALWAYS_HOT) for (const { row } of rows.all(table)) take(table, row.id);
  const shift = rows.openShift;
  if (shift !== null) take('pos_shift', shift);
  for (const table of ['cash_movement', 'number_lease', 'order_payment'] as const) {
    for (const { row } of rows.all(table)) if (row.shift_id === shift) take(table, row.id);
  }
  for (const { row } of rows.all('order_header')) {
    if (!isHot(row, shift)) continue;
    take('order_header', row.id);
    for (const table of OF_ORDER) {
      for (const child of rows.ofOrder(table, row.id)) take(table, child.id);
    }
  }
  return [...hot.values()].sort((a, b) => a.commitVersion - b.commitVersion);
}

/** Of an order only its own id, of payments those whose order is not hot. */
export function hotRecords(rows: BranchRows): RecordIds {
  const ids: Partial<Record<TableName, string[]>> = {};
  const hot = hotRows(rows);
  const orders = new Set(
    hot.filter(({ table }) => table === 'order_header').map(({ row }) => row.id),
  );
  for (const { table, row } of hot) {
    if ('order_id' in row && orders.has(row.order_id)) continue;
    (ids[table] ??= []).push(row.id);
  }
  return ids;
}

export function storedRows(rows: BranchRows, records: RecordIds): StoredRow[] {
  const found: StoredRow[] = [];
  const take = (table: TableName, id: string): void => {
    const kept = rows.get(table, id);
    if (kept === undefined) return;
    found.push({ table, ...kept, foreign: false });
    if (table !== 'order_header') return;
    for (const child of OF_ORDER) for (const row of rows.ofOrder(child, id)) take(child, row.id);
  };
  for (const [table, ids] of Object.entries(records) as [TableName, readonly string[]][]) {
    for (const id of ids) take(table, id);
  }
  return found;
}

function isHot(header: OrderHeader, openShift: string | null): boolean {
  const finished = header.status === 'closed' || header.status === 'voided';
  return header.shift_id === openShift || !finished || header.stations.length > 0;
}

export function orderPage(rows: BranchRows, filter: OrderFilter): OrderPage {
  const limit = Math.min(filter.limit ?? PAGE_ORDERS_DEFAULT, PAGE_ORDERS_MAX);
  const found: OrderHeader[] = [];
  for (const { row } of rows.all('order_header')) if (matches(row, filter)) found.push(row);
  found.sort(newestFirst);
  const after = filter.cursor;
  const rest = after === undefined ? found : found.filter((row) => sortKey(row) < after);
  const orders = rest.slice(0, limit);
  const last = orders.at(-1);
  return { orders, cursor: last !== undefined && rest.length > limit ? sortKey(last) : null };
}

function matches(row: OrderHeader, filter: OrderFilter): boolean {
  return (
    (filter.status === undefined || row.status === filter.status) &&
    (filter.table_no === undefined || row.table_no === filter.table_no) &&
    (filter.number === undefined || row.number === filter.number) &&
    (filter.from === undefined || row.opened_at >= filter.from) &&
    (filter.to === undefined || row.opened_at < filter.to)
  );
}

/** `opened_at` in a fixed width, then id: compares as text like the pair does, and is the page's cursor. */
function sortKey(row: OrderHeader): string {
  return `${String(row.opened_at).padStart(16, '0')}:${row.id}`;
}

function newestFirst(a: OrderHeader, b: OrderHeader): number {
  return sortKey(a) < sortKey(b) ? 1 : -1;
}

export function servedLines(rows: BranchRows, station: string | null, limit: number): OrderLine[] {
  const served: OrderLine[] = [];
  for (const { row } of rows.all('order_line')) {
    if (row.status === 'served' && (station === null || row.station === station)) served.push(row);
  }
  served.sort((a, b) => {
    const later = (b.served_at ?? 0) - (a.served_at ?? 0);
    return later === 0 ? (a.id < b.id ? 1 : -1) : later;
  });
  return served.slice(0, limit);
}

/** `shiftId` null: the one closed last. */
export function storedShift(rows: BranchRows, shiftId: string | null): StoredShift | null {
  const id = shiftId ?? closedLast(rows);
  const kept = id === null ? undefined : rows.get('pos_shift', id);
  if (kept === undefined) return null;
  const movements = [...rows.all('cash_movement')]
    .map(({ row }) => row)
    .filter((row) => row.shift_id === kept.row.id);
  return { shift: kept.row, movements };
}

function closedLast(rows: BranchRows): string | null {
  let last: { id: string; at: number; commitVersion: number } | null = null;
  for (const { row, commitVersion } of rows.all('pos_shift')) {
    if (row.closed_at === null) continue;
    const later =
      last === null ||
      row.closed_at > last.at ||
      (row.closed_at === last.at && commitVersion > last.commitVersion);
    if (later) last = { id: row.id, at: row.closed_at, commitVersion };
  }
  return last?.id ?? null;
}

export function highestNumber(rows: BranchRows, businessDate: string): number {
  let highest = 0;
  for (const { row } of rows.all('order_header')) {
    if (row.business_date === businessDate) highest = Math.max(highest, row.number);
  }
  for (const { row } of rows.all('number_lease')) {
    if (row.business_date === businessDate) highest = Math.max(highest, row.last_number);
  }
  return highest;
}

/** The register's next `z_number`: one more than its highest. */
export function nextZNumber(rows: BranchRows, registerId: string): number {
  let highest = 0;
  for (const { row } of rows.all('pos_shift')) {
    if (row.register_id === registerId) highest = Math.max(highest, row.z_number ?? 0);
  }
  return highest + 1;
}
