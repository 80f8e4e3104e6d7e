/**
 * N clients against a real hub over a bad network, by seed. A seed that finds something is printed with the command that runs
 * it alone; `npm run sim -- --seeds 10000` runs more of them.
 */
import { describe, expect, it } from 'vitest';
import { seedsToRun } from '../support/seeds.js';
import { runSim } from './run.js';

/** Seeds that one test runs, so that a report of two hundred stays short. */
const PER_TEST = 20;
const SLICE_MS = 60_000;

const seeds = seedsToRun(200);
const slices = Array.from({ length: Math.ceil(seeds.length / PER_TEST) }, (_, index) => {
  const slice = seeds.slice(index * PER_TEST, (index + 1) * PER_TEST);
  return { slice, from: slice[0] ?? 0, to: slice.at(-1) ?? 0 };
});

async function findingsOf(seed: number): Promise<readonly string[]> {
  const { findings } = await runSim({ seed });
  return findings.map((finding) => `npm run sim -- --seed ${String(seed)}: ${finding}`);
}

describe('clients on a bad network', () => {
  it.each(slices)(
    'SIM-1 SIM-2 SIM-3 SIM-4 SIM-7 converge, lose nothing and double nothing: seeds $from to $to',
    async ({ slice }) => {
      const findings: string[] = [];
      for (const seed of slice) findings.push(...(await findingsOf(seed)));
      expect(findings).toEqual([]);
    },
    SLICE_MS,
  );
});

/** Seeds that found something once, with what it was. */
const FOUND = [
  [257, 'an order that was refused a new number and dropped stayed in the queue for ever'],
] as const;

describe('clients on a bad network, once more', () => {
  it.each(FOUND)('SIM-1 SIM-2 seed %i: %s', async (seed) => {
    expect(await findingsOf(seed)).toEqual([]);
  });
});

describe('the simulation itself', () => {
  it(
    'SIM-5 gives the same run for the same seed, and another for another',
    async () => {
      const digests: string[] = [];
      for (const seed of [7, 7, 8]) digests.push((await runSim({ seed })).digest);
      expect(digests[0]).toBe(digests[1]);
      expect(digests[0]).not.toBe(digests[2]);
    },
    SLICE_MS,
  );
});
