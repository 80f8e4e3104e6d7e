/** A server that runs: where it is, and how it goes down in order. */
import { systemTimers, type Cancel, type Clock } from '../base/clock.js';
import { systemRandom, uuidV7Source } from '../base/ids.js';
import type { Log } from '../base/log.js';
import type { Hub } from '../hub/hub.js';
import type { Store } from '../store/port.js';
import { FLUSH_WITHIN_MS, type ErrorTracker } from './error-tracking.js';
import type { HttpServer } from './http.js';
import { rotateInTime } from './key-rotation.js';
import { OperatorError } from './operator-error.js';
import { startArchiveRuns } from './archive-runs.js';
import { RetentionRuns } from './retention-runs.js';
import type { Backups } from './scheduled-backups.js';
import type { Config } from './settings.js';
import type { Tokens } from './tokens.js';
import { VERSION } from './version.js';
import type { Door } from './ws/upgrade.js';

/** From the first word of closing: connections that have not taken their last answers by then are cut. */
const CUT_AFTER_MS = 9_000;

export interface RunningServer {
  /** `http://127.0.0.1:8080`; WebSockets are at `/ws` of it. */
  readonly url: string;
  readonly hub: Hub;
  readonly store: Store;
  readonly log: Log;
  readonly tokens: Tokens;
  /** Readiness goes off, commands in flight finish, clients are told and closed with 1012. */
  drain(): Promise<void>;
  /** Drains, then closes everything within 10 s. Idempotent. */
  close(): Promise<void>;
  /** After a bug: cuts every connection and takes no more, so that nothing is answered in a state that nobody knows. */
  cut(): void;
}

export interface ServerParts {
  readonly hub: Hub;
  readonly store: Store;
  readonly door: Door;
  readonly log: Log;
  readonly tracker: ErrorTracker;
  readonly config: Config;
  readonly tokens: Tokens;
  readonly http: HttpServer;
  readonly backups: Backups;
  /** Dates what the hub records. */
  readonly clock: Clock;
}

export class ComposedServer implements RunningServer {
  url = '';
  readonly hub: Hub;
  readonly store: Store;
  readonly log: Log;
  readonly tokens: Tokens;
  readonly #parts: ServerParts;
  #stopRotation: Cancel | undefined;
  #stopArchiveRuns: Cancel | undefined;
  #stopRetention: Cancel | undefined;
  #draining: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  constructor(parts: ServerParts) {
    this.hub = parts.hub;
    this.store = parts.store;
    this.log = parts.log;
    this.tokens = parts.tokens;
    this.#parts = parts;
  }

  async listen(): Promise<void> {
    const { config, http, store, log } = this.#parts;
    const { host, port } = config;
    try {
      const taken = await http.listen(host, port);
      const scheme = config.tlsCert === null ? 'http' : 'https';
      this.url = `${scheme}://${host.includes(':') ? `[${host}]` : host}:${taken}`;
    } catch (error) {
      await this.hub.drain();
      await http.close();
      throw listenFault(error, config);
    }
    this.#stopRotation = rotateInTime(config.data, log);
    this.#parts.backups.start();
    this.#stopArchiveRuns = this.#archiveRuns();
    this.#stopRetention = this.#retention().start();
    const place = store.durability === 'none' ? 'kept in memory alone' : config.data;
    const words = `Expeditor ${VERSION} on ${this.url}, data: ${place}, durability: ${store.durability}`;
    log.info({}, words);
  }

  drain(): Promise<void> {
    this.#draining ??= this.hub.drain();
    return this.#draining;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  #archiveRuns(): Cancel {
    const { config, clock } = this.#parts;
    const { upkeep } = this.store;
    const afterMs = config.archiveAfterHours * 3_600_000;
    return startArchiveRuns({ upkeep, afterMs, clock, timers: systemTimers });
  }

  #retention(): RetentionRuns {
    const { config, clock, log, hub, store } = this.#parts;
    return new RetentionRuns({
      ...{ clock, log, timers: systemTimers, newId: uuidV7Source(clock, systemRandom) },
      ...{ upkeep: store.upkeep, branches: hub.branches },
      keepDays: { customer_name: config.keepCustomerNamesDays, note: config.keepNotesDays },
    });
  }

  cut(): void {
    const { http, door } = this.#parts;
    http.cut();
    door.cutAll();
  }

  async #close(): Promise<void> {
    const { http, door, store, tracker, backups } = this.#parts;
    const cancel = systemTimers.after(CUT_AFTER_MS, () => door.cutAll());
    this.#stopRotation?.();
    this.#stopArchiveRuns?.();
    this.#stopRetention?.();
    await this.drain();
    await http.close();
    cancel();
    await backups.close();
    await store.close();
    await tracker.flush?.(FLUSH_WITHIN_MS);
  }
}

function listenFault(error: unknown, { host, port }: Config): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  const what = `listen on ${host}:${port}`;
  switch (error.code) {
    case 'EADDRINUSE':
      return new OperatorError(
        what,
        'the port is in use',
        'stop what uses it, or give another --port',
      );
    case 'EACCES':
      return new OperatorError(what, 'not allowed', 'give a --port above 1023');
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new OperatorError(what, 'this machine has no such address', 'give another --host');
    default:
      return error;
  }
}
