/** Compares a table with what the events make of it: by EXCEPT both ways, on every column. */
import type { Database } from 'better-sqlite3';
import { shown, type Findings } from './findings.js';
import { LOG_TABLES, columnList, scratchName, storedName, type TableShape } from './table-shape.js';

type Row = Readonly<Record<string, unknown>>;

export function compareTable(database: Database, shape: TableShape, findings: Findings): void {
  const columns = columnList(shape);
  const key = shape.key.join(', ');
  const table = storedName(shape);
  const scratch = scratchName(shape);
  findings.counts.rows += database
    .prepare(`SELECT count(*) FROM ${scratch}`)
    .pluck()
    .get() as number;
  const differing = database
    .prepare(
      `SELECT ${key} FROM (
         SELECT * FROM (SELECT ${columns} FROM ${table} EXCEPT SELECT ${columns} FROM ${scratch})
         UNION ALL
         SELECT * FROM (SELECT ${columns} FROM ${scratch} EXCEPT SELECT ${columns} FROM ${table}))
       GROUP BY ${key} ORDER BY min(commit_version), ${key}`,
    )
    .all() as Row[];
  const [first] = differing;
  if (first === undefined) return;
  const check = LOG_TABLES.some((name) => name === shape.name) ? 'log' : 'row';
  findings.add(check, describe(database, shape, first), differing.length);
}

function describe(database: Database, shape: TableShape, key: Row): string {
  const values = shape.key.map((name) => key[name]);
  const where = shape.key.map((name) => `${name} = ?`).join(' AND ');
  const read = (table: string): Row | undefined =>
    database.prepare(`SELECT * FROM ${table} WHERE ${where}`).get(...values) as Row | undefined;
  const stored = read(storedName(shape));
  const folded = read(scratchName(shape));
  const place = `${shape.name} ${values.map(String).join(' ')}`;
  if (stored === undefined) return `${place} is missing: ${writtenBy(folded)} wrote it`;
  if (folded === undefined) return `${place} is there, but no event wrote it`;
  const wrong = shape.columns
    .map(({ name }) => name)
    .filter((name) => stored[name] !== folded[name])
    .map((name) => `${name} is ${shown(stored[name])}, the events say ${shown(folded[name])}`);
  return `${place}: ${wrong.join('; ')} (${writtenBy(folded)})`;
}

function writtenBy(folded: Row | undefined): string {
  return `version ${String(folded?.['commit_version'])}`;
}
