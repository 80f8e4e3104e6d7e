/** Data directories of killed hubs, damaged at random: nothing wrong is served silently. */
import { beforeAll, describe, expect, it } from 'vitest';
import { seedsToRun } from '../support/seeds.js';

import { describeReport, runCorruptions } from './corruptions/corruption-run.js';
import { pristineCopies, type Copies } from './corruptions/pristine.js';

const { CORRUPTIONS = '200' } = process.env;
const numbers = Array.from({ length: Number(CORRUPTIONS) }, (_, number) => number);
const [seed = 1] = seedsToRun(1);
/** The long form takes about 0.1 s each. */
const WAIT_MS = 120_000 + numbers.length * 1_000;

describe('a data directory that was damaged', () => {
  let copies: Copies;

  beforeAll(async () => {
    copies = await pristineCopies();
  }, WAIT_MS);

  it(
    'F-IMG-6 is refused at the start, found by verify, or holds what it held',
    async () => {
      const report = await runCorruptions({ copies, numbers, seed });
      console.log(`seed ${seed}\n${describeReport(report)}`);
      expect(report.findings, `seed ${seed}`).toEqual([]);
    },
    WAIT_MS,
  );

  it('F-IMG-6 a verification that finds nothing is noticed', async () => {
    const verify = () => Promise.resolve(null);
    const some = numbers.slice(0, 60);
    const { findings } = await runCorruptions({ copies, numbers: some, seed, verify });
    expect(findings.length).toBeGreaterThan(0);
  });
});
