/** Commits of the SQLite store by themselves: one at a time, and a group of them. */
import type { CommitOutcome, CommitRequest, Store } from '#dist/store/port.js';
import { openStore, seedBranch } from '../hub/branches.js';
import { BRANCH, Kitchen } from './kitchen.js';
import type { Operation } from './operation.js';
import { commitRequest } from './operations.js';

const ORDERS = 200;
const GROUP = 32;

async function commit(store: Store, request: CommitRequest): Promise<void> {
  const outcome = await new Promise<CommitOutcome>((settle) => {
    store.commit(request, settle);
  });
  if (outcome.kind !== 'committed') throw new Error(`a commit came to "${outcome.kind}"`);
}

/** Steps of lines, decided before they are timed. */
class Steps {
  readonly #kitchen: Kitchen;
  readonly #ready: CommitRequest[] = [];
  #made = 0;

  constructor(kitchen: Kitchen) {
    this.#kitchen = kitchen;
  }

  prepare(count: number): void {
    for (let nth = 0; nth < count; nth += 1) {
      const orderId = this.#kitchen.orderIds[this.#made % ORDERS] ?? '';
      this.#made += 1;
      this.#ready.push(commitRequest(this.#kitchen.do(this.#kitchen.nextStep(orderId, 0))));
    }
    this.#ready.reverse();
  }

  next(): CommitRequest {
    const request = this.#ready.pop();
    if (request === undefined) throw new Error('no commit is prepared');
    return request;
  }
}

export interface Commits {
  readonly operations: readonly Operation[];
  close(): Promise<void>;
}

export async function openCommits(
  directory: string,
  durability: 'full' | 'normal',
): Promise<Commits> {
  const store = await openStore(directory, durability);
  await seedBranch(store, BRANCH);
  const kitchen = new Kitchen();
  for (const changeSet of kitchen.fill(ORDERS)) await commit(store, commitRequest(changeSet));
  const steps = new Steps(kitchen);
  const synced = durability === 'full' ? '' : ', no fsync';
  return {
    close: () => store.close(),
    operations: [
      {
        name: `commit, one at a time${synced}`,
        prepare: (runs) => {
          steps.prepare(runs);
        },
        run: () => commit(store, steps.next()),
      },
      {
        name: `commit, ${GROUP} at a time${synced}`,
        unitsPerRun: GROUP,
        prepare: (runs) => {
          steps.prepare(runs * GROUP);
        },
        async run() {
          await Promise.all(Array.from({ length: GROUP }, () => commit(store, steps.next())));
        },
      },
    ],
  };
}
