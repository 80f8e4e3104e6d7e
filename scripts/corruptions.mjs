/**
 * The long form of test/faults/corruptions.test.ts: damages a data directory again and again.
 * Usage: npm run corruptions -- [--count 1000] [--seed 1]
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { count: { type: 'string', default: '1000' }, seed: { type: 'string', default: '1' } },
});
for (const [name, text] of Object.entries(values)) {
  if (/^[1-9]\d{0,6}$/.test(text)) continue;
  console.error(`--${name} is a whole number above 0, not ${text}`);
  process.exit(2);
}
const vitest = ['vitest', 'run', '--project', 'e2e', 'test/faults/corruptions.test.ts'];
const { status } = spawnSync('npx', [...vitest, '--disable-console-intercept'], {
  stdio: 'inherit',
  env: { ...process.env, CORRUPTIONS: values.count, SEED: values.seed },
});
process.exit(status ?? 1);
