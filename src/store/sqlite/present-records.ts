/** An order's header and lines as they stand now, wherever they are: what a history may show of personal values is theirs. */
import type { Database, Statement } from 'better-sqlite3';
import type { ArchivedOrders } from '../archive/archived-orders.js';
import type { OrderEvent } from './order-fold.js';
import {
  PERSON_SALT_SQL,
  saltName,
  shownPersonal,
  type PresentRecord,
  type ShowRow,
} from './personal.js';
import type { PlainRow } from './row-sql.js';

/** Each by name, so that a test can ask how SQLite finds the rows. */
export const PRESENT_SQL = {
  header: 'SELECT customer_name, note FROM order_header WHERE branch_id = ? AND id = ?',
  line: 'SELECT note FROM order_line WHERE branch_id = ? AND id = ?',
  salt: PERSON_SALT_SQL,
} as const;

type Sql = Readonly<Record<keyof typeof PRESENT_SQL, Statement<string[]>>>;

const NOTHING: PlainRow = {};

export class PresentRecords {
  readonly #archived: ArchivedOrders;
  readonly #sql: Sql;

  constructor(database: Database, archived: ArchivedOrders) {
    this.#archived = archived;
    const prepared = Object.entries(PRESENT_SQL).map(
      ([name, sql]) => [name, database.prepare(sql)] as const,
    );
    this.#sql = Object.fromEntries<unknown>(prepared) as Sql;
  }

  /** As of one moment, if it is called and used inside a transaction. `events`: in order of version. */
  show(branchId: string, orderId: string, events: readonly OrderEvent[]): ShowRow {
    const holders = lastHolders(events);
    const present = new Map<string, PresentRecord>();
    return (table, id, row) => {
      if (table !== 'order_header' && table !== 'order_line') return row;
      const key = `${table} ${id}`;
      let record = present.get(key);
      if (record === undefined) {
        const of = table === 'order_header' ? orderId : (holders.get(id) ?? orderId);
        record = {
          row: this.#row(branchId, of, { table, id }),
          salt: (column) => this.#salt(branchId, saltName(table, column), id),
        };
        present.set(key, record);
      }
      return shownPersonal(table, row, record);
    };
  }

  #row(
    branchId: string,
    orderId: string,
    { table, id }: { readonly table: 'order_header' | 'order_line'; readonly id: string },
  ): PlainRow {
    const statement = table === 'order_header' ? this.#sql.header : this.#sql.line;
    const row = statement.get(branchId, id) as PlainRow | undefined;
    if (row !== undefined) return row;
    const rows = this.#archived.read(branchId, orderId)?.[table] ?? [];
    return rows.find((archived) => archived['id'] === id) ?? NOTHING;
  }

  #salt(branchId: string, name: string, id: string): string | null {
    const row = this.#sql.salt.get(branchId, name, id) as { salt: string } | undefined;
    return row?.salt ?? null;
  }
}

/** The order that had each line last, as far as the events tell. */
function lastHolders(events: readonly OrderEvent[]): Map<string, string> {
  const holders = new Map<string, string>();
  for (const { changes } of events) {
    const { inserted = [], updated = [] } = changes['order_line'] ?? {};
    for (const row of inserted) holders.set(row.id, row['order_id'] as string);
    for (const { id, changes: columns } of updated) {
      const to = columns['order_id'];
      if (typeof to === 'string') holders.set(id, to);
    }
  }
  return holders;
}
