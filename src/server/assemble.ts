/** Puts the hub together on an open store: first branches, hub, HTTP and WebSockets. */
import type { IncomingMessage } from 'node:http';
import type { ApiContext } from '../api/context.js';
import { createIdentity } from '../api/identity/identity.js';
import { systemClock, systemTimers, type Clock } from '../base/clock.js';
import { systemRandom, uuidV7Source } from '../base/ids.js';
import type { Log } from '../base/log.js';
import { openHub } from '../hub/open.js';
import type { HubLimits } from '../hub/options.js';
import type { Store } from '../store/port.js';
import type { ErrorTracker } from './error-tracking.js';
import { createHttp, type HttpServer, type Readiness } from './http.js';
import { createMetrics } from './metrics.js';
import type { TrustedProxies } from './proxies.js';
import { ComposedServer, type RunningServer } from './running-server.js';
import { noBackups, ScheduledBackups, type Backups } from './scheduled-backups.js';
import { loadOrSeed } from './seeding.js';
import type { Config } from './settings.js';
import { StoreWatch } from './store-watch.js';
import type { TlsFiles } from './tls.js';
import { openTokenKeys } from './token-key.js';
import { openTokens } from './tokens.js';
import { VERSION } from './version.js';
import { frameMessage } from './ws/frame.js';
import { openDoor, type Door } from './ws/upgrade.js';

/** Of what a replay or a test brings in place of the real world. */
export interface PartsGiven {
  /** Where the compiled worker scripts are; default: beside this program's own files. */
  readonly workerDirectory?: URL;
  readonly limits?: Partial<HubLimits>;
  /** false, for recorded days whose clock leaps: no shift is rolled over, whatever the branches' settings say. */
  readonly rollover?: boolean;
}

export interface Parts extends PartsGiven {
  /** Open. */
  readonly store: Store;
  readonly clock: Clock;
  readonly tokenClock: Clock;
  readonly tracker: ErrorTracker;
  readonly log: Log;
  readonly tls: TlsFiles | null;
  readonly proxies: TrustedProxies;
}

/** Resolves when it listens; what rejects leaves the store to the caller. */
export async function assemble(config: Config, parts: Parts): Promise<RunningServer> {
  const { store, clock, tokenClock, log, tls, proxies, workerDirectory } = parts;
  const newId = uuidV7Source(systemClock, systemRandom);
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
    limits: { ...limitsOf(config), ...parts.limits },
    ...(parts.rollover === undefined ? {} : { rollover: parts.rollover }),
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
  const backups = scheduleBackups(config, log, workerDirectory);
  const http = serve(api, { door, allowedOrigins, tls, proxies, backups });
  const { tracker } = parts;
  const server = new ComposedServer({
    ...{ config, hub, store, log, tracker, tokens, door, http, backups, clock },
  });
  await server.listen();
  return server;
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
