/** In which columns two states of one record differ, by what the store would write: JSON by its text. */
import type { Rows, TableName } from './rows.js';
import { TABLES, type ColumnKind } from './tables.js';

/** In the table's order; empty: they are the same. */
export function differingColumns<T extends TableName>(
  table: T,
  left: Rows[T],
  right: Rows[T],
): (keyof Rows[T] & string)[] {
  const kinds = TABLES[table].columns as Readonly<Record<string, ColumnKind>>;
  const differing: (keyof Rows[T] & string)[] = [];
  for (const name of Object.keys(kinds) as (keyof Rows[T] & string)[]) {
    if (left[name] === right[name]) continue;
    if (kinds[name] === 'json' && JSON.stringify(left[name]) === JSON.stringify(right[name])) {
      continue;
    }
    differing.push(name);
  }
  return differing;
}
