/**
 * Errors that somebody should look at, told to whoever tracks them: a hook of the program that embeds the hub, or a Sentry server
 * when its DSN is configured. Without either nothing leaves the process. What is sent is listed in docs/operations.md.
 */
import type {
  Event,
  ServerRuntimeClientOptions,
  StackFrame,
  StackParser,
} from '@sentry/core/server';
import type { Timers } from '../base/clock.js';
import type { Log, LogFields } from '../base/log.js';
import { scrubbed } from './scrub.js';

/** What is known of an error beside itself; nothing of it comes from a payload. */
export interface ErrorFields {
  /** What went wrong, as the log says it. */
  readonly message: string;
  readonly version: string;
  /** Of the request or message that was being handled. */
  readonly correlationId?: string;
  /** The command or query that was being carried out. */
  readonly command?: string;
}

export interface ErrorTracker {
  /**
   * Takes note of an error. Called in the middle of the hub's work: it must return at once and not throw. The error is as it was
   * thrown; its message may quote data, so it must be cleaned before it goes anywhere.
   */
  report(error: Error, fields: ErrorFields): void;
  /** Resolves when what was reported has been sent, after `withinMs` at the latest; never rejects. Absent: nothing waits. */
  flush?(withinMs: number): Promise<void>;
}

/** Before the process ends: how long what was reported may take to leave. */
export const FLUSH_WITHIN_MS = 2_000;

export interface TrackedLogOptions {
  readonly log: Log;
  readonly tracker: ErrorTracker;
  readonly version: string;
  /** The id of what is being handled; undefined: nothing is. */
  readonly correlation: () => string | undefined;
}

/** A log whose errors are reported too: each entry of level `error` with an `err`. */
export function trackedLog({ log, tracker, version, correlation }: TrackedLogOptions): Log {
  const report = ({ err, command, query }: LogFields, message: string): void => {
    const correlationId = correlation();
    const name = typeof command === 'string' ? command : query;
    const error = err instanceof Error ? err : new Error('something that is no error was thrown');
    try {
      tracker.report(error, {
        message,
        version,
        ...(correlationId !== undefined && { correlationId }),
        ...(typeof name === 'string' && { command: name }),
      });
    } catch (fault) {
      log.warn({ fault: String(fault) }, 'the error tracker threw: the error is in this log alone');
    }
  };
  return {
    debug: (fields, message) => {
      log.debug(fields, message);
    },
    info: (fields, message) => {
      log.info(fields, message);
    },
    warn: (fields, message) => {
      log.warn(fields, message);
    },
    error: (fields, message) => {
      log.error(fields, message);
      if ('err' in fields) report(fields, message);
    },
  };
}

/** Reports on their way; more are dropped. */
const WAITING_MAX = 32;
/** An error that comes all the time says no more for being told a thousand times. */
const REPORTS_PER_MINUTE_MAX = 60;
const MINUTE_MS = 60_000;
const ANSWER_WAIT_MS = 5_000;
/** What Sentry takes of a tag. */
const TAG_CHARACTERS_MAX = 200;

/** An id that the hub made, or a UUID that a client did; the message's number behind it. */
const OWN_ID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}(?:\.\d+)?$/;

/** Loads Sentry's client, which is not even read without a DSN. It patches nothing and traces nothing. */
export async function sentryTracker(dsn: string, timers: Timers): Promise<ErrorTracker> {
  const sentry = await import('@sentry/core/server');
  const stackParser = sentry.createStackParser(sentry.nodeStackLineParser());
  const options: ServerRuntimeClientOptions = {
    dsn,
    integrations: [],
    stackParser,
    platform: 'node',
    sendClientReports: false,
    transport: ({ url, recordDroppedEvent }) =>
      sentry.createTransport({ recordDroppedEvent, bufferSize: WAITING_MAX }, ({ body }) =>
        post(url, body),
      ),
  };
  const client = new sentry.ServerRuntimeClient(options);
  let from = timers.monotonicMs();
  let inMinute = 0;
  const mayReport = (): boolean => {
    const now = timers.monotonicMs();
    if (now - from >= MINUTE_MS) {
      from = now;
      inMinute = 0;
    }
    inMinute += 1;
    return inMinute <= REPORTS_PER_MINUTE_MAX;
  };
  return {
    report(error, fields) {
      if (!mayReport()) return;
      client.captureEvent(eventOf(error, fields, stackParser), {}, new sentry.Scope());
    },
    async flush(withinMs) {
      await client.flush(withinMs);
    },
  };
}

async function post(url: string, body: string | Uint8Array) {
  const signal = AbortSignal.timeout(ANSWER_WAIT_MS);
  const sent = typeof body === 'string' ? body : Buffer.from(body);
  const response = await fetch(url, { method: 'POST', body: sent, redirect: 'error', signal });
  await response.arrayBuffer();
  const { headers, status } = response;
  return {
    statusCode: status,
    headers: {
      'x-sentry-rate-limits': headers.get('x-sentry-rate-limits'),
      'retry-after': headers.get('retry-after'),
    },
  };
}

/** Made of what is named here and nothing else: no payload, no person, no machine. */
function eventOf(error: Error, fields: ErrorFields, parse: StackParser): Event {
  const { message, version, correlationId, command } = fields;
  const tag = (text: string) => scrubbed(text).slice(0, TAG_CHARACTERS_MAX);
  // The message stands in the stack too, and what it quotes could look like a frame.
  const frames = parse((error.stack ?? '').replace(error.message, ''));
  return {
    level: 'error',
    platform: 'node',
    release: `expeditor@${version}`,
    environment: 'production',
    tags: {
      version,
      doing: tag(message),
      ...(correlationId !== undefined && {
        correlation_id: OWN_ID.test(correlationId) ? correlationId : tag(correlationId),
      }),
      ...(command !== undefined && { command: tag(command) }),
    },
    exception: {
      values: [
        {
          type: tag(error.name),
          value: scrubbed(error.message),
          stacktrace: { frames: frames.map(plainFrame) },
          mechanism: { type: 'generic', handled: true },
        },
      ],
    },
  };
}

/** Where the program is installed can name a person: paths begin at the package. */
function plainFrame({
  filename = '',
  lineno,
  colno,
  in_app: inApp,
  ...frame
}: StackFrame): StackFrame {
  const place = filename.replace(/^.*\/(?=(?:dist|src|node_modules)\/)/, '');
  return {
    filename: place.startsWith('/') ? '[elsewhere]' : place,
    function: frame.function ?? '?',
    ...(lineno !== undefined && { lineno }),
    ...(colno !== undefined && { colno }),
    ...(inApp !== undefined && { in_app: inApp }),
  };
}
