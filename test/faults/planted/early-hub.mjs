/**
 * A hub with a bug: it acknowledges what it has only handed to its store. Arguments as of `expeditor serve`. What every
 * checker of power losses must find.
 */
import { setImmediate } from 'node:timers';
import { parseArgs } from 'node:util';
import { systemClock, systemTimers } from '../../../dist/base/clock.js';
import { uuidV7Source } from '../../../dist/base/ids.js';
import { silentLog } from '../../../dist/base/log.js';
import { startServer } from '../../../dist/server/compose.js';
import { readConfig } from '../../../dist/server/config.js';
import { openSqliteStore } from '../../../dist/store/sqlite/open.js';

const { values } = parseArgs({
  allowPositionals: true,
  options: {
    data: { type: 'string' },
    port: { type: 'string' },
    'log-level': { type: 'string' },
    demo: { type: 'boolean', default: false },
  },
});

/** Settles each commit in the turn after it was handed in, with the version that it will have. */
function settlingEarly(store) {
  const versions = new Map();
  const load = async () => {
    const branches = await store.load();
    for (const { branch, version } of branches) versions.set(branch.id, version);
    return branches;
  };
  const commit = (request, settle) => {
    // The first branches are read back at once.
    if (request.key === null) return store.commit(request, settle);
    const version = (versions.get(request.branchId) ?? 0) + 1;
    versions.set(request.branchId, version);
    const zNumber = request.zNumberOf === null ? null : 1;
    setImmediate(settle, { kind: 'committed', version, zNumber });
    return store.commit(request, () => undefined);
  };
  return new Proxy(store, {
    get(target, name) {
      if (name === 'load') return load;
      if (name === 'commit') return commit;
      const value = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

const flags = { data: values.data, port: values.port, demo: values.demo ? 'yes' : 'no' };
const { config } = readConfig({ flags, environment: {}, envFile: {} });
const store = await openSqliteStore({
  directory: config.data,
  durability: 'full',
  clock: systemClock,
  timers: systemTimers,
  newId: uuidV7Source(systemClock),
  log: silentLog,
});
const server = await startServer(config, { store: settlingEarly(store), log: silentLog });
process.once('SIGTERM', () => void server.close().then(() => process.exit(0)));
