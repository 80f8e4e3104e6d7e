/** `order.list`: pages of orders, newest first, each found through an index that fits the filter. */
import type { Database } from 'better-sqlite3';
import type { OrderHeader } from '../../domain/rows.js';
import type { OrderFilter, OrderPage } from '../port.js';
import { fromSql, selectList, type PlainRow } from './row-sql.js';

const PAGE_ORDERS_DEFAULT = 50;
const PAGE_ORDERS_MAX = 200;
const COLUMNS = selectList('order_header', 'o');

/** Every date of the branch, newest first: the index on numbers is entered once for each. */
const DATES = `WITH RECURSIVE dates (date) AS (
  SELECT max(business_date) FROM order_header WHERE branch_id = :branch
  UNION ALL
  SELECT (SELECT max(business_date) FROM order_header
          WHERE branch_id = :branch AND business_date < dates.date)
  FROM dates WHERE dates.date IS NOT NULL)`;

interface Query {
  readonly sql: string;
  readonly values: Readonly<Record<string, string | number>>;
}

/** The index that fits a filter: by number, else by table, else by what a status leaves. */
function indexFor({ number, table_no, status }: OrderFilter): string {
  if (number !== undefined) return 'order_header_number';
  if (status === 'voided') return 'order_header_voided';
  if (status !== undefined && status !== 'closed') return 'order_header_hot';
  return table_no === undefined ? 'order_header_opened' : 'order_header_table';
}

/** `+` keeps the time from being looked for in an index that is entered by number. */
export function orderListQuery(branchId: string, filter: OrderFilter, limit: number): Query {
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
    ? `${DATES} SELECT ${COLUMNS} FROM dates CROSS JOIN`
    : `SELECT ${COLUMNS} FROM`;
  return {
    sql: `${from} order_header o INDEXED BY ${indexFor(filter)} WHERE ${where.join(' AND ')}
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

export function listOrders(database: Database, branchId: string, filter: OrderFilter): OrderPage {
  const limit = Math.max(1, Math.min(filter.limit ?? PAGE_ORDERS_DEFAULT, PAGE_ORDERS_MAX));
  const { sql, values } = orderListQuery(branchId, filter, limit + 1);
  const found = database.prepare(sql).all(values) as PlainRow[];
  const orders = found.slice(0, limit).map((row) => fromSql('order_header', row));
  const last = orders.at(-1);
  return { orders, cursor: last === undefined || found.length <= limit ? null : cursorOf(last) };
}

function cursorOf({ opened_at, id }: OrderHeader): string {
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
