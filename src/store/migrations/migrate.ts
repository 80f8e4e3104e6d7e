/** Brings a database file to the program's version, one numbered step at a time, and refuses files that are not its own. */
import type { Database } from 'better-sqlite3';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { StoreOpenError } from '../sqlite/errors.js';
import { APPLICATION_ID } from './application-id.js';
import { copyForVersion } from './backup-before.js';
import { summarizeClosedShifts } from './summarize.js';
import { TO_VERSION_2 } from './to-version-2.js';
import { TO_VERSION_3 } from './to-version-3.js';

/** Step `n` of the list makes `user_version` n out of n - 1. The first makes an empty file the newest there is. */
export interface Migration {
  readonly name: string;
  up(database: Database): void;
}

const SCHEMA = new URL('../../../schema.sql', import.meta.url);
/** The version that schema.sql makes; files of older programs take the steps up to it. */
const SCHEMA_VERSION = 3;

export const MIGRATIONS: readonly Migration[] = [
  {
    name: 'schema',
    up(database) {
      database.exec(readFileSync(SCHEMA, 'utf8'));
      database.pragma(`application_id = ${String(APPLICATION_ID)}`);
    },
  },
  {
    name: 'identity',
    up(database) {
      database.exec(TO_VERSION_2);
    },
  },
  {
    name: 'archive',
    up(database) {
      database.exec(TO_VERSION_3);
      summarizeClosedShifts(database);
    },
  },
];

/** What happens beside the steps of an existing file; a new one is made without. */
export interface UpgradeHooks {
  /** Before the first step, in no transaction; a throw leaves the file as it is. */
  before(database: Database, version: number): void;
  /** Each step as it is done. */
  done(version: number, name: string): void;
}

const NO_HOOKS: UpgradeHooks = { before() {}, done() {} };

/** Each step is one transaction together with its number, so that a cut between steps leaves a whole version. */
export function migrate(
  database: Database,
  migrations: readonly Migration[] = MIGRATIONS,
  hooks: UpgradeHooks = NO_HOOKS,
): void {
  let found = versionOf(database);
  if (found > migrations.length) {
    throw new StoreOpenError({
      operation: 'open',
      path: database.name,
      reason: `its version is ${String(found)}, this program knows versions up to ${String(migrations.length)}`,
      hint: downgradeHint(database.name, migrations.length),
    });
  }
  const isUpgrade = found > 0 && found < migrations.length;
  if (isUpgrade) hooks.before(database, migrations.length);
  while (found < migrations.length) {
    const migration = migrations[found];
    if (migration === undefined) return;
    const version = found === 0 ? SCHEMA_VERSION : found + 1;
    database.transaction(() => {
      migration.up(database);
      database.pragma(`user_version = ${String(version)}`);
    })();
    found = version;
    if (isUpgrade) hooks.done(version, migration.name);
  }
}

/** There is no way back but the copy that the newer program made. */
function downgradeHint(path: string, version: number): string {
  const copy = copyForVersion(path, version);
  const newer = 'use the newer program that wrote it';
  if (copy === null) return newer;
  return `${newer}, or give up what came after its upgrade: expeditor restore --replace --data ${dirname(path)} --from ${copy}`;
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
