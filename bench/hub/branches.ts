/** Branches in a data directory before a hub starts on it: each with the demo's menu and stations. */
import { readFileSync } from 'node:fs';
import { systemClock, systemTimers } from '#dist/base/clock.js';
import { systemRandom, uuidV7Source } from '#dist/base/ids.js';
import { silentLog } from '#dist/base/log.js';
import { recordVersions } from '#dist/domain/change-set.js';
import { seedChangeSet, type Seed } from '#dist/domain/seed.js';
import type { Durability } from '#dist/base/durability.js';
import type { CommitOutcome, Store } from '#dist/store/port.js';
import { openSqliteStore } from '#dist/store/sqlite/open.js';

const DEMO = new URL('../../data/demo/main.json', import.meta.url);
const HUB = 'hub';

export function demoSeed(branchId: string): Seed {
  const seed = JSON.parse(readFileSync(DEMO, 'utf8')) as Seed;
  return { ...seed, branch: { ...seed.branch, id: branchId } };
}

export function openStore(
  directory: string,
  durability: Exclude<Durability, 'none'> = 'full',
): Promise<Store> {
  return openSqliteStore({
    directory,
    durability,
    clock: systemClock,
    timers: systemTimers,
    newId: uuidV7Source(systemClock, systemRandom),
    log: silentLog,
  });
}

/** As a start makes its first branch. */
export async function seedBranch(store: Store, branchId: string): Promise<void> {
  const changeSet = seedChangeSet(demoSeed(branchId));
  const request = {
    branchId,
    key: null,
    requestHash: '',
    command: 'branch.seed',
    actor: HUB,
    deviceId: HUB,
    correlationId: null,
    at: systemClock.now(),
    changeSet,
    result: { records: recordVersions(changeSet) },
    requiresShift: null,
    zNumberOf: null,
    raisesHorizon: false,
  };
  const outcome = await new Promise<CommitOutcome>((settle) => {
    store.commit(request, settle);
  });
  if (outcome.kind !== 'committed') throw new Error(`branch ${branchId}: ${outcome.kind}`);
}

/** `main` is one of them: a hub that starts with --demo finds its branches there and makes none. */
export async function seedBranches(directory: string, count: number): Promise<readonly string[]> {
  const ids = Array.from({ length: count }, (_, index) =>
    index === 0 ? 'main' : `branch-${index + 1}`,
  );
  const store = await openStore(directory);
  try {
    for (const id of ids) await seedBranch(store, id);
    return ids;
  } finally {
    await store.close();
  }
}
