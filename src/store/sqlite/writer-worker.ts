/** The writer's thread: owns the one connection that writes, and takes whatever is waiting as its next group. */
import type { Database, Statement } from 'better-sqlite3';
import { statSync } from 'node:fs';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { assert, assertNever } from '../../base/assert.js';
import { checkEventRanges, checkSegments } from '../archive/check-segments.js';
import { backUpBefore } from '../migrations/backup-before.js';
import { Checkpointer } from './checkpointer.js';
import { openWriter } from './database.js';
import { faultOf, messageOf, StoreOpenError } from './errors.js';
import { GroupWriter } from './group-writer.js';
import { KeyExpiry } from './key-expiry.js';
import type { CommitItem, FromWriter, ToWriter, WriterStart } from './messages.js';
import { lookUp, secure } from './recover.js';
import { expectFile, findRollback } from './roll-back.js';
import { beginRun, endRun } from './run-record.js';
import { taskHandlers } from './tasks/handlers.js';
import { TaskRunner } from './tasks/task-runner.js';

/** Commits that share one transaction; more wait for the next. */
const GROUP_COMMITS_MAX = 256;

assert(parentPort, 'runs as a worker');
const port = parentPort;
const start = workerData as WriterStart;

function post(message: FromWriter): void {
  port.postMessage(message);
}

function walBytes(): number {
  return statSync(`${start.path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
}

class WriterService {
  readonly #database: Database;
  readonly #groups: GroupWriter;
  readonly #checkpointer: Checkpointer;
  readonly #expiry: KeyExpiry;
  readonly #tasks: TaskRunner;
  readonly #dataVersion: Statement<[]>;
  #lastDataVersion: number;
  #failed = false;

  constructor(database: Database) {
    this.#database = database;
    this.#dataVersion = database.prepare<[]>('PRAGMA data_version').pluck();
    this.#lastDataVersion = this.#dataVersion.get() as number;
    this.#groups = new GroupWriter(database, start.durability);
    if (!start.reopening) checkSegments(database);
    const rolledBack = findRollback(database, start);
    if (!start.reopening) checkEventRanges(database);
    const epoch = beginRun(database, start, rolledBack !== null);
    this.#checkpointer = new Checkpointer(database, start, (reason) => {
      this.#fail(reason);
    });
    this.#expiry = this.#expiring();
    this.#tasks = new TaskRunner(database, start.durability, taskHandlers(database));
    post({ type: 'opened', epoch, heads: this.#groups.versions(), rolledBack });
  }

  #expiring(): KeyExpiry {
    return new KeyExpiry(this.#database, {
      durability: start.durability,
      onExpired: (keys) => {
        post({ type: 'expired', keys });
        this.#checkpointer.afterGroup();
      },
      onError: (error) => {
        if (faultOf(error) === 'disk') this.#fail(messageOf(error));
      },
    });
  }

  hear(message: ToWriter): void {
    for (let next: ToWriter | null = message; next !== null && !this.#failed;) {
      next = this.#handle(next);
    }
  }

  /** Gives the message that it took from the port while it gathered a group, if that has still to be handled. */
  #handle(message: ToWriter): ToWriter | null {
    switch (message.type) {
      case 'commits': {
        const items = [...message.items];
        const rest = this.#gather(items);
        for (let from = 0; from < items.length && !this.#failed; from += GROUP_COMMITS_MAX) {
          this.#commit(items.slice(from, from + GROUP_COMMITS_MAX));
        }
        return rest;
      }
      case 'recover':
        this.#recover(message);
        return null;
      case 'heads':
        post({ type: 'heads', heads: this.#groups.movedHeads() });
        return null;
      case 'look':
        this.#look();
        return null;
      case 'expire':
        this.#expiry.begin(message.now);
        return null;
      case 'task':
        this.#runTask(message);
        return null;
      case 'close':
        void this.#close();
        return null;
      default:
        return assertNever(message);
    }
  }

  /** Adds what has arrived meanwhile; gives the first message that is something else. */
  #gather(items: CommitItem[]): ToWriter | null {
    while (items.length < GROUP_COMMITS_MAX) {
      const received = receiveMessageOnPort(port) as { message: ToWriter } | undefined;
      if (received === undefined) return null;
      if (received.message.type !== 'commits') return received.message;
      items.push(...received.message.items);
    }
    return null;
  }

  #commit(items: readonly CommitItem[]): void {
    try {
      const result = this.#groups.write(items);
      if (result.kind === 'failed') {
        this.#fail(result.reason);
        return;
      }
      const { outcomes, full, bugs, spent } = result;
      post({ type: 'settled', outcomes, full, bugs, walBytes: walBytes(), spent });
      this.#checkpointer.afterGroup();
    } catch (error) {
      this.#fail(messageOf(error));
    }
  }

  #runTask({ id, task }: Extract<ToWriter, { type: 'task' }>): void {
    try {
      post({ type: 'task_done', id, outcome: this.#tasks.run(task) });
      this.#checkpointer.afterGroup();
    } catch (error) {
      this.#fail(messageOf(error));
    }
  }

  #recover({ items, settled }: Extract<ToWriter, { type: 'recover' }>): void {
    try {
      secure(this.#database);
      post({ type: 'recovered', outcomes: lookUp(this.#database, items, settled) });
    } catch (error) {
      this.#fail(messageOf(error));
    }
  }

  #look(): void {
    try {
      const present = this.#dataVersion.get() as number;
      post({ type: 'looked', changed: present !== this.#lastDataVersion });
      this.#lastDataVersion = present;
    } catch (error) {
      this.#fail(messageOf(error));
    }
  }

  /** The hub ends this worker when it hears that; until then nothing more is written. */
  #fail(reason: string): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#expiry.stop();
    try {
      this.#database.close();
    } catch {
      // Its files are opened again by the next worker; what this one could not close ends with it.
    }
    post({ type: 'failed', reason });
  }

  async #close(): Promise<void> {
    try {
      this.#expiry.stop();
      await this.#checkpointer.close();
      endRun(this.#database);
      this.#database.close();
      post({ type: 'closed' });
      port.close();
    } catch (error) {
      this.#fail(messageOf(error));
    }
  }
}

/** A start that is refused leaves no connection behind. */
function open(): WriterService {
  expectFile(start);
  const database = openWriter(start, {
    before(of, version) {
      const copy = backUpBefore(of, version, start.startedAt);
      post({ type: 'upgrading', step: `the database is copied to ${copy} before its upgrade` });
    },
    done(version, name) {
      post({ type: 'upgrading', step: `the database is at version ${String(version)} (${name})` });
    },
  });
  try {
    return new WriterService(database);
  } catch (error) {
    database.close();
    throw error;
  }
}

try {
  const service = open();
  port.on('message', (message: ToWriter) => {
    service.hear(message);
  });
} catch (error) {
  const { operation, path, reason, hint } =
    error instanceof StoreOpenError
      ? error
      : {
          ...{ operation: 'open', path: start.path },
          ...{ reason: messageOf(error), hint: 'check the disk' },
        };
  post({ type: 'open_failed', operation, path, reason, hint });
  port.close();
}
