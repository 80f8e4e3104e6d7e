/** The process around a server: stops it in order at SIGTERM or Ctrl-C, never goes on after a bug, and stays small. */
import { setFlagsFromString } from 'node:v8';
import type { Log } from '../base/log.js';
import { FLUSH_WITHIN_MS, type ErrorTracker } from './error-tracking.js';
import type { RunningServer } from './running-server.js';

/** From the signal to the exit, whatever hangs. */
const EXIT_AFTER_MS = 9_800;
/** How far the heap may grow beyond what is alive before all of it is collected; left alone, V8 lets it grow to four times that. */
const HEAP_GROWTH_PERCENT = 100;

/** For every thread. V8 looks at it after each collection, so it holds from the first one on. */
export function boundHeapGrowth(): void {
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWTH_PERCENT}`);
}

/** Ends the process: 0 after an orderly stop, 1 when that took too long, at a second signal, or after a bug. */
export function liveUntilStopped(server: RunningServer): void {
  const { log } = server;
  let stopping = false;
  const stop = (signal: string) => {
    if (stopping) {
      log.warn({ signal }, 'stopped at once by a second signal');
      process.exit(1);
    }
    stopping = true;
    log.info({ signal }, 'going down: finishing what is in flight');
    setTimeout(() => {
      log.error({}, 'something hangs: leaving without it');
      process.exit(1);
    }, EXIT_AFTER_MS).unref();
    server.close().then(
      () => {
        log.info({}, 'stopped in order: clients are told and the store is closed');
        process.exit(0);
      },
      (error: unknown) => {
        // Nobody catches it: `exitOnBugs` ends the process.
        throw error;
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

export interface BugExit {
  readonly log: Log;
  readonly tracker: ErrorTracker;
  /** Ends all that the process answers; called at once. */
  readonly cut: () => void;
}

/**
 * A throw that nobody caught is a bug: the state is unknown, so nothing more is answered, and a fresh process goes on instead. The
 * report of it gets a bounded time to leave.
 */
export function exitOnBugs({ log, tracker, cut }: BugExit): void {
  let ending = false;
  const end = (error: unknown) => {
    log.error({ err: error }, 'a bug, or something that nobody foresaw: the hub ends');
    if (ending || tracker.flush === undefined) process.exit(1);
    ending = true;
    setTimeout(() => process.exit(1), FLUSH_WITHIN_MS);
    cut();
    void tracker.flush(FLUSH_WITHIN_MS).finally(() => process.exit(1));
  };
  process.on('uncaughtException', end);
  process.on('unhandledRejection', end);
}
