/** The log: one JSON line for each entry, or readable lines on a terminal. Tokens and secrets never get into it. */
import { Writable } from 'node:stream';
import { pino, type DestinationStream } from 'pino';
import pinoPretty from 'pino-pretty';
import type { Log } from '../base/log.js';
import { correlation } from '../hub/correlation.js';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LogOptions {
  readonly level: LogLevel;
  /** Readable lines instead of JSON. */
  readonly pretty: boolean;
  /** Where lines go; default: standard output, synchronously, so that the last words before an exit are not lost. */
  readonly destination?: DestinationStream;
}

const SECRET_FIELDS = [
  'token',
  'secret',
  'authorization',
  'cookie',
  'password',
  'pin',
  'sentryDsn',
];
/** A signed token, wherever in a line it stands. */
const SIGNED_TOKEN = /\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g;
const HIDDEN = '[hidden]';

export function createLog({ level, pretty, destination }: LogOptions): Log {
  const sink = destination ?? pino.destination({ fd: 1, sync: true });
  const options = {
    level,
    base: { pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]),
      censor: HIDDEN,
    },
    mixin() {
      const correlationId = correlation();
      return correlationId === undefined ? {} : { correlationId };
    },
    hooks: { streamWrite: (line: string) => line.replace(SIGNED_TOKEN, HIDDEN) },
  };
  return pino(options, pretty ? readable(sink) : sink);
}

function readable(destination: DestinationStream): DestinationStream {
  return pinoPretty({
    sync: true,
    colorize: true,
    ignore: 'pid',
    destination: streamTo(destination),
  });
}

function streamTo(destination: DestinationStream) {
  return new Writable({
    write(line: Buffer, _encoding, done) {
      destination.write(line.toString());
      done();
    },
  });
}
