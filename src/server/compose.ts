/** Starts the hub: what is settled before anything is opened, then the store, and the rest of the program while it opens. */
import { systemClock, systemTimers, type Clock } from '../base/clock.js';
import { systemRandom, uuidV7Source } from '../base/ids.js';
import type { Log } from '../base/log.js';
import { correlation } from '../hub/correlation.js';
import { createMemoryStore } from '../store/memory/memory-store.js';
import type { Store } from '../store/port.js';
import { openSqliteStore } from '../store/sqlite/open.js';
import type { PartsGiven } from './assemble.js';
import { sentryTracker, trackedLog, type ErrorTracker } from './error-tracking.js';
import { createLog } from './log.js';
import { trustProxies } from './proxies.js';
import type { RunningServer } from './running-server.js';
import type { Config } from './settings.js';
import { readTls } from './tls.js';
import { VERSION } from './version.js';

/** What a replay or a test brings in place of the real world. */
export interface Overrides extends PartsGiven {
  /** Dates what the hub records. */
  readonly clock?: Clock;
  /** What tokens, logins and pairing codes live by; default: the real one, whatever `clock` says. */
  readonly tokenClock?: Clock;
  /** A store that is open; it is closed with the server. */
  readonly store?: Store;
  readonly log?: Log;
  /** Told of errors that somebody should look at, in place of what `sentryDsn` names. */
  readonly errorTracker?: ErrorTracker;
  /** For this start alone: go on, as a new history, where the database lacks what was remembered of it. */
  readonly acceptRollback?: boolean;
}

/** Throws OperatorError or StoreOpenError with one line that says how to mend it. */
export async function startServer(
  config: Config,
  overrides: Overrides = {},
): Promise<RunningServer> {
  const { clock = systemClock, tokenClock = systemClock } = overrides;
  const tracker = overrides.errorTracker ?? (await trackerOf(config));
  const log = trackedLog({
    log: overrides.log ?? createLog({ level: config.logLevel, pretty: process.stdout.isTTY }),
    tracker,
    version: VERSION,
    correlation,
  });
  const tls = readTls(config);
  const proxies = trustProxies(config.trustedProxies);
  const [opened, loaded] = await Promise.allSettled([
    overrides.store ?? openStore(config, { ...overrides, clock, log }),
    // As long to load as a store of years to open, which is done by other threads.
    import('./assemble.js'),
  ]);
  if (opened.status === 'rejected') throw opened.reason;
  const store = opened.value;
  try {
    if (loaded.status === 'rejected') throw loaded.reason;
    const outside = { clock, tokenClock, tracker, log, tls, proxies };
    return await loaded.value.assemble(config, { ...overrides, ...outside, store });
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** What the settings name; without a DSN nothing is told to anyone. */
export async function trackerOf({ sentryDsn }: Config): Promise<ErrorTracker> {
  return sentryDsn === null ? { report() {} } : sentryTracker(sentryDsn, systemTimers);
}

interface StoreNeeds {
  readonly clock: Clock;
  readonly log: Log;
  readonly workerDirectory?: URL;
  readonly acceptRollback?: boolean;
}

function openStore(config: Config, needs: StoreNeeds): Promise<Store> {
  const { clock, log, workerDirectory, acceptRollback = false } = needs;
  const newId = uuidV7Source(clock, systemRandom);
  if (config.store === 'memory') {
    log.warn({}, 'THE MEMORY STORE KEEPS NOTHING: every order is gone when this process ends');
    const nextTick = (run: () => void) => void setImmediate(run);
    return Promise.resolve(createMemoryStore({ clock, newId, nextTick }));
  }
  return openSqliteStore({
    directory: config.data,
    durability: config.durability,
    clock,
    timers: systemTimers,
    newId,
    log,
    acceptRollback,
    ...(workerDirectory === undefined
      ? {}
      : { workerDirectory: new URL('store/sqlite/', workerDirectory) }),
  });
}
