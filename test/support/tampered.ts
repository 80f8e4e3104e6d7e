/** Copies of a database that somebody has been at: what verification must notice. */
import Database from 'better-sqlite3';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chainHash } from '../../src/store/sqlite/chain.js';
import { DATABASE_NAME } from '../../src/store/sqlite/open.js';
import { verifyDatabase } from '../../src/store/verify/verify-database.js';
import type { VerifyReport } from '../../src/store/verify/findings.js';

export type Tamper = (database: Database.Database) => void;

/** Verifies a copy of the data directory after `tamper` had its way with it, its triggers and foreign keys gone. */
export async function verifyTampered(directory: string, tamper: Tamper): Promise<VerifyReport> {
  const copy = mkdtempSync(join(tmpdir(), 'tampered-'));
  try {
    cpSync(directory, copy, { recursive: true });
    const file = join(copy, DATABASE_NAME);
    const database = new Database(file);
    database.pragma('foreign_keys = OFF');
    for (const name of triggers(database)) database.exec(`DROP TRIGGER ${name}`);
    tamper(database);
    database.close();
    return await verifyDatabase({ file });
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function triggers(database: Database.Database): string[] {
  return database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
    .pluck()
    .all() as string[];
}

interface EventRow {
  readonly version: number;
  readonly at: number;
  readonly actor: string;
  readonly device: string;
  readonly command: string;
  readonly key: string | null;
  readonly correlation_id: string | null;
  readonly changes: string;
}

/** Forges the chain anew over what now stands in the events, head included: a forger who knows the layout. */
export function rechain(database: Database.Database, branchId: string): void {
  const events = database
    .prepare('SELECT * FROM sync_event WHERE branch_id = ? ORDER BY version')
    .all(branchId) as EventRow[];
  const write = database.prepare(
    'UPDATE sync_event SET hash = ? WHERE branch_id = ? AND version = ?',
  );
  let hash = '0'.repeat(64);
  for (const { correlation_id, ...event } of events) {
    hash = chainHash(hash, { ...event, branchId, correlationId: correlation_id });
    write.run(Buffer.from(hash, 'hex'), branchId, event.version);
  }
  database
    .prepare('UPDATE branch_head SET hash = ? WHERE branch_id = ?')
    .run(Buffer.from(hash, 'hex'), branchId);
}

/** Replaces text in one event's change set and forges the chain. */
export function forgeEvent(version: number, find: string, replacement: string): Tamper {
  return (database) => {
    const done = database
      .prepare(
        `UPDATE sync_event SET changes = replace(changes, ?, ?)
         WHERE branch_id = 'main' AND version = ? AND instr(changes, ?) > 0`,
      )
      .run(find, replacement, version, find);
    if (done.changes !== 1) throw new Error(`event ${String(version)} does not hold ${find}`);
    rechain(database, 'main');
  };
}
