/** A row as it stands in SQL, read so that memory can be compared with it. */
import type { AnyRow, TableName } from '../../domain/rows.js';
import type { StoredRow } from '../port.js';
import { columnsOf, fromSql, type PlainRow } from './row-sql.js';

export function storedRow(table: TableName, found: unknown): StoredRow {
  const { commit_version: commitVersion, ...row } = found as PlainRow & { commit_version: number };
  const foreign = isForeign(table, row);
  return { table, row: decoded(table, row), commitVersion, foreign };
}

/** Text that is no JSON, in a JSON column of a database whose checks were switched off, stays text: no row may hold that. */
function decoded(table: TableName, row: PlainRow): AnyRow {
  try {
    return fromSql(table, row);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return row as unknown as AnyRow;
  }
}

/** Whether a JSON column holds other text than the same value would be written as here. */
function isForeign(table: TableName, row: PlainRow): boolean {
  return columnsOf(table).some(({ name, kind }) => {
    const text = row[name];
    return kind === 'json' && typeof text === 'string' && text !== reworded(text);
  });
}

function reworded(text: string): string | null {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return null;
  }
}
