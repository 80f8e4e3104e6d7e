/** The engines that are compared, each behind the Store port. */
import { join } from 'node:path';
import { systemClock, systemTimers } from '#dist/base/clock.js';
import { systemRandom, uuidV7Source } from '#dist/base/ids.js';
import { silentLog } from '#dist/base/log.js';
import { HotBranch } from '#dist/store/hot/hot-branch.js';
import { createMemoryStore } from '#dist/store/memory/memory-store.js';
import type { CommitRequest, Settle, Store } from '#dist/store/port.js';
import { openSqliteStore } from '#dist/store/sqlite/open.js';
import { SqlStore } from '../peers/sql-store.js';
import { hotKitchen } from './kitchen.js';
import { BRANCH } from './made-day.js';
import type { ReadingStore } from './reading-store.js';

export const ENGINES = ['hybrid', 'pure SQLite', 'pure memory'] as const;
export type EngineName = (typeof ENGINES)[number];

const newId = uuidV7Source(systemClock, systemRandom);

/** The engine as it lies in the directory; memory begins empty. */
export function openEngine(engine: EngineName, directory: string): Promise<Store> {
  switch (engine) {
    case 'hybrid':
      return openSqliteStore({
        ...{ directory, durability: 'full', newId, log: silentLog },
        clock: systemClock,
        timers: systemTimers,
      });
    case 'pure SQLite':
      return Promise.resolve(new SqlStore(join(directory, 'only.db')));
    case 'pure memory': {
      const nextTick = (run: () => void): void => void setImmediate(run);
      return Promise.resolve(createMemoryStore({ clock: systemClock, newId, nextTick }));
    }
  }
}

/** Of an engine that is filled. Ours, and memory as `--store memory` runs it, get the hot Maps before them. */
export async function withReads(store: Store): Promise<ReadingStore> {
  if (store instanceof SqlStore) return store;
  const loaded = (await store.load()).find(({ branch }) => branch.id === BRANCH);
  if (loaded === undefined) throw new Error('the store is filled before it is read');
  const hot = new HotBranch(loaded);
  const added = {
    aggregate: (_branchId: string, orderId: string) =>
      Promise.resolve(hot.orders.get(orderId) ?? null),
    kitchen: (station: string | null) => Promise.resolve(hotKitchen(hot, station)),
    commit: (request: CommitRequest, settle: Settle): void => {
      store.commit(request, (outcome) => {
        if (outcome.kind === 'committed') hot.apply(request.changeSet, outcome.version, []);
        settle(outcome);
      });
    },
  };
  return new Proxy(store, {
    get(target, name) {
      if (name in added) return added[name as keyof typeof added];
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  }) as ReadingStore;
}
