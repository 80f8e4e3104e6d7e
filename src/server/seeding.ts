/** Gives a store without branches its first ones: the demo's, or an empty restaurant. */
import { readFileSync } from 'node:fs';
import { Compile } from 'typebox/compile';
import { assert } from '../base/assert.js';
import type { Clock } from '../base/clock.js';
import type { Log } from '../base/log.js';
import { recordVersions } from '../domain/change-set.js';
import { freshBranchSeed, Seed, seedChangeSet } from '../domain/seed.js';
import type { CommitOutcome, LoadedBranch, Store } from '../store/port.js';
import { OperatorError } from './operator-error.js';

/** The last one is the sign that seeding is complete: a start that finds it missing seeds what is missing. */
const DEMO_BRANCHES = ['other', 'main'];
const HUB = 'hub';

export interface SeedingOptions {
  readonly store: Store;
  readonly demo: boolean;
  readonly clock: Clock;
  readonly log: Log;
}

/** Gives what the store holds then; makes nothing in one that has its branches. */
export async function loadOrSeed(options: SeedingOptions): Promise<readonly LoadedBranch[]> {
  const { store, demo, clock, log } = options;
  const loaded = await store.load();
  const present = new Set(loaded.map(({ branch }) => branch.id));
  if (demo ? present.has('main') : present.size > 0) return loaded;
  const seeds = demo ? readDemo() : [freshBranchSeed()];
  const missing = seeds.filter(({ branch }) => !present.has(branch.id));
  await Promise.all(missing.map((seed) => commitSeed(store, seed, clock.now())));
  log.info(
    { branches: missing.map(({ branch }) => branch.id), demo },
    'the first branches are made',
  );
  return store.load();
}

function readDemo(): Seed[] {
  const form = Compile(Seed);
  return DEMO_BRANCHES.map((branchId) => {
    const file = new URL(`../../data/demo/${branchId}.json`, import.meta.url);
    const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
    assert(form.Check(parsed), `${file.pathname} has the form of a seed`);
    return parsed;
  });
}

async function commitSeed(store: Store, seed: Seed, at: number): Promise<void> {
  const changeSet = seedChangeSet(seed);
  const request = {
    branchId: seed.branch.id,
    key: null,
    requestHash: '',
    command: 'branch.seed',
    actor: HUB,
    deviceId: HUB,
    correlationId: null,
    at,
    changeSet,
    result: { records: recordVersions(changeSet) },
    requiresShift: null,
    zNumberOf: null,
    raisesHorizon: false,
  };
  const outcome = await new Promise<CommitOutcome>((settle) => store.commit(request, settle));
  if (outcome.kind === 'committed') return;
  const reason = outcome.kind === 'unavailable' ? outcome.reason : outcome.kind;
  throw new OperatorError(`make branch ${seed.branch.id}`, reason, 'mend the disk and start again');
}
