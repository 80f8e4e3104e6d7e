/** Folds events into what an order's rows were after each commit that touched it. */
import type { TableName } from '../../domain/rows.js';
import { PERSONAL_COLUMNS } from '../../domain/tables.js';
import {
  ORDER_TABLES,
  type CommitRecord,
  type OrderCommit,
  type OrderRowState,
} from '../history.js';
import { isHash, type ShowRow } from './personal.js';
import type { PlainRow } from './row-sql.js';

interface WrittenRows {
  readonly inserted?: readonly (PlainRow & { readonly id: string; readonly version: number })[];
  readonly updated?: readonly {
    readonly id: string;
    readonly version: number;
    readonly changes: PlainRow;
  }[];
}

export interface OrderEvent {
  readonly record: CommitRecord;
  readonly changes: Readonly<Record<string, WrittenRows>>;
}

export interface FoldedOrder {
  readonly orderId: string;
  /** Every line that ever was in the order. */
  readonly lineIds: ReadonlySet<string>;
  /** The row with what may be shown of it. */
  readonly shown: ShowRow;
}

/** `events`: in order of version, from the first that wrote any of the rows. */
export function foldOrder(events: Iterable<OrderEvent>, order: FoldedOrder): OrderCommit[] {
  const rows = new Map<string, PlainRow>();
  const commits: OrderCommit[] = [];
  for (const { record, changes } of events) {
    const written: OrderRowState[] = [];
    for (const table of ORDER_TABLES) {
      for (const [id, after] of rowsAfter(changes[table], rows, table)) {
        if (!isFollowed(order, table, id, after)) continue;
        const key = `${table} ${id}`;
        const before = rows.get(key);
        rows.set(key, after);
        const stays = isOf(order, table, after);
        if (!stays && (before === undefined || !isOf(order, table, before))) continue;
        const row = stays ? order.shown(table, id, after) : null;
        written.push({ table, id, row } as unknown as OrderRowState);
      }
    }
    if (written.length > 0) commits.push({ ...record, rows: written });
  }
  return commits;
}

/** Values of personal columns of the order's header and lines that are no hashes. */
export function countClearTexts(
  events: Iterable<OrderEvent>,
  { orderId, lineIds }: Omit<FoldedOrder, 'shown'>,
): number {
  let count = 0;
  for (const { changes } of events) {
    for (const table of ['order_header', 'order_line'] as const) {
      const { inserted = [], updated = [] } = changes[table] ?? {};
      const written = [
        ...inserted.map((row) => ({ id: row.id, columns: row })),
        ...updated.map(({ id, changes: columns }) => ({ id, columns })),
      ];
      for (const { id, columns } of written) {
        if (table === 'order_header' ? id === orderId : lineIds.has(id)) {
          count += clearTextsOf(table, columns);
        }
      }
    }
  }
  return count;
}

function clearTextsOf(table: TableName, columns: PlainRow): number {
  const values = (PERSONAL_COLUMNS[table] ?? []).map((name) => columns[name]);
  return values.filter((value) => typeof value === 'string' && !isHash(value)).length;
}

function* rowsAfter(
  written: WrittenRows | undefined,
  rows: ReadonlyMap<string, PlainRow>,
  table: string,
): Iterable<[id: string, after: PlainRow]> {
  for (const row of written?.inserted ?? []) yield [row.id, row];
  for (const { id, version, changes } of written?.updated ?? []) {
    const before = rows.get(`${table} ${id}`);
    if (before !== undefined) yield [id, { ...before, ...changes, version }];
  }
}

/** A line is followed also while it is in another order: it comes with what happened to it there. */
function isFollowed(order: FoldedOrder, table: string, id: string, row: PlainRow): boolean {
  return table === 'order_line' ? order.lineIds.has(id) : isOf(order, table, row);
}

/** Whether the row is the order's. */
function isOf({ orderId }: FoldedOrder, table: string, row: PlainRow): boolean {
  return row[table === 'order_header' ? 'id' : 'order_id'] === orderId;
}
