/**
 * A process that commits orders without end and remembers its heads fifty times as often as a hub does. Prints the
 * newest version that was settled each time after its heads were written. Arguments: directory, durability.
 */
import { performance } from 'node:perf_hooks';
import { clearTimeout, setTimeout } from 'node:timers';
import { systemClock } from '../../dist/base/clock.js';
import { uuidV7Source } from '../../dist/base/ids.js';
import { silentLog } from '../../dist/base/log.js';
import { openSqliteStore } from '../../dist/store/sqlite/open.js';

const [directory, durability] = process.argv.slice(2);
const HASTE = 50;

const store = await openSqliteStore({
  directory,
  durability,
  clock: systemClock,
  timers: {
    after: (delayMs, run) => {
      const timer = setTimeout(run, delayMs / HASTE);
      return () => clearTimeout(timer);
    },
    every: () => () => undefined,
    monotonicMs: () => performance.now(),
  },
  newId: uuidV7Source(systemClock),
  log: silentLog,
});
const [loaded] = await store.load();

const device = (id) => ({
  id,
  branch_id: 'main',
  ...{ name: 'a till', role: 'cashier', active: true, version: 1 },
});

const branch = {
  ...{ id: 'main', name: 'Main', currency: 'GBP', zone: 'Europe/London', cutoff_hour: 4 },
  ...{ tax_rules: { service_charge: [] }, settings: {}, version: 1 },
};

const commit = (table, after) =>
  new Promise((resolve) => {
    const request = {
      ...{
        branchId: 'main',
        key: null,
        requestHash: '',
        command: 'test',
        actor: 'a',
        deviceId: 'd',
      },
      ...{ correlationId: null, at: systemClock.now(), result: { records: {} } },
      ...{ requiresShift: null, zNumberOf: null, raisesHorizon: false },
      changeSet: [{ table, before: null, after, changes: null }],
    };
    store.commit(request, resolve);
  });

if (loaded === undefined) await commit('branch', branch);
for (let number = loaded?.version ?? 1, written = 0; ; number += 1) {
  const { version } = await commit('device', device(`d${String(number)}`));
  const { heads_written } = store.stats();
  if (heads_written !== written) process.stdout.write(`${String(version)}\n`);
  written = heads_written;
}
