/** What a commit takes over of that which another program did: the change set that history, memory and screens are told. */
import { assert } from '../../base/assert.js';
import type { RowChange } from '../../domain/change-set.js';
import type { AnyRow, TableName } from '../../domain/rows.js';
import { TABLES } from '../../domain/tables.js';
import type { HotBranch, HotTableName } from '../../store/hot/hot-branch.js';
import type { FoundRow, RestoredRow, StoredRow } from '../../store/port.js';
import type { RowDifference } from './compare.js';
import { rowFault } from './row-fit.js';

export interface Adopting {
  readonly changeSet: readonly RowChange[];
  readonly found: readonly FoundRow[];
  readonly restored: readonly RestoredRow[];
  readonly refused: readonly RefusedRow[];
}

/** A row that cannot be taken over: memory stays as it is. */
export interface RefusedRow {
  readonly table: TableName;
  readonly id: string;
  readonly reason: string;
}

interface Parts {
  readonly changeSet: RowChange[];
  readonly found: FoundRow[];
  readonly restored: RestoredRow[];
  readonly refused: RefusedRow[];
}

/** Headers must come before the rows of their orders. */
export function adoptionOf(hot: HotBranch, differences: readonly RowDifference[]): Adopting {
  const parts: Parts = { changeSet: [], found: [], restored: [], refused: [] };
  const newOrders = new Set<string>();
  for (const difference of differences) {
    const { table, id, memory, stored } = difference;
    if (stored === null) takeBack(hot, difference, parts);
    else if (memory === null && isStray(hot, stored, newOrders)) continue;
    else {
      const reason = TABLES[table].appendOnly
        ? 'rows of this table are only ever added, by commands'
        : rowFault(table, stored.row);
      if (reason !== null) parts.refused.push({ table, id, reason });
      else {
        parts.found.push({ table, row: stored.row });
        parts.changeSet.push(changeOf(difference));
        if (table === 'order_header') newOrders.add(id);
      }
    }
  }
  return parts;
}

/** A row of an order that memory neither holds nor takes over with it. */
function isStray(hot: HotBranch, { row }: StoredRow, newOrders: ReadonlySet<string>): boolean {
  return 'order_id' in row && !hot.orders.has(row.order_id) && !newOrders.has(row.order_id);
}

/** Records are never removed: what is gone is written again. */
function takeBack(hot: HotBranch, { table, id, memory }: RowDifference, parts: Parts): void {
  assert(memory !== null, 'one side has the row');
  if (!TABLES[table].appendOnly) {
    const change = changed(table, memory, { version: memory.version + 1 });
    parts.changeSet.push(change);
    parts.restored.push({ table, row: change.after, commitVersion: null });
    return;
  }
  const commitVersion = hot.tables[table as HotTableName].commitVersionOf(id);
  if (commitVersion > 0) parts.restored.push({ table, row: memory, commitVersion });
  else {
    parts.refused.push({ table, id, reason: 'it is gone, and which commit wrote it is unknown' });
  }
}

function changeOf({ table, memory, stored, columns }: RowDifference): RowChange {
  assert(stored !== null, 'the row was found');
  if (memory === null) {
    const after = { ...stored.row, version: 1 };
    return { table, before: null, after, changes: null } as unknown as RowChange;
  }
  const row = stored.row as unknown as Readonly<Record<string, unknown>>;
  const values = columns.map((column) => [column, row[column]] as const);
  return changed(table, memory, { ...Object.fromEntries(values), version: memory.version + 1 });
}

function changed(
  table: TableName,
  before: AnyRow,
  changes: Readonly<Record<string, unknown>>,
): RowChange {
  return { table, before, after: { ...before, ...changes }, changes } as unknown as RowChange;
}
