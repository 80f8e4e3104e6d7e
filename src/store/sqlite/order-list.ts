/** `order.list`: pages of orders, newest first, each found through an index that fits the filter. */
import type { Database } from 'better-sqlite3';
import type { OrderHeader } from '../../domain/rows.js';
import type { ArchivedOrders, ArchivedPlace } from '../archive/archived-orders.js';
import { headerOf } from '../archive/stored-record.js';
import type { OrderFilter, OrderPage } from '../port.js';
import { fromSql, selectList, type PlainRow } from './row-sql.js';

const PAGE_ORDERS_DEFAULT = 50;
const PAGE_ORDERS_MAX = 200;

/** Both tables have the columns that filters name, and indexes of like names. */
type ListedTable = 'order_header' | 'archived_order';

const COLUMNS: Readonly<Record<ListedTable, string>> = {
  order_header: selectList('order_header', 'o'),
  archived_order: 'o.id, o.opened_at, o.segment_id, o.block',
};

/** Every date of the branch, newest first: the index on numbers is entered once for each. */
const datesIn = (table: ListedTable) => `WITH RECURSIVE dates (date) AS (
  SELECT max(business_date) FROM ${table} WHERE branch_id = :branch
  UNION ALL
  SELECT (SELECT max(business_date) FROM ${table}
          WHERE branch_id = :branch AND business_date < dates.date)
  FROM dates WHERE dates.date IS NOT NULL)`;

interface Query {
  readonly sql: string;
  readonly values: Readonly<Record<string, string | number>>;
}

/** The index that fits a filter: by number, else by table, else by what a status leaves. */
function indexFor({ number, table_no, status }: OrderFilter): string {
  if (number !== undefined) return 'number';
  if (status === 'voided') return 'voided';
  if (isUnfinished(status)) return 'hot';
  return table_no === undefined ? 'opened' : 'table';
}

function isUnfinished(status: OrderFilter['status']): boolean {
  return status !== undefined && status !== 'closed' && status !== 'voided';
}

/** `+` keeps the time from being looked for in an index that is entered by number. */
export function orderListQuery(
  branchId: string,
  filter: OrderFilter & { readonly limit: number },
  table: ListedTable = 'order_header',
): Query {
  const { limit } = filter;
  const values: Record<string, string | number> = { branch: branchId, limit };
  const where = ['o.branch_id = :branch'];
  const byNumber = filter.number !== undefined;
  const time = byNumber ? '+o.opened_at' : 'o.opened_at';
  const take = (condition: string, name: string, value: string | number | undefined): void => {
    if (value === undefined) return;
    where.push(condition);
    values[name] = value;
  };
  if (byNumber) where.push('o.business_date = dates.date');
  take('o.number = :number', 'number', filter.number);
  take('o.table_no = :table', 'table', filter.table_no);
  if (filter.status !== undefined) where.push(...statusConditions(filter.status));
  take('o.status = :status', 'status', filter.status);
  take(`${time} >= :from`, 'from', filter.from);
  take(`${time} < :to`, 'to', filter.to);
  const after = filter.cursor === undefined ? null : readCursor(filter.cursor);
  if (after !== null) {
    where.push(`(${time}, o.id) < (:afterAt, :afterId)`);
    values['afterAt'] = after.openedAt;
    values['afterId'] = after.id;
  }
  const from = byNumber
    ? `${datesIn(table)} SELECT ${COLUMNS[table]} FROM dates CROSS JOIN`
    : `SELECT ${COLUMNS[table]} FROM`;
  return {
    sql: `${from} ${table} o INDEXED BY ${table}_${indexFor(filter)} WHERE ${where.join(' AND ')}
      ORDER BY ${time} DESC, o.id DESC LIMIT :limit`,
    values,
  };
}

/** Word for word the condition of a partial index, so that few unfinished orders are not looked for among all. */
function statusConditions(status: string): string[] {
  if (status === 'voided') return [`o.status = 'voided'`];
  if (status === 'closed') return [];
  return [`(o.status NOT IN ('closed', 'voided') OR o.stations <> '[]')`];
}

/** Inside the caller's transaction: an order stands in one of the two tables. */
export function listOrders(
  database: Database,
  archived: ArchivedOrders,
  query: { readonly branchId: string; readonly filter: OrderFilter },
): OrderPage {
  const { branchId, filter } = query;
  const limit = Math.max(1, Math.min(filter.limit ?? PAGE_ORDERS_DEFAULT, PAGE_ORDERS_MAX));
  const rowsIn = (table: ListedTable): Listed[] => {
    const { sql, values } = orderListQuery(branchId, { ...filter, limit: limit + 1 }, table);
    return database.prepare(sql).all(values) as Listed[];
  };
  const found = rowsIn('order_header');
  if (!isUnfinished(filter.status)) found.push(...rowsIn('archived_order'));
  found.sort(newestFirst);
  const page = found.slice(0, limit);
  const last = page.at(-1);
  const cursor = last === undefined || found.length <= limit ? null : cursorOf(last);
  return { orders: page.map((row) => headerIn(branchId, row, archived)), cursor };
}

type Listed = PlainRow & Pick<OrderHeader, 'id' | 'opened_at'> & Partial<ArchivedPlace>;

function newestFirst(a: Listed, b: Listed): number {
  const later = b.opened_at - a.opened_at;
  if (later !== 0) return later;
  return a.id < b.id ? 1 : -1;
}

function headerIn(branchId: string, row: Listed, archived: ArchivedOrders): OrderHeader {
  const { segment_id: segment, block } = row;
  if (segment === undefined || block === undefined) return fromSql('order_header', row);
  return headerOf(archived.readAt(branchId, { segment_id: segment, block }, row.id));
}

function cursorOf({ opened_at, id }: Listed): string {
  return `${String(opened_at)}:${id}`;
}

/** What no page gave is read as the place after everything. */
function readCursor(cursor: string): { openedAt: number; id: string } {
  const colon = cursor.indexOf(':');
  const openedAt = Number(cursor.slice(0, Math.max(colon, 0)));
  return Number.isSafeInteger(openedAt) && colon > 0
    ? { openedAt, id: cursor.slice(colon + 1) }
    : { openedAt: -1, id: '' };
}
