/** A hub that serves on a disk that is full, read-only or broken. `npm run refusals -- --scenario hub` refuses every call. */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../support/random-traffic/random.js';
import { seedsToRun } from '../support/seeds.js';
import { HUB_REFUSALS, HubRun, type JudgedHub } from './refusals/hub-run.js';

const { REFUSALS_ALL, REFUSALS_OF } = process.env;
const isAll = REFUSALS_ALL !== undefined && (REFUSALS_OF ?? 'hub') === 'hub';
const [seed = 1] = seedsToRun(1);
/** As far as every run comes. */
const SOME = 12;
/** More than a hub has of one kind; it ends where there is no such call. */
const CALLS_MAX = 600;
const WAIT_MS = isAll ? 8 * 3_600_000 : 120_000;

const run = new HubRun();

beforeAll(() => run.prepare());

afterAll(() => {
  run.close();
});

async function refuseAll(): Promise<JudgedHub[]> {
  const judged: JudgedHub[] = [];
  for (const kind of HUB_REFUSALS) {
    for (let when = 1; when <= CALLS_MAX; when += 1) {
      const one = await run.judge({ ...kind, when });
      if (one.outcome === 'not_reached') break;
      console.log(JSON.stringify(one));
      judged.push(one);
    }
  }
  return judged;
}

/** One that passes: a hub whose disk stays broken takes half a minute to judge. */
async function refuseSome(): Promise<JudgedHub[]> {
  const random = new Random(seed * 103);
  const kinds = random.some(
    HUB_REFUSALS.filter(({ how }) => how === 'once'),
    1,
  );
  const when = random.whole(1, SOME);
  return Promise.all(kinds.map((kind) => run.judge({ ...kind, when })));
}

describe('a hub on a disk that refuses', () => {
  it(
    'F-DISK-3 answers or closes the link, and the next hub has all that it acknowledged and takes the rest once',
    async () => {
      const judged = await (isAll ? refuseAll : refuseSome)();
      for (const { call, error, when, how, outcome, refusals } of judged) {
        console.log(`seed ${seed}: ${call} ${when} ${error} ${how}: ${outcome}, ${refusals} again`);
      }
      expect(judged.filter(({ outcome }) => outcome === 'WRONG')).toEqual([]);
    },
    WAIT_MS,
  );

  it('F-DISK-3 of a hub that acknowledges before its disk does is noticed', async () => {
    const early = fileURLToPath(new URL('planted/early-hub.mjs', import.meta.url));
    const refusal = { call: 'fsync,fdatasync', error: 'EIO', when: 2, how: 'once' } as const;
    const { outcome, findings } = await run.judge(refusal, early);
    expect(outcome).toBe('WRONG');
    expect(findings.join()).toMatch(/taken a second time|was refused/);
  });
});
