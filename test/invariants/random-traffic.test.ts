/**
 * Random traffic by seed, judged by every checker. A seed that finds something is printed; `SEED=n` runs it alone, and
 * `npm run invariants -- --seeds 200` runs many.
 */
import { describe, expect, it } from 'vitest';
import { COMMANDS, LEASES } from '../../src/domain/registry.js';
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

describe('the traffic itself', () => {
  it('has every command succeed, clients refused for many reasons, and lines that break and lag', async () => {
    const acked = new Set<string>();
    const refused = new Set<string>();
    const received = new Set<string>();
    for (const seed of [1, 2, 3, 4]) {
      const report = await runSeed({ seed, steps: 220, makeEngine: memoryEngine });
      for (const name of report.acked.keys()) acked.add(name);
      for (const code of report.refused.keys()) refused.add(code);
      for (const type of report.received.keys()) received.add(type);
      expect(report.connections).toBeGreaterThan(40);
    }
    const commands = [...Object.keys(COMMANDS), ...Object.keys(LEASES), 'shift.rollover'];
    expect([...acked].sort()).toEqual(commands.sort());
    expect([...refused]).toEqual(
      expect.arrayContaining([
        'version_conflict',
        'version_required',
        'idempotency_key_reused',
        'forbidden',
        'invalid_state',
        'overpayment',
        'balance_due',
        'shift_closed',
        'item_unavailable',
        'locked',
      ]),
    );
    expect([...received]).toEqual(
      expect.arrayContaining(['notice lagging', 'notice resync', 'snapshot:delta', 'snapshot']),
    );
  }, 60_000);
});
