/** The writer's thread: owns the one connection that writes, and takes whatever is waiting as its next group. */
import type { Database } from 'better-sqlite3';
import { statSync } from 'node:fs';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { assert, assertNever } from '../../base/assert.js';
import { openWriter } from './database.js';
import { StoreOpenError, faultOf, messageOf } from './errors.js';
import { GroupWriter } from './group-writer.js';
import type { CommitItem, FromWriter, ToWriter, WriterStart } from './messages.js';
import { lookUp, secure } from './recover.js';
import { beginRun, endRun } from './run-record.js';

/** Commits that share one transaction; more wait for the next. */
const GROUP_COMMITS_MAX = 256;
/** Pages in the log at which they are copied into the database file (16 MiB). */
const CHECKPOINT_PAGES = 4_000;

assert(parentPort, 'runs as a worker');
const port = parentPort;
const start = workerData as WriterStart;

function post(message: FromWriter): void {
  port.postMessage(message);
}

function serve(database: Database): void {
  const groups = new GroupWriter(database, start.durability);
  const epoch = beginRun(database, start);
  post({ type: 'opened', epoch, heads: groups.versions() });
  port.on('message', (message: ToWriter) => {
    for (let next: ToWriter | null = message; next !== null;) {
      next = handle(database, groups, next);
    }
  });
}

/** Gives the message that it took from the port while it gathered a group, if that has still to be handled. */
function handle(database: Database, groups: GroupWriter, message: ToWriter): ToWriter | null {
  switch (message.type) {
    case 'commits': {
      const items = [...message.items];
      const rest = gather(items);
      for (let from = 0; from < items.length; from += GROUP_COMMITS_MAX) {
        if (!commit(database, groups, items.slice(from, from + GROUP_COMMITS_MAX))) return null;
      }
      return rest;
    }
    case 'recover':
      recover(database, message);
      return null;
    case 'close':
      close(database);
      return null;
    default:
      return assertNever(message);
  }
}

/** Adds what has arrived meanwhile; gives the first message that is something else. */
function gather(items: CommitItem[]): ToWriter | null {
  while (items.length < GROUP_COMMITS_MAX) {
    const received = receiveMessageOnPort(port) as { message: ToWriter } | undefined;
    if (received === undefined) return null;
    if (received.message.type !== 'commits') return received.message;
    items.push(...received.message.items);
  }
  return null;
}

/** False: the store has failed, and this worker is ending. */
function commit(database: Database, groups: GroupWriter, items: readonly CommitItem[]): boolean {
  const result = groups.write(items);
  if (result.kind === 'failed') {
    fail(database, result.reason);
    return false;
  }
  const { outcomes, full, bugs } = result;
  post({ type: 'settled', outcomes, full, bugs, walBytes: walBytes() });
  return checkpoint(database);
}

function checkpoint(database: Database): boolean {
  try {
    const [state] = database.pragma('wal_checkpoint(NOOP)') as { log: number }[];
    if ((state?.log ?? 0) >= CHECKPOINT_PAGES) database.pragma('wal_checkpoint(PASSIVE)');
    return true;
  } catch (error) {
    if (faultOf(error) !== 'disk') return true;
    fail(database, messageOf(error));
    return false;
  }
}

function walBytes(): number {
  return statSync(`${start.path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
}

function recover(database: Database, message: Extract<ToWriter, { type: 'recover' }>): void {
  try {
    secure(database);
    post({ type: 'recovered', outcomes: lookUp(database, message.items, message.settled) });
  } catch (error) {
    fail(database, messageOf(error));
  }
}

function fail(database: Database, reason: string): void {
  try {
    database.close();
  } catch {
    // Its files are opened again by the next worker; what this one could not close ends with it.
  }
  post({ type: 'failed', reason });
  port.close();
}

function close(database: Database): void {
  try {
    endRun(database);
    database.close();
    post({ type: 'closed' });
    port.close();
  } catch (error) {
    fail(database, messageOf(error));
  }
}

try {
  serve(openWriter(start));
} catch (error) {
  const { operation, reason, hint } =
    error instanceof StoreOpenError
      ? error
      : { operation: 'open', reason: messageOf(error), hint: 'check the disk' };
  post({ type: 'open_failed', operation, path: start.path, reason, hint });
  port.close();
}
