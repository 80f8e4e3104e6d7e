/**
 * The long form of the tests of refusals in test/faults: refuses every step of an operation, or of a hub, in turn.
 * Usage: npm run refusals -- [--scenario archive|backup|restore|migration|hub]
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { scenario: { type: 'string' } } });
const HUB = 'test/faults/hub-refusals.test.ts';
const OPERATIONS = 'test/faults/refusals.test.ts';
const files = { hub: [HUB], all: [OPERATIONS, HUB] }[values.scenario ?? 'all'] ?? [OPERATIONS];
const vitest = ['vitest', 'run', '--project', 'e2e', ...files];
const only = values.scenario === undefined ? {} : { REFUSALS_OF: values.scenario };
const { status } = spawnSync('npx', [...vitest, '--disable-console-intercept'], {
  stdio: 'inherit',
  env: { ...process.env, ...only, REFUSALS_ALL: 'yes' },
});
process.exit(status ?? 1);
