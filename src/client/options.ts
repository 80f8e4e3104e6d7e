/** What a client is made of. */
import { systemClock, systemTimers, type Clock, type Timers } from '../base/clock.js';
import { silentLog, type Log } from '../base/log.js';
import { uuidV7Source, type NewId } from '../base/ids.js';
import type { Encoding } from '../protocol/messages.js';
import type { Leadership } from './queue/leadership.js';
import type { OpenOffline } from './queue/offline.js';
import type { ClientStorage } from './storage/storage.js';
import { globalSocket, type OpenSocket } from './connection/socket.js';
import type { TokenSource } from './connection/tokens.js';
import { globalWake, type WatchWake } from './connection/wake.js';

export interface ClientOptions {
  /** `ws://host:8080/ws`, or wss. */
  readonly url: string;
  /** A function is asked for a fresh one before each connection, and before the present one's end. It may fail as often as it likes. */
  readonly token: string | TokenSource;
  /** Default msgpack. */
  readonly encoding?: Encoding;
  /** What the hub's lists and logs call this client. */
  readonly clientName?: string;
  readonly clientVersion?: string;
  /** Default: the global WebSocket; on Node, over the package ws. */
  readonly socket?: OpenSocket;
  /** Tells when to look at once how the connection stands. Default: the browser's `online`, `pageshow` and `visibilitychange`. */
  readonly wake?: WatchWake;
  /**
   * Where the queue, leased numbers and the last known state are kept. Default: nowhere, and there is no queue. Until the hub is
   * heard, whoever starts a client on it sees what it showed last: logins that shall not see each other's get one each.
   */
  readonly storage?: ClientStorage;
  /**
   * `offlineQueue`: the client has a queue in its storage, and goes on without its hub. A kitchen screen, which has no use for it, does not
   * download it. Default: on Node `offlineQueue`, in browsers none.
   */
  readonly offline?: OpenOffline;
  /** Which of the clients that share the storage sends the queue. Default: one of the pages that hold it open; else this client. */
  readonly leadership?: Leadership;
  /** Order numbers kept ready for orders that are opened offline, 0 to 200; default 20. They need `storage`. */
  readonly numbersReady?: number;
  readonly timers?: Timers;
  readonly clock?: Clock;
  /** In [0, 1), for jitter. */
  readonly random?: () => number;
  /** Makes keys for commands that are given none. */
  readonly newId?: NewId;
  readonly log?: Log;
}

export interface ClientParts {
  readonly url: string;
  readonly token: string | TokenSource;
  readonly encoding: Encoding;
  readonly client: { readonly name: string; readonly version: string };
  readonly openSocket: OpenSocket;
  readonly watchWake: WatchWake;
  readonly storage: ClientStorage | null;
  readonly openOffline: OpenOffline | null;
  /** null: as the storage is shared. */
  readonly leadership: Leadership | null;
  readonly numbersReady: number;
  readonly timers: Timers;
  readonly clock: Clock;
  readonly random: () => number;
  readonly newId: NewId;
  readonly log: Log;
}

/** Evenly spread in [0, 1), from the platform's source. */
function systemFraction(): number {
  const [word = 0] = globalThis.crypto.getRandomValues(new Uint32Array(1));
  return word / 2 ** 32;
}

/** As many orders as a busy till opens in a quarter of an hour. */
const NUMBERS_READY = 20;

export function clientParts(options: ClientOptions): ClientParts {
  const clock = options.clock ?? systemClock;
  return {
    url: options.url,
    token: options.token,
    encoding: options.encoding ?? 'msgpack',
    client: {
      name: options.clientName ?? 'expeditor client',
      version: options.clientVersion ?? '0.1.0',
    },
    openSocket: options.socket ?? globalSocket,
    watchWake: options.wake ?? globalWake,
    storage: options.storage ?? null,
    openOffline: options.offline ?? null,
    leadership: options.leadership ?? null,
    numbersReady: options.numbersReady ?? NUMBERS_READY,
    timers: options.timers ?? systemTimers,
    clock,
    random: options.random ?? systemFraction,
    newId: options.newId ?? uuidV7Source(clock),
    log: options.log ?? silentLog,
  };
}
