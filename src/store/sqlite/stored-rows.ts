/** Records as they stand, by their ids: what memory is compared with. */
import type { Database, Statement } from 'better-sqlite3';
import type { ArchivedOrders } from '../archive/archived-orders.js';
import { storedRowsOf } from '../archive/stored-record.js';
import type { TableName } from '../../domain/rows.js';
import { TABLE_NAMES } from '../../domain/tables.js';
import type { RecordIds, StoredRow } from '../port.js';
import { HOT_ID_SQL } from './load.js';
import { keyColumns, selectList } from './row-sql.js';
import { storedRow } from './stored-row.js';

const OF_ORDER = [
  ['order_line', 'order_line_of_order'],
  ['order_payment', 'order_payment_of_order'],
  ['order_adjustment', 'order_adjustment_of_order'],
] as const satisfies readonly (readonly [TableName, string])[];

function byKey(table: TableName): string {
  const key = keyColumns(table).map((name) => `${name} = :${name}`);
  return `SELECT ${selectList(table)}, commit_version FROM ${table} WHERE ${key.join(' AND ')}`;
}

/** By name, so that a test can ask how SQLite finds the rows. */
export const STORED_SQL: readonly (readonly [TableName, string])[] = [
  ...TABLE_NAMES.map((table) => [table, byKey(table)] as const),
  ...OF_ORDER.map(
    ([table, index]) =>
      [
        table,
        `SELECT ${selectList(table)}, commit_version FROM ${table} INDEXED BY ${index}
         WHERE branch_id = :branch_id AND order_id = :id`,
      ] as const,
  ),
];

interface Key {
  readonly branch_id: string;
  readonly id: string;
}

type Select = readonly [TableName, Statement<[Key]>];

export class StoredRows {
  readonly #database: Database;
  readonly #archived: ArchivedOrders;
  readonly #byKey: ReadonlyMap<TableName, Statement<[Key]>>;
  readonly #ofOrder: readonly Select[];
  readonly #hot: readonly (readonly [TableName, Statement<[{ readonly branch: string }]>])[];

  constructor(database: Database, archived: ArchivedOrders) {
    this.#database = database;
    this.#archived = archived;
    const selects = STORED_SQL.map(([table, sql]): Select => [table, database.prepare<[Key]>(sql)]);
    this.#byKey = new Map(selects.slice(0, TABLE_NAMES.length));
    this.#ofOrder = selects.slice(TABLE_NAMES.length);
    this.#hot = HOT_ID_SQL.map(([table, sql]) => [
      table,
      database.prepare<[{ branch: string }]>(sql).pluck(),
    ]);
  }

  hotRecords(branchId: string): RecordIds {
    const ids = this.#hot.map(
      ([table, statement]) => [table, statement.all({ branch: branchId })] as const,
    );
    return Object.fromEntries(ids);
  }

  /** In one transaction. */
  read(branchId: string, records: RecordIds): StoredRow[] {
    const rows: StoredRow[] = [];
    this.#database.transaction(() => {
      for (const [table, ids] of Object.entries(records) as [TableName, readonly string[]][]) {
        for (const id of ids) this.#readOne(table, { branch_id: branchId, id }, rows);
      }
    })();
    return rows;
  }

  #readOne(table: TableName, key: Key, rows: StoredRow[]): void {
    const found = this.#byKey.get(table)?.get(key);
    if (found === undefined) {
      const record = table === 'order_header' ? this.#archived.read(key.branch_id, key.id) : null;
      if (record !== null) rows.push(...storedRowsOf(record));
      return;
    }
    rows.push(storedRow(table, found));
    if (table !== 'order_header') return;
    for (const [child, statement] of this.#ofOrder) {
      for (const row of statement.all(key)) rows.push(storedRow(child, row));
    }
  }
}
