/**
 * The long form of test/e2e/crash.test.ts: kills a replay again and again, on any orders file.
 * Usage: npm run crash -- [--kills 20] [--orders FILE --menu FILE] [--seed N]
 */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '20' },
    orders: { type: 'string' },
    menu: { type: 'string' },
    seed: { type: 'string' },
  },
});
const { kills, orders, menu, seed } = values;
if (!/^[1-9]\d{0,4}$/.test(kills) || (seed !== undefined && !/^\d{1,9}$/.test(seed))) {
  console.error('--kills and --seed are whole numbers');
  process.exit(1);
}
if ((orders === undefined) !== (menu === undefined)) {
  console.error('--orders and --menu belong together');
  process.exit(1);
}

const vitest = ['vitest', 'run', '--project', 'e2e', 'test/e2e/crash.test.ts'];
const chosen = ['--testNamePattern', 'killed at random moments', '--disable-console-intercept'];
const { status } = spawnSync('npx', [...vitest, ...chosen], {
  stdio: 'inherit',
  env: {
    ...process.env,
    CRASH_KILLS: kills,
    ...(orders !== undefined && menu !== undefined
      ? { CRASH_ORDERS: resolve(orders), CRASH_MENU: resolve(menu) }
      : {}),
    ...(seed === undefined ? {} : { SEED: seed }),
  },
});
process.exit(status ?? 1);
