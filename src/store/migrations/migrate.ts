/** Brings a database file to the program's version, one numbered step at a time, and refuses files that are not its own. */
import type { Database } from 'better-sqlite3';
import { readFileSync } from 'node:fs';
import { StoreOpenError } from '../sqlite/errors.js';

/** Marks a file as a hub's database: "EXPD" in SQLite's header. */
export const APPLICATION_ID = 0x45585044;

/** Step `n` of the list makes `user_version` n out of n - 1. */
export interface Migration {
  readonly name: string;
  up(database: Database): void;
}

const SCHEMA = new URL('../../../schema.sql', import.meta.url);

export const MIGRATIONS: readonly Migration[] = [
  {
    name: 'schema',
    up(database) {
      database.exec(readFileSync(SCHEMA, 'utf8'));
      database.pragma(`application_id = ${String(APPLICATION_ID)}`);
    },
  },
];

/** Each step is one transaction together with its number, so that a cut between steps leaves a whole version. */
export function migrate(database: Database, migrations: readonly Migration[] = MIGRATIONS): void {
  const found = versionOf(database);
  if (found > migrations.length) {
    throw new StoreOpenError({
      operation: 'open',
      path: database.name,
      reason: `its version is ${String(found)}, this program knows versions up to ${String(migrations.length)}`,
      hint: 'use the newer program that wrote it',
    });
  }
  for (const [index, migration] of migrations.entries()) {
    const version = index + 1;
    if (version <= found) continue;
    database.transaction(() => {
      migration.up(database);
      database.pragma(`user_version = ${String(version)}`);
    })();
  }
}

function versionOf(database: Database): number {
  const applicationId = database.pragma('application_id', { simple: true });
  const version = database.pragma('user_version', { simple: true }) as number;
  if (applicationId === APPLICATION_ID) return version;
  const tables = database.prepare('SELECT count(*) FROM sqlite_schema').pluck().get();
  if (applicationId === 0 && version === 0 && tables === 0) return 0;
  throw new StoreOpenError({
    operation: 'open',
    path: database.name,
    reason: 'it is a database of another program',
    hint: 'give another directory',
  });
}
