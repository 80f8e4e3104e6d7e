/** SQLite stores in directories of their own, for tests. Their workers come from dist/ (`npm run build`). */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SettableClock, systemClock, systemTimers } from '../../src/base/clock.js';
import { uuidV7Source } from '../../src/base/ids.js';
import { silentLog } from '../../src/base/log.js';
import type { Store } from '../../src/store/port.js';
import { openSqliteStore, type SqliteStoreOptions } from '../../src/store/sqlite/open.js';
import { NOON } from './rows.js';
import type { Opened } from '../store/contract/opened.js';

export const WORKERS = new URL('../../dist/store/sqlite/', import.meta.url);

/** A directory that does not exist yet, inside one that `remove` takes away. */
export function freshDirectory(): { readonly path: string; readonly remove: () => void } {
  const parent = mkdtempSync(join(tmpdir(), 'store-'));
  return {
    path: join(parent, 'data'),
    remove: () => {
      rmSync(parent, { recursive: true, force: true });
    },
  };
}

export function openSqlite(
  directory: string,
  more: Partial<SqliteStoreOptions> = {},
): Promise<Store> {
  return openSqliteStore({
    directory,
    durability: 'full',
    // The time at which the rows of these tests are committed: keys of another time would expire.
    clock: new SettableClock(NOON),
    timers: systemTimers,
    newId: uuidV7Source(systemClock),
    log: silentLog,
    workerDirectory: WORKERS,
    ...more,
  });
}

export async function openFreshSqlite(): Promise<Opened> {
  const { path, remove } = freshDirectory();
  let store = await openSqlite(path);
  return {
    store,
    reopen: async () => {
      await store.close();
      store = await openSqlite(path);
      return store;
    },
    close: async () => {
      await store.close();
      remove();
    },
  };
}
