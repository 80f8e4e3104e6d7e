/** What becomes of a damaged data directory: it is refused, or found, or its state is what it was. Anything else is served silently. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { StoreOpenError } from '#dist/store/sqlite/errors.js';
import { DATABASE_NAME } from '#dist/store/sqlite/open.js';
import { verifyDatabase } from '#dist/store/verify/verify-database.js';
import { startQuickly } from '../checker/start.js';
import { provedColumns } from './altered-rows.js';
import {
  askable,
  isWithheld,
  readArchived,
  readReports,
  type Asked,
  type Served,
} from './served.js';

/**
 * - `SILENT`: it differs, and neither the start nor `verify` says so.
 * - `SERVED`: an archived order is read otherwise than it was, on a hub that has started.
 * - `BROKE`: with an error that no operator is told in a line.
 */
export type Outcome = 'refused' | 'found' | 'unchanged' | 'SILENT' | 'SERVED' | 'BROKE';

export interface Judged {
  readonly outcome: Outcome;
  /** The line that says it, or where it differs. */
  readonly line: string;
}

/** What the directory held before it was damaged. */
export interface Pristine {
  readonly asked: Asked;
  readonly archived: Served;
  /** Every table, what a start loads, archived orders and reports, each as a sum. */
  readonly state: ReadonlyMap<string, string>;
}

type Verify = (file: string) => Promise<string | null>;

/** The first difference, or null. */
export const verifyFile: Verify = async (file) => (await verifyDatabase({ file })).difference;

/** Leaves the directory as a start does. */
export async function pristineOf(directory: string): Promise<Pristine> {
  const loaded = await startQuickly(directory);
  const asked = askable(directory);
  const archived = await readArchived(directory, asked);
  return { asked, archived, state: await stateOf(directory, { loaded, asked, archived }) };
}

interface Seen {
  readonly loaded: Awaited<ReturnType<typeof startQuickly>>;
  readonly asked: Asked;
  readonly archived: Served;
}

/** Without what nothing else could prove (altered-rows.ts). Throws where the file cannot be read. */
async function stateOf(directory: string, { loaded, asked, archived }: Seen) {
  const rows = loaded.map((branch) => ({ ...branch, horizon: 0 }));
  const state = new Map([['what a start loads', digest(rows)]]);
  const database = new Database(join(directory, DATABASE_NAME), { readonly: true });
  try {
    const names = database
      .prepare(`SELECT name FROM sqlite_schema WHERE type = 'table'`)
      .pluck()
      .all() as string[];
    for (const name of names) {
      const columns = provedColumns(database, name);
      if (columns.length === 0) continue;
      const sql = `SELECT ${columns.join(', ')} FROM "${name}" NOT INDEXED`;
      state.set(name, digest(database.prepare(sql).raw().all()));
    }
  } finally {
    database.close();
  }
  const reports = await readReports(directory, asked);
  for (const [what, text] of [...archived, ...reports]) state.set(what, digest(text));
  return state;
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

/** Leaves the directory as a start does. */
export async function judge(
  directory: string,
  pristine: Pristine,
  verify: Verify = verifyFile,
): Promise<Judged> {
  const { asked } = pristine;
  let seen: Seen;
  try {
    const loaded = await startQuickly(directory);
    seen = { loaded, asked, archived: await readArchived(directory, asked) };
  } catch (error) {
    return told('refused', error);
  }
  const wrong = [...seen.archived].find(
    ([what, text]) =>
      /^order /.test(what) && text !== pristine.archived.get(what) && !isWithheld(text),
  );
  if (wrong !== undefined) return { outcome: 'SERVED', line: wrong[0] };
  try {
    const difference = await verify(join(directory, DATABASE_NAME));
    if (difference !== null) return { outcome: 'found', line: difference };
    const state = await stateOf(directory, seen);
    const names = new Set([...pristine.state.keys(), ...state.keys()]);
    const changed = [...names].filter((name) => pristine.state.get(name) !== state.get(name));
    if (changed.length === 0) return { outcome: 'unchanged', line: '' };
    return { outcome: 'SILENT', line: `differs in ${changed.join(', ')}` };
  } catch (error) {
    return told('found', error);
  }
}

/** SQLite's own errors are told in a line too, by the writer's thread. */
function told(outcome: Outcome, error: unknown): Judged {
  const isTold = error instanceof StoreOpenError || error instanceof Database.SqliteError;
  const line = error instanceof Error ? error.message : String(error);
  return { outcome: isTold ? outcome : 'BROKE', line };
}
