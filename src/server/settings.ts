/** Every setting of the hub: its flag, its default with the reason, and what values it takes. */
import { isAddressOrNetwork } from './proxies.js';
import { LOG_LEVELS, type LogLevel } from './log.js';

export interface Config {
  /** The data directory; made where it is missing. */
  readonly data: string;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly demo: boolean;
  readonly store: 'sqlite' | 'memory';
  readonly durability: 'full' | 'normal';
  readonly allowedOrigins: readonly string[];
  /** PEM files, both or neither. null: plain HTTP. */
  readonly tlsCert: string | null;
  readonly tlsKey: string | null;
  /** Addresses and networks of proxies whose `X-Forwarded-*` headers are believed. */
  readonly trustedProxies: readonly string[];
  readonly logLevel: LogLevel;
  readonly heartbeatMs: number;
  readonly connectionsMax: number;
  readonly commandsPerMinute: number;
  readonly connectionsPerMinutePerIp: number;
  readonly connectionsPerIp: number;
  readonly unauthenticatedPerMinutePerIp: number;
  readonly outboxBytesMax: number;
  /** From the close of a shift to the move of its orders into the archive. */
  readonly archiveAfterHours: number;
  /** From the end of an order to the erasure of its guest's name; 0: never. */
  readonly keepCustomerNamesDays: number;
  /** The same for the notes of the order and its lines. */
  readonly keepNotesDays: number;
  /** Where the hub puts backups of itself; null: it makes none. */
  readonly backupDir: string | null;
  readonly backupEveryHours: number;
  readonly backupKeep: number;
  /** Where errors are reported; null: nowhere. */
  readonly sentryDsn: string | null;
}

export type Reading<T> =
  | { readonly kind: 'value'; readonly value: T }
  /** `must` completes the sentence "it must be …". */
  | { readonly kind: 'fault'; readonly must: string };

export interface Setting<T> {
  /** `--port`; the environment has the same name as EXPEDITOR_PORT. */
  readonly flag: string;
  /** What the value is called in the help; absent: the flag stands alone and means yes. */
  readonly placeholder?: string;
  readonly help: string;
  /** What was given is not repeated when it will not do. */
  readonly secret?: true;
  readonly fallback: T;
  read(text: string): Reading<T>;
}

const value = <T>(of: T): Reading<T> => ({ kind: 'value', value: of });
const fault = (must: string): Reading<never> => ({ kind: 'fault', must });

function integer(min: number, max: number) {
  return (text: string): Reading<number> => {
    const number = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
    return number >= min && number <= max
      ? value(number)
      : fault(`a whole number from ${min} to ${max}`);
  };
}

function oneOf<const Choice extends string>(choices: readonly Choice[]) {
  return (text: string): Reading<Choice> => {
    const choice = choices.find((known) => known === text);
    return choice === undefined ? fault(choices.join(' or ')) : value(choice);
  };
}

function yesOrNo(text: string): Reading<boolean> {
  if (['true', 'yes', '1'].includes(text)) return value(true);
  return ['false', 'no', '0', ''].includes(text) ? value(false) : fault('yes or no');
}

function someText(text: string): Reading<string> {
  return text.trim() === '' ? fault('given') : value(text);
}

function proxies(text: string): Reading<readonly string[]> {
  const list = text.split(',').flatMap((entry) => (entry.trim() === '' ? [] : [entry.trim()]));
  const bad = list.find((entry) => !isAddressOrNetwork(entry));
  return bad === undefined
    ? value(list)
    : fault(
        `a list of addresses or networks like 10.0.0.0/8, with commas between; "${bad}" is none`,
      );
}

function origins(text: string): Reading<readonly string[]> {
  const list = text.split(',').flatMap((entry) => (entry.trim() === '' ? [] : [entry.trim()]));
  const bad = list.find((entry) => !URL.canParse(entry) || new URL(entry).origin !== entry);
  return bad === undefined
    ? value(list)
    : fault(`a list of origins like https://till.example, with commas between; "${bad}" is none`);
}

/** `https://<public key>@<host>/<project number>`, as Sentry gives it. */
function sentryDsn(text: string): Reading<string | null> {
  if (text === '') return value(null);
  const url = URL.canParse(text) ? new URL(text) : null;
  const isDsn =
    url !== null &&
    /^https?:$/.test(url.protocol) &&
    /^\w+$/.test(url.username) &&
    /^\/(?:[\w/-]+\/)?\d+$/.test(url.pathname);
  return isDsn
    ? value(text)
    : fault('a DSN like https://key@sentry.localhost/1, as Sentry shows it');
}

export const SETTINGS: { readonly [Name in keyof Config]: Setting<Config[Name]> } = {
  data: {
    flag: 'data',
    placeholder: 'DIR',
    help: 'directory of the database and the token key',
    fallback: 'data/run',
    read: someText,
  },
  host: {
    flag: 'host',
    placeholder: 'HOST',
    help: 'address to listen on; 0.0.0.0 lets other devices in',
    fallback: '127.0.0.1',
    read: someText,
  },
  port: {
    flag: 'port',
    placeholder: 'N',
    help: 'port to listen on; 0 takes any free one',
    fallback: 8080,
    read: integer(0, 65_535),
  },
  demo: {
    flag: 'demo',
    help: 'begin a new data directory with the demo restaurants',
    fallback: false,
    read: yesOrNo,
  },
  store: {
    flag: 'store',
    placeholder: 'ENGINE',
    help: 'sqlite, or memory, which keeps nothing',
    fallback: 'sqlite',
    read: oneOf(['sqlite', 'memory']),
  },
  durability: {
    flag: 'durability',
    placeholder: 'LEVEL',
    help: 'full: synced before the answer; normal: a power cut may take the last moments',
    fallback: 'full',
    read: oneOf(['full', 'normal']),
  },
  allowedOrigins: {
    flag: 'allowed-origins',
    placeholder: 'LIST',
    help: 'origins of web pages that may connect, besides those of this host',
    fallback: [],
    read: origins,
  },
  tlsCert: {
    flag: 'tls-cert',
    placeholder: 'FILE',
    help: 'certificate (PEM) to speak HTTPS and WSS with; needs --tls-key',
    fallback: null,
    read: someText,
  },
  tlsKey: {
    flag: 'tls-key',
    placeholder: 'FILE',
    help: 'private key (PEM) of the certificate',
    fallback: null,
    read: someText,
  },
  trustedProxies: {
    flag: 'trusted-proxies',
    placeholder: 'LIST',
    help: 'addresses or networks of reverse proxies whose X-Forwarded headers are believed',
    fallback: [],
    read: proxies,
  },
  logLevel: {
    flag: 'log-level',
    placeholder: 'LEVEL',
    help: LOG_LEVELS.join(', '),
    fallback: 'info',
    read: oneOf(LOG_LEVELS),
  },
  heartbeatMs: {
    flag: 'heartbeat-ms',
    placeholder: 'MS',
    help: 'between two heartbeats; no screen may be stale for 10 s without saying so',
    fallback: 5_000,
    read: integer(100, 10_000),
  },
  connectionsMax: {
    flag: 'connections-max',
    placeholder: 'N',
    help: 'connections at once; about 15 KB of memory for each',
    fallback: 10_000,
    read: integer(1, 1_000_000),
  },
  commandsPerMinute: {
    flag: 'commands-per-minute',
    placeholder: 'N',
    help: 'requests of each kind that a device and person may make in a minute',
    fallback: 600_000,
    read: integer(1, 60_000_000),
  },
  connectionsPerMinutePerIp: {
    flag: 'connections-per-minute-per-ip',
    placeholder: 'N',
    help: 'new connections from one address in a minute; a whole chain may be behind one',
    // Two thousand clients behind one address may come back six times in a minute.
    fallback: 12_000,
    read: integer(1, 60_000_000),
  },
  connectionsPerIp: {
    flag: 'connections-per-ip',
    placeholder: 'N',
    help: 'connections from one address at once',
    // All of them: a proxy that --trusted-proxies does not name brings everybody from one address. Less where the hub faces the world.
    fallback: 10_000,
    read: integer(1, 1_000_000),
  },
  unauthenticatedPerMinutePerIp: {
    flag: 'unauthenticated-per-minute-per-ip',
    placeholder: 'N',
    help: 'points of one address in a minute: a request without a token takes 1, a wrong token 10',
    // Ten restaurants behind one address whose tablets all come back at once with tokens that have expired.
    fallback: 6_000,
    read: integer(1, 60_000_000),
  },
  outboxBytesMax: {
    flag: 'outbox-bytes-max',
    placeholder: 'BYTES',
    help: 'unsent changes of one connection; above it they are dropped and fetched anew',
    fallback: 1_048_576,
    read: integer(65_536, 1_073_741_824),
  },
  archiveAfterHours: {
    flag: 'archive-after-hours',
    placeholder: 'N',
    help: 'hours after which orders of closed shifts and their events move into compressed files; 0: at the next run',
    // A refund or a question about yesterday finds its order where it was.
    fallback: 72,
    read: integer(0, 87_600),
  },
  keepCustomerNamesDays: {
    flag: 'keep-customer-names-days',
    placeholder: 'N',
    help: 'days after which the guest’s name is erased from a finished order; 0: never',
    // What a restaurant may keep, and must, is for it to say.
    fallback: 0,
    read: integer(0, 36_500),
  },
  keepNotesDays: {
    flag: 'keep-notes-days',
    placeholder: 'N',
    help: 'days after which the notes of a finished order are erased; 0: never',
    fallback: 0,
    read: integer(0, 36_500),
  },
  backupDir: {
    flag: 'backup-dir',
    placeholder: 'DIR',
    help: 'make backups in this directory, on another disk if there is one; without it none are made',
    fallback: null,
    read: someText,
  },
  backupEveryHours: {
    flag: 'backup-every-hours',
    placeholder: 'N',
    help: 'hours between two backups',
    fallback: 24,
    read: integer(1, 8_760),
  },
  backupKeep: {
    flag: 'backup-keep',
    placeholder: 'N',
    help: 'the newest backups that are kept; older ones are removed after each that succeeded',
    // Two weeks of days.
    fallback: 14,
    read: integer(1, 10_000),
  },
  sentryDsn: {
    flag: 'sentry-dsn',
    placeholder: 'DSN',
    help: 'report errors to this Sentry project; without it nothing is sent anywhere',
    secret: true,
    fallback: null,
    read: sentryDsn,
  },
};

export const SETTING_NAMES = Object.keys(SETTINGS) as (keyof Config)[];
