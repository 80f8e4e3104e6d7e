/**
 * A data directory opened for reports alone, also beside the hub that runs on it: one snapshot, so that the open shift's rows and
 * the summaries of closed ones are of the same moment. It writes nothing.
 */
import { join } from 'node:path';
import { MIGRATIONS } from '../migrations/migrate.js';
import type { LoadedBranch, Store } from '../port.js';
import type { ReportReads } from '../reports.js';
import { openReader } from './database.js';
import { StoreOpenError } from './errors.js';
import { loadBranches } from './load.js';
import { DATABASE_NAME } from './open.js';
import { Reader } from './reads.js';

export interface ReportDirectory extends Pick<Store, 'shift'> {
  /** Everything hot of each branch, the open shift with it. */
  readonly branches: readonly LoadedBranch[];
  readonly reads: ReportReads;
  close(): void;
}

/** Throws StoreOpenError where there is no database, or one of another version. */
export function openForReports(directory: string): ReportDirectory {
  const path = join(directory, DATABASE_NAME);
  const database = openReader({ path, durability: 'full', mmapBytes: 0 });
  try {
    const version = database.pragma('user_version', { simple: true }) as number;
    if (version !== MIGRATIONS.length) throw otherVersion(path, version);
    // Until it is closed.
    database.exec('BEGIN');
    const branches = loadBranches(database);
    const reader = new Reader(database);
    const later = <Value>(read: () => Value) => Promise.resolve().then(read);
    return {
      branches,
      reads: {
        figures: (branchId, range) => later(() => reader.figures(branchId, range)),
        days: (branchId, range) => later(() => reader.days(branchId, range)),
        shifts: (branchId, range) => later(() => reader.shifts(branchId, range)),
      },
      shift: (branchId, shiftId) => later(() => reader.shift(branchId, shiftId)),
      close: () => {
        database.close();
      },
    };
  } catch (error) {
    database.close();
    throw error;
  }
}

function otherVersion(path: string, version: number): StoreOpenError {
  const known = MIGRATIONS.length;
  return new StoreOpenError({
    operation: 'read',
    path,
    reason: `its version is ${String(version)}, reports need version ${String(known)}`,
    hint:
      version < known
        ? 'start the hub on it once, which upgrades it'
        : 'use the newer program that wrote it',
  });
}
