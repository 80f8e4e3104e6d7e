/**
 * The long form of test/e2e/resumes.test.ts: connections cut at random bytes, again and again.
 * Usage: npm run resumes -- [--count 10000] [--seed 1]
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
  },
});
for (const [name, value] of Object.entries(values)) {
  if (/^[1-9]\d{0,6}$/.test(value)) continue;
  console.error(`--${name} is a whole number above 0, not ${value}`);
  process.exit(2);
}

const vitest = ['vitest', 'run', '--project', 'e2e', 'test/e2e/resumes.test.ts'];
const { status } = spawnSync('npx', [...vitest, '--disable-console-intercept'], {
  stdio: 'inherit',
  env: { ...process.env, RESUMES: values.count, SEED: values.seed },
});
process.exit(status ?? 1);
