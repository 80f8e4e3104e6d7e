/**
 * The hub with its group commit taken away: the next commit is handed to the store when the one before is on the disk. What a
 * comparison runs against; arguments as of `expeditor serve`: data directory and port.
 */
import { readConfig, startServer } from '#dist/index.js';
import { systemClock, systemTimers } from '#dist/base/clock.js';
import { systemRandom, uuidV7Source } from '#dist/base/ids.js';
import { silentLog } from '#dist/base/log.js';
import { openSqliteStore } from '#dist/store/sqlite/open.js';
import type { CommitRequest, Settle, Store } from '#dist/store/port.js';

function oneAtATime(store: Store): Store {
  const waiting: (readonly [CommitRequest, Settle])[] = [];
  let busy = false;
  const next = (): void => {
    const first = waiting.shift();
    busy = first !== undefined;
    if (first === undefined) return;
    const [request, settle] = first;
    store.commit(request, (outcome) => {
      settle(outcome);
      next();
    });
  };
  const commit = (request: CommitRequest, settle: Settle): void => {
    waiting.push([request, settle]);
    if (!busy) next();
  };
  return new Proxy(store, {
    get(target, name) {
      if (name === 'commit') return commit;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

const [data = '', port = ''] = process.argv.slice(2);
const { config } = readConfig({
  flags: { data, port, demo: 'true', logLevel: 'warn' },
  environment: {},
  envFile: {},
});
const store = await openSqliteStore({
  directory: config.data,
  durability: config.durability,
  clock: systemClock,
  timers: systemTimers,
  newId: uuidV7Source(systemClock, systemRandom),
  log: silentLog,
});
const server = await startServer(config, { store: oneAtATime(store), log: silentLog });
process.once('SIGTERM', () => void server.close().then(() => process.exit(0)));
