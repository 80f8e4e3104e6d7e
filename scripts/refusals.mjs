/**
 * The long form of test/faults/refusals.test.ts: refuses every step of an operation in turn.
 * Usage: npm run refusals -- [--scenario archive|backup|restore|migration]
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { scenario: { type: 'string' } } });
const vitest = ['vitest', 'run', '--project', 'e2e', 'test/faults/refusals.test.ts'];
const only = values.scenario === undefined ? {} : { REFUSALS_OF: values.scenario };
const { status } = spawnSync('npx', [...vitest, '--disable-console-intercept'], {
  stdio: 'inherit',
  env: { ...process.env, ...only, REFUSALS_ALL: 'yes' },
});
process.exit(status ?? 1);
