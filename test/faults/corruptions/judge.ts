/** What becomes of a damaged data directory: it is refused, or found, or its state is what it was. Anything else is served silently. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { StoreOpenError } from '#dist/store/sqlite/errors.js';
import { DATABASE_NAME } from '#dist/store/sqlite/open.js';
import { verifyDatabase } from '#dist/store/verify/verify-database.js';
import { startQuickly } from '../checker/start.js';

/** `BROKE`: with an error that no operator is told in a line. */
export type Outcome = 'refused' | 'found' | 'unchanged' | 'SILENT' | 'BROKE';

export interface Judged {
  readonly outcome: Outcome;
  /** The line that says it, or where it differs. */
  readonly line: string;
}

/** Every row of every table by table, and what a start loads. */
export interface StoredState {
  readonly tables: ReadonlyMap<string, string>;
}

type Verify = (file: string) => Promise<string | null>;

/** The first difference, or null. */
export const verifyFile: Verify = async (file) => (await verifyDatabase({ file })).difference;

/** `meta` is the program's own note of its runs. Throws where the file cannot be read. */
export function stateOf(directory: string): StoredState {
  const loaded = startQuickly(directory);
  const tables = new Map([['what a start loads', digest(loaded)]]);
  const database = new Database(join(directory, DATABASE_NAME), { readonly: true });
  try {
    const names = database
      .prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'meta'`)
      .pluck()
      .all() as string[];
    for (const name of names) {
      tables.set(name, digest(database.prepare(`SELECT * FROM "${name}" NOT INDEXED`).raw().all()));
    }
  } finally {
    database.close();
  }
  return { tables };
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

/** Leaves the directory as a start does. */
export async function judge(
  directory: string,
  pristine: StoredState,
  verify: Verify = verifyFile,
): Promise<Judged> {
  let state: StoredState;
  try {
    state = stateOf(directory);
  } catch (error) {
    return told('refused', error);
  }
  try {
    const difference = await verify(join(directory, DATABASE_NAME));
    if (difference !== null) return { outcome: 'found', line: difference };
  } catch (error) {
    return told('found', error);
  }
  const names = new Set([...pristine.tables.keys(), ...state.tables.keys()]);
  const changed = [...names].filter((name) => pristine.tables.get(name) !== state.tables.get(name));
  if (changed.length === 0) return { outcome: 'unchanged', line: '' };
  return { outcome: 'SILENT', line: `differs in ${changed.join(', ')}` };
}

/** SQLite's own errors are told in a line too, by the writer's thread. */
function told(outcome: Outcome, error: unknown): Judged {
  const isTold = error instanceof StoreOpenError || error instanceof Database.SqliteError;
  const line = error instanceof Error ? error.message : String(error);
  return { outcome: isTold ? outcome : 'BROKE', line };
}
