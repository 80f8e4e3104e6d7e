/** What an upgrade promises after a cut: a start goes on from a whole version, with one whole copy of the database of before. */
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { OLD_VERSION } from '../scenarios/migration.js';
import type { Expectation } from './check-image.js';

const NEWEST = 3;

/** After a start. In words; empty: all is as it must be. */
export function checkMigration(path: string, { shown }: Expectation): string[] {
  const database = new Database(path, { readonly: true });
  try {
    const version = database.pragma('user_version', { simple: true });
    const findings = version === NEWEST ? [] : [`it is of version ${String(version)}`];
    return [...findings, ...checkCopies(join(dirname(path), 'backups'), shown.get(OLD_VERSION))];
  } finally {
    database.close();
  }
}

function checkCopies(directory: string, version: unknown): string[] {
  const files = existsSync(directory) ? readdirSync(directory) : [];
  if (files.length !== 1) return [`${files.length} files are in backups: ${files.join(', ')}`];
  const database = new Database(join(directory, files[0] ?? ''), { readonly: true });
  try {
    const [found, faults] = ['user_version', 'integrity_check'].map((name) =>
      database.pragma(name, { simple: true }),
    );
    if (found === version && faults === 'ok') return [];
    return [`the copy is of version ${String(found)}: ${String(faults)}`];
  } finally {
    database.close();
  }
}
