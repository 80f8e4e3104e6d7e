/**
 * Keeps the log short and stalls no commit for long. Copying 16 MiB into the file takes 15 ms and more, so another thread
 * does that beside the commits. The log starts over when a commit finds all of it copied: by itself after a quiet moment;
 * under load that never lets up, once the log is long, the copier goes round again until little is left, and the writer
 * copies that little itself.
 */
import type { Database, Statement } from 'better-sqlite3';
import { Worker } from 'node:worker_threads';
import { faultOf, messageOf } from './errors.js';
import type { DatabaseFile } from './messages.js';

/** Pages added to the log at which they are copied (16 MiB). */
const ROUND_PAGES = 4_000;
/** Length of the log at which the writer sees to it that it starts over: what is kept of its file then (64 MiB). */
const RESTART_PAGES = 16_000;
/** Pages not yet copied that the writer copies itself (1 MiB): commits wait for it. */
const REST_PAGES = 250;
/** Rounds that the copier goes to leave no more than that; each is shorter than the one before, unless the disk is slow. */
const CLOSING_ROUNDS_MAX = 4;

export interface CopyResult {
  /** Why the disk can no longer be trusted, or null. */
  readonly failure: string | null;
}

/** In pages; -1: there is no log. */
interface LogState {
  readonly log: number;
  readonly checkpointed: number;
}

export class Checkpointer {
  readonly #look: Statement<[], LogState>;
  readonly #copyRest: Statement<[], LogState>;
  readonly #copier: Worker;
  readonly #onFailure: (reason: string) => void;
  #copying = false;
  /** Length of the log when it was last copied. */
  #lengthBefore = 0;
  #closingRounds = 0;

  constructor(database: Database, file: DatabaseFile, onFailure: (reason: string) => void) {
    this.#look = database.prepare('PRAGMA wal_checkpoint(NOOP)');
    this.#copyRest = database.prepare('PRAGMA wal_checkpoint(PASSIVE)');
    this.#onFailure = onFailure;
    const script = new URL('checkpoint-worker.js', import.meta.url);
    this.#copier = new Worker(script, { workerData: file, execArgv: [] });
    this.#copier.on('message', ({ failure }: CopyResult) => {
      this.#copied(failure);
    });
    this.#copier.on('error', (error: unknown) => {
      onFailure(messageOf(error));
    });
  }

  /** After each group, when its outcomes have left. */
  afterGroup(): void {
    if (this.#copying) return;
    const { log } = stateOf(this.#look);
    const added = log >= this.#lengthBefore ? log - this.#lengthBefore : log;
    if (added >= ROUND_PAGES) this.#copy();
  }

  /** Lets the copier finish and give its connection back. */
  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#copier.once('exit', resolve));
    this.#copier.postMessage(false);
    await ended;
  }

  #copy(): void {
    this.#copying = true;
    this.#copier.postMessage(true);
  }

  #copied(failure: string | null): void {
    if (failure !== null) {
      this.#onFailure(failure);
      return;
    }
    this.#copying = false;
    try {
      const { log, checkpointed } = stateOf(this.#look);
      this.#lengthBefore = log;
      if (log < RESTART_PAGES) return;
      if (log - checkpointed > REST_PAGES && this.#closingRounds < CLOSING_ROUNDS_MAX) {
        this.#closingRounds += 1;
        this.#copy();
        return;
      }
      this.#closingRounds = 0;
      stateOf(this.#copyRest);
    } catch (error) {
      if (faultOf(error) === 'disk') this.#onFailure(messageOf(error));
    }
  }
}

function stateOf(checkpoint: Statement<[], LogState>): LogState {
  return checkpoint.get() ?? { log: -1, checkpointed: -1 };
}
