/**
 * Random traffic over many seeds, every checker at work: `npm run invariants -- --seeds 200 [--from 1]`. Prints each seed that
 * finds something and exits 1; `SEED=n npx vitest run test/invariants/random-traffic.test.ts` runs it alone.
 */
import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '200' },
    from: { type: 'string', default: '1' },
  },
});

for (const [name, text] of Object.entries(values)) {
  if (/^[1-9]\d{0,6}$/.test(text)) continue;
  console.error(`--${name} is a whole number above 0, not ${text}`);
  process.exit(2);
}

const vitest = spawn(
  'npx',
  ['vitest', 'run', '--project', 'unit', 'test/invariants/random-traffic.test.ts'],
  {
    stdio: 'inherit',
    env: { ...process.env, SEEDS: values.seeds, SEED_FROM: values.from },
  },
);
vitest.on('exit', (code) => process.exit(code ?? 1));
