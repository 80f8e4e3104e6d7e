/**
 * Keeps the log short and stalls few commits for it. Copying 16 MiB into the file takes 15 ms and more, so another thread
 * does that beside the commits. The log starts over when a commit finds all of it copied: by itself after a quiet moment;
 * under load that never lets up the writer copies the last bit itself once the log is long.
 */
import type { Database } from 'better-sqlite3';
import { Worker } from 'node:worker_threads';
import { faultOf, messageOf } from './errors.js';
import type { DatabaseFile } from './messages.js';

/** Pages added to the log at which they are copied (16 MiB). */
const ROUND_PAGES = 4_000;
/** Length of the log at which the writer sees to it that it starts over: what is kept of its file then (64 MiB). */
const RESTART_PAGES = 16_000;

export interface CopyResult {
  /** Why the disk can no longer be trusted, or null. */
  readonly failure: string | null;
}

export class Checkpointer {
  readonly #database: Database;
  readonly #copier: Worker;
  readonly #onFailure: (reason: string) => void;
  #copying = false;
  /** Length of the log when it was last copied. */
  #lengthBefore = 0;

  constructor(database: Database, file: DatabaseFile, onFailure: (reason: string) => void) {
    this.#database = database;
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
    const length = this.#length('NOOP');
    const added = length >= this.#lengthBefore ? length - this.#lengthBefore : length;
    if (added < ROUND_PAGES) return;
    this.#copying = true;
    this.#copier.postMessage(true);
  }

  /** Lets the copier finish and give its connection back. */
  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#copier.once('exit', resolve));
    this.#copier.postMessage(false);
    await ended;
  }

  /** The log's length in pages, after copying what `mode` says: nothing, or all that no reader needs. */
  #length(mode: 'NOOP' | 'PASSIVE'): number {
    const [state] = this.#database.pragma(`wal_checkpoint(${mode})`) as { log: number }[];
    return state?.log ?? 0;
  }

  #copied(failure: string | null): void {
    if (failure !== null) {
      this.#onFailure(failure);
      return;
    }
    try {
      this.#lengthBefore = this.#length('NOOP');
      if (this.#lengthBefore >= RESTART_PAGES) this.#length('PASSIVE');
    } catch (error) {
      if (faultOf(error) === 'disk') this.#onFailure(messageOf(error));
    }
    this.#copying = false;
  }
}
