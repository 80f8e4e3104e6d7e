/** What a start reads: everything hot of each branch. Each statement seeks by an index, so history costs nothing. */
import type { Database } from 'better-sqlite3';
import { TABLES } from '../../domain/tables.js';
import type { AnyRow, Branch, TableName } from '../../domain/rows.js';
import type { LoadedBranch, LoadedRow } from '../port.js';
import { checkLoaded } from './check-loaded.js';
import { openReader } from './database.js';
import { messageOf, StoreOpenError } from './errors.js';
import type { DatabaseFile } from './messages.js';
import { fromSql, selectList, type PlainRow } from './row-sql.js';

const OPEN_SHIFT = `(SELECT id FROM pos_shift WHERE branch_id = :branch AND status = 'open')`;

/** The condition is word for word that of the index order_header_hot. */
const HOT_ORDERS = `SELECT id FROM order_header INDEXED BY order_header_of_shift
  WHERE branch_id = :branch AND shift_id = ${OPEN_SHIFT}
  UNION SELECT id FROM order_header INDEXED BY order_header_hot
  WHERE branch_id = :branch AND (status NOT IN ('closed', 'voided') OR stations <> '[]')`;

const OF_BRANCH = 't.branch_id = :branch';
const OF_SHIFT = `${OF_BRANCH} AND t.shift_id = ${OPEN_SHIFT}`;
const OF_HOT_ORDER = `${OF_BRANCH} AND t.order_id IN (${HOT_ORDERS})`;

interface Hot {
  readonly table: TableName;
  /** null: found by the primary key. */
  readonly index: string | null;
  readonly where: string;
}

/** Which rows of each table are hot; of payments there are two kinds. */
const HOT: readonly Hot[] = [
  { table: 'branch', index: null, where: 't.id = :branch' },
  { table: 'station', index: null, where: OF_BRANCH },
  { table: 'menu_item', index: null, where: OF_BRANCH },
  { table: 'staff', index: null, where: OF_BRANCH },
  { table: 'device', index: null, where: OF_BRANCH },
  { table: 'pos_shift', index: 'pos_shift_open', where: `${OF_BRANCH} AND t.status = 'open'` },
  { table: 'cash_movement', index: 'cash_movement_of_shift', where: OF_SHIFT },
  { table: 'number_lease', index: 'number_lease_of_shift', where: OF_SHIFT },
  { table: 'order_header', index: null, where: `${OF_BRANCH} AND t.id IN (${HOT_ORDERS})` },
  { table: 'order_line', index: 'order_line_of_order', where: OF_HOT_ORDER },
  { table: 'order_payment', index: 'order_payment_of_order', where: OF_HOT_ORDER },
  {
    table: 'order_payment',
    index: 'order_payment_of_shift',
    where: `${OF_SHIFT} AND t.order_id NOT IN (${HOT_ORDERS})`,
  },
  { table: 'order_adjustment', index: 'order_adjustment_of_order', where: OF_HOT_ORDER },
];

/** By table, for whoever wants to see how the rows are found. */
export const HOT_SQL: readonly (readonly [TableName, string])[] = HOT.map(
  ({ table, index, where }) => {
    const by = index === null ? '' : `INDEXED BY ${index} `;
    const columns = selectList(table, 't');
    return [table, `SELECT ${columns}, t.commit_version FROM ${table} t ${by}WHERE ${where}`];
  },
);

const OF_ORDER: readonly TableName[] = ['order_line', 'order_adjustment'];

/** The ids of the same rows, where no order brings them along. */
export const HOT_ID_SQL: readonly (readonly [TableName, string])[] = HOT.filter(
  ({ table, index }) => !OF_ORDER.includes(table) && index !== 'order_payment_of_order',
).map(({ table, index, where }) => {
  const by = index === null ? '' : `INDEXED BY ${index} `;
  return [table, `SELECT t.id FROM ${table} t ${by}WHERE ${where}`];
});

/**
 * On the thread that asks, with a connection of its own: at a start nobody waits for that thread, and handing a day's
 * rows from one thread to another takes longer than reading them. Throws StoreOpenError where they cannot be read, or are not
 * what the newest events say.
 */
export function loadFrom(file: DatabaseFile): LoadedBranch[] {
  const database = openReader(file);
  try {
    return database.transaction(() => {
      const branches = loadBranches(database);
      checkLoaded(database, branches);
      return branches;
    })();
  } catch (error) {
    if (error instanceof StoreOpenError) throw error;
    // A flipped bit in a row that no structure of the file tells of.
    throw new StoreOpenError({
      operation: 'load',
      path: file.path,
      reason: messageOf(error),
      hint: 'expeditor verify says what is damaged; restore a backup',
    });
  } finally {
    database.close();
  }
}

/** In one read transaction: all of it stands at one moment. */
export function loadBranches(database: Database): LoadedBranch[] {
  const statements = HOT_SQL.map(([table, sql]) => [table, database.prepare(sql)] as const);
  const heads = database.prepare<[], { id: string; version: number; horizon: number }>(
    `SELECT b.id, coalesce(h.version, 0) AS version, coalesce(h.horizon, 0) AS horizon
     FROM branch b LEFT JOIN branch_head h ON h.branch_id = b.id ORDER BY b.id`,
  );
  return database.transaction(() =>
    heads.all().map(({ id, version, horizon }) => {
      const rows: LoadedRow[] = [];
      for (const [table, statement] of statements) {
        for (const found of statement.iterate({ branch: id })) {
          const { commit_version, ...row } = found as PlainRow & { commit_version: number };
          rows.push({ table, row: fromSql(table, row), commitVersion: commit_version });
        }
      }
      rows.sort(inCommitOrder);
      return { branch: branchOf(rows), version, horizon, rows };
    }),
  )();
}

const PLACES = Object.keys(TABLES);

/** Rows of one commit: parents first, lines by their place in the order. */
function inCommitOrder(a: LoadedRow, b: LoadedRow): number {
  if (a.commitVersion !== b.commitVersion) return a.commitVersion - b.commitVersion;
  if (a.table !== b.table) return PLACES.indexOf(a.table) - PLACES.indexOf(b.table);
  return a.table === 'order_line' ? seqOf(a.row) - seqOf(b.row) : 0;
}

function seqOf(row: AnyRow): number {
  return 'seq' in row ? row.seq : 0;
}

function branchOf(rows: readonly LoadedRow[]): Branch {
  const found = rows.find(({ table }) => table === 'branch');
  if (found === undefined) throw new Error('a branch is loaded with its own row');
  return found.row as Branch;
}
