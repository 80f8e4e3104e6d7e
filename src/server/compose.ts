/** Puts the hub together: store, first branches, hub, HTTP and WebSockets; and takes it down in order. */
import type { IncomingMessage } from 'node:http';
import type { ApiContext } from '../api/context.js';
import { systemClock, systemTimers, type Clock } from '../base/clock.js';
import { systemRandom, uuidV7Source } from '../base/ids.js';
import { createIdentity } from '../api/identity/identity.js';
import type { Log } from '../base/log.js';
import { openHub } from '../hub/open.js';
import type { HubLimits } from '../hub/options.js';
import { createMemoryStore } from '../store/memory/memory-store.js';
import type { Store } from '../store/port.js';
import { openSqliteStore } from '../store/sqlite/open.js';
import { correlation } from '../hub/correlation.js';
import { sentryTracker, trackedLog, type ErrorTracker } from './error-tracking.js';
import { createHttp, type HttpServer, type Readiness } from './http.js';
import { createLog } from './log.js';
import { createMetrics } from './metrics.js';
import { ComposedServer, type RunningServer } from './running-server.js';
import { noBackups, ScheduledBackups, type Backups } from './scheduled-backups.js';
import { loadOrSeed } from './seeding.js';
import type { Config } from './settings.js';
import { openTokenKeys } from './token-key.js';
import { openTokens } from './tokens.js';
import { trustProxies, type TrustedProxies } from './proxies.js';
import { readTls, type TlsFiles } from './tls.js';
import { StoreWatch } from './store-watch.js';
import { VERSION } from './version.js';
import { frameMessage } from './ws/frame.js';
import { openDoor, type Door } from './ws/upgrade.js';

/** What a replay or a test brings in place of the real world. */
export interface Overrides {
  /** Dates what the hub records. */
  readonly clock?: Clock;
  /** What tokens, logins and pairing codes live by; default: the real one, whatever `clock` says. */
  readonly tokenClock?: Clock;
  /** A store that is open; it is closed with the server. */
  readonly store?: Store;
  readonly log?: Log;
  /** Where the compiled worker scripts are; default: beside this program's own files. */
  readonly workerDirectory?: URL;
  readonly limits?: Partial<HubLimits>;
  /** false, for recorded days whose clock leaps: no shift is rolled over, whatever the branches' settings say. */
  readonly rollover?: boolean;
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
  const newId = uuidV7Source(systemClock, systemRandom);
  const tls = readTls(config);
  const proxies = trustProxies(config.trustedProxies);
  const store = overrides.store ?? (await openStore(config, { ...overrides, clock, log }));
  try {
    const tokens = openTokens(openTokenKeys(config.data), tokenClock);
    const verifyToken = (token: string) => tokens.verify(token);
    const loaded = await loadOrSeed({ store, demo: config.demo, clock, log });
    const hub = await openHub({
      store,
      loaded,
      clock,
      timers: systemTimers,
      nextTick: (flush) => void setImmediate(flush),
      newId: uuidV7Source(clock, systemRandom),
      random: Math.random,
      log,
      verifyToken,
      frame: frameMessage,
      limits: { ...limitsOf(config), ...overrides.limits },
      ...(overrides.rollover === undefined ? {} : { rollover: overrides.rollover }),
    });
    const { allowedOrigins, connectionsMax } = config;
    const clientAddress = (request: IncomingMessage) => proxies.clientAddress(request);
    const door = openDoor({ hub, allowedOrigins, connectionsMax, clientAddress, newId, log });
    const timers = systemTimers;
    const identity = createIdentity({
      ...{ hub, store, clock: tokenClock, newId },
      signToken: (principal, seconds, sessionId) => tokens.sign(principal, seconds, { sessionId }),
    });
    const world = { store, clock, timers, newId, log };
    const archiveAfterMs = config.archiveAfterHours * 3_600_000;
    const api = { ...world, hub, identity, verifyToken, archiveAfterMs, version: VERSION };
    const backups = scheduleBackups(config, log, overrides.workerDirectory);
    const http = serve(api, { door, allowedOrigins, tls, proxies, backups });
    const parts = { config, hub, store, log, tracker, tokens, door, http, backups, clock };
    const server = new ComposedServer(parts);
    await server.listen();
    return server;
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** What the settings name; without a DSN nothing is told to anyone. */
export async function trackerOf({ sentryDsn }: Config): Promise<ErrorTracker> {
  return sentryDsn === null ? { report() {} } : sentryTracker(sentryDsn, systemTimers);
}

function limitsOf(config: Config): Partial<HubLimits> {
  const { heartbeatMs, commandsPerMinute, outboxBytesMax } = config;
  const { connectionsPerMinutePerIp, connectionsPerIp, unauthenticatedPerMinutePerIp } = config;
  return {
    heartbeatMs,
    commandsPerMinute,
    outboxBytesMax,
    connectionsPerMinutePerIp,
    connectionsPerIp,
    unauthenticatedPerMinutePerIp,
  };
}

function scheduleBackups(config: Config, log: Log, workerDirectory: URL | undefined): Backups {
  const { backupDir, backupEveryHours, backupKeep, data } = config;
  if (backupDir === null) return noBackups;
  return new ScheduledBackups({
    ...{ data, to: backupDir, everyMs: backupEveryHours * 3_600_000, keep: backupKeep },
    ...{ program: VERSION, clock: systemClock, timers: systemTimers, log },
    ...(workerDirectory !== undefined && {
      workerDirectory: new URL('store/backup/', workerDirectory),
    }),
  });
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

interface Outside {
  readonly door: Door;
  readonly allowedOrigins: readonly string[];
  readonly tls: TlsFiles | null;
  readonly proxies: TrustedProxies;
  readonly backups: Backups;
}

function serve(api: ApiContext, outside: Outside): HttpServer {
  const { hub, store } = api;
  const { door, allowedOrigins, tls, proxies, backups } = outside;
  const watch = new StoreWatch(store, systemClock);
  const readiness = (): Readiness => {
    const { state } = hub;
    const { status } = watch;
    return state === 'storage_unavailable' && status.state !== 'ready'
      ? { state, reason: status.reason }
      : { state };
  };
  return createHttp({
    durability: store.durability,
    readiness,
    metrics: createMetrics({
      stats: {
        hub: () => hub.stats(),
        store: () => watch.stats(),
        socket: () => door.stats(),
        backup: () => backups.stats(),
      },
      histograms: { hub: () => hub.histograms(), store: () => store.histograms() },
      build: { version: VERSION, node: process.version, durability: store.durability },
    }),
    api,
    allowedOrigins,
    tls,
    trustsProxy: (address) => proxies.trusts(address),
    onUpgrade: (request, socket, head) => door.handle(request, socket, head),
  });
}
