/**
 * Random traffic by seed, judged by every checker. A seed that finds something is printed; `SEED=n` runs it alone, and
 * `npm run invariants -- --seeds 200` runs many.
 */
import { describe, expect, it } from 'vitest';
import { memoryEngine, sqliteEngine } from '../support/random-traffic/engine.js';
import { runSeed } from '../support/random-traffic/run.js';
import { seedsToRun } from '../support/seeds.js';

const ENGINES = [
  { name: 'memory', makeEngine: memoryEngine, steps: 220, seeds: seedsToRun(6) },
  { name: 'sqlite', makeEngine: sqliteEngine, steps: 160, seeds: seedsToRun(4) },
] as const;

/** A seed takes a second or two; a slow machine may take a while. */
const SEED_MS = 60_000;

describe.each(ENGINES)('random traffic on $name', ({ makeEngine, steps, seeds }) => {
  it.each(seeds)(
    'I1 I2 I3 I4 I5 I6 I7 I8 hold whatever is asked, lost and repeated: seed %i',
    async (seed) => {
      const { findings } = await runSeed({ seed, steps, makeEngine });
      expect(findings, `seed ${String(seed)}`).toEqual([]);
    },
    SEED_MS,
  );
});
