/** The log: one JSON line for each entry, or readable lines on a terminal. Tokens, secrets and card data never get into it. */
import { Writable } from 'node:stream';
import { pino, type DestinationStream } from 'pino';
import pinoPretty from 'pino-pretty';
import type { Log } from '../base/log.js';
import { correlation } from '../hub/correlation.js';
import { scrubLine } from './log-line.js';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LogOptions {
  readonly level: LogLevel;
  /** Readable lines instead of JSON. */
  readonly pretty: boolean;
  /** Where lines go; default: standard output, synchronously, so that the last words before an exit are not lost. */
  readonly destination?: DestinationStream;
}

export function createLog({ level, pretty, destination }: LogOptions): Log {
  const sink = destination ?? pino.destination({ fd: 1, sync: true });
  const options = {
    level,
    base: { pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    mixin() {
      const correlationId = correlation();
      return correlationId === undefined ? {} : { correlationId };
    },
    hooks: { streamWrite: scrubLine },
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
