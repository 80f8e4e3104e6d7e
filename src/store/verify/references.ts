/** Every reference leads to a row that is there, in the database or in the archive. */
import type { Database } from 'better-sqlite3';
import type { Findings } from './findings.js';
import { ORDER_TABLES } from './table-shape.js';

interface KeyColumn {
  readonly id: number;
  /** The parent. */
  readonly table: string;
  readonly from: string;
  readonly to: string;
}

export function checkReferences(database: Database, findings: Findings): void {
  const astray = database.pragma('main.foreign_key_check') as { table: string; parent: string }[];
  const outside = astray.filter(({ table }) => !ORDER_TABLES.includes(table));
  const [first] = outside;
  if (first !== undefined) addAstray(findings, first.table, first.parent, outside.length);
  for (const table of ORDER_TABLES) {
    const columns = database
      .prepare('SELECT * FROM pragma_foreign_key_list(?) ORDER BY id, seq')
      .all(table) as KeyColumn[];
    for (const id of new Set(columns.map((column) => column.id))) {
      const key = columns.filter((column) => column.id === id);
      const parent = key[0]?.table ?? '';
      const count = countAstray(database, table, key);
      if (count > 0) addAstray(findings, table, parent, count);
    }
  }
}

function countAstray(database: Database, table: string, key: readonly KeyColumn[]): number {
  const parent = key[0]?.table ?? '';
  const place = ORDER_TABLES.includes(parent) ? `temp.stored_${parent}` : `main.${parent}`;
  const isSet = key.map(({ from }) => `c.${from} IS NOT NULL`).join(' AND ');
  const leads = key.map(({ from, to }) => `p.${to} = c.${from}`).join(' AND ');
  return database
    .prepare(
      `SELECT count(*) FROM temp.stored_${table} c
       WHERE ${isSet} AND NOT EXISTS (SELECT 1 FROM ${place} p WHERE ${leads})`,
    )
    .pluck()
    .get() as number;
}

function addAstray(findings: Findings, table: string, parent: string, times: number): void {
  const line = `a row of ${table} refers to a row of ${parent} that is not there`;
  findings.add('reference', line, times);
}
