/** Disks that are full, read-only or broken at one step of an operation. `npm run refusals` refuses every step. */
import { afterEach, describe, expect, it } from 'vitest';
import { Random } from '../support/random-traffic/random.js';
import { seedsToRun } from '../support/seeds.js';
import { OPERATIONS, type OperationName } from './refusals/operations.js';
import { kindsOf, RefusalRun, type Judged } from './refusals/refusal-run.js';

const NAMES = Object.keys(OPERATIONS) as OperationName[];
const { REFUSALS_ALL, REFUSALS_OF } = process.env;
const [seed = 1] = seedsToRun(1);
/** Of the backup's own file, after those of the database's copy. */
const SYNC_OF_FILE = 5;
/** More than any operation has of one kind; it ends where there is no such call. */
const CALLS_MAX = 400;
const SOME = 2;
const WAIT_MS = REFUSALS_ALL === undefined ? 120_000 : 4 * 3_600_000;

let run: RefusalRun | null = null;

afterEach(() => {
  run?.close();
});

async function refuseAll(of: RefusalRun, name: OperationName): Promise<Judged[]> {
  const judged: Judged[] = [];
  for (const kind of kindsOf(name)) {
    for (let when = 1; when <= CALLS_MAX; when += 1) {
      const one = await of.judge({ ...kind, when });
      if (one.outcome === 'not_reached') break;
      judged.push(one);
    }
  }
  return judged;
}

/** The first kind of fault that the operation meets, in an order by the seed. */
async function refuseSome(of: RefusalRun, name: OperationName): Promise<Judged[]> {
  const random = new Random(seed * 101 + NAMES.indexOf(name));
  const kinds = kindsOf(name);
  for (const kind of random.some(kinds, kinds.length)) {
    const one = await of.judge({ ...kind, when: random.whole(1, 2) });
    if (one.outcome !== 'not_reached') return [one];
  }
  throw new Error(`${name} meets no fault`);
}

/** CI takes some of them by the seed: each takes seconds. */
function chosen(): OperationName[] {
  if (REFUSALS_OF !== undefined) return NAMES.filter((name) => name === REFUSALS_OF);
  return REFUSALS_ALL === undefined ? new Random(seed).some(NAMES, SOME) : NAMES;
}

describe('a disk that refuses one step', () => {
  it.each(chosen())(
    'F-DISK-1 of %s leaves all that was there, a line that says so, and an operation that works the next time',
    async (name) => {
      run = new RefusalRun(name);
      await run.prepare();
      const judged = await (REFUSALS_ALL === undefined ? refuseSome : refuseAll)(run, name);
      const count = (outcome: Judged['outcome']) =>
        judged.filter((one) => one.outcome === outcome).length;
      const counts = `${count('refused')} refused, ${count('done')} done`;
      console.log(`${name}, seed ${seed}: ${counts}, ${count('WRONG')} wrong`);
      expect(judged.filter(({ outcome }) => outcome === 'WRONG')).toEqual([]);
    },
    WAIT_MS,
  );

  it('F-DISK-2 of a backup that does not hear a failed sync is noticed', async () => {
    run = new RefusalRun('backup', new URL('planted/unheard-sync.mjs', import.meta.url));
    await run.prepare();
    const refusal = { operation: 'backup', call: 'fsync', error: 'EIO' } as const;
    const { outcome, line } = await run.judge({ ...refusal, when: SYNC_OF_FILE });
    expect(`${outcome}: ${line}`).toContain('WRONG: it said that it is done, in spite of');
  });
});
