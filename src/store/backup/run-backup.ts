/** A backup from the outside: a promise, and how far it is. */
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { StoreOpenError, messageOf } from '../sqlite/errors.js';
import { PART_ENDING, backupName } from './backup-name.js';
import type { FromBackup } from './backup-worker.js';
import type { BackupMade, BackupOptions, BackupProgress } from './write-backup.js';

export interface RunBackupOptions extends BackupOptions {
  /** Where the compiled worker script is, with a slash at the end. Default: beside this file. */
  readonly workerDirectory?: URL;
  readonly onProgress?: (progress: BackupProgress) => void;
  /** Gives it up; what was begun is taken away. */
  readonly signal?: AbortSignal;
}

/** SQLite copies without a word; how far it is shows in the size of the copy. */
const LOOK_EVERY_MS = 250;

/** Rejects with StoreOpenError; then nothing stands under the name. */
export function runBackup(options: RunBackupOptions): Promise<BackupMade> {
  const {
    workerDirectory = new URL('./', import.meta.url),
    onProgress,
    signal,
    ...given
  } = options;
  const tell = onProgress ?? (() => undefined);
  const workerData: BackupOptions = { ...given, to: resolve(given.to) };
  const worker = new Worker(new URL('backup-worker.js', workerDirectory), {
    workerData,
    execArgv: [],
  });
  const giveUp = (): void => void worker.terminate();
  signal?.addEventListener('abort', giveUp);
  let copying: BackupProgress | null = null;
  const look = setInterval(() => {
    const found = statSync(`${workerData.to}.db${PART_ENDING}`, { throwIfNoEntry: false });
    if (copying !== null && found !== undefined) {
      tell({ ...copying, done: Math.min(found.size, copying.total) });
    }
  }, LOOK_EVERY_MS);
  return new Promise<BackupMade>((settle, reject) => {
    worker.on('message', (message: FromBackup) => {
      if (message.type === 'progress') {
        copying = message.progress.step === 'copy' ? message.progress : null;
        tell(message.progress);
      } else if (message.type === 'made') settle(message.made);
      else reject(new StoreOpenError(message.failure));
    });
    const broke = (error: unknown): void => {
      const hint = 'report it with the log';
      const failure = { operation: 'back up to', path: workerData.to, hint };
      reject(new StoreOpenError({ ...failure, reason: messageOf(error) }));
    };
    worker.on('error', broke);
    worker.on('exit', (code) => {
      if (signal?.aborted === true) removeParts(workerData.to);
      broke(`its thread ended with code ${String(code)}`);
    });
  }).finally(() => {
    clearInterval(look);
    signal?.removeEventListener('abort', giveUp);
  });
}

function removeParts(to: string): void {
  for (const part of [`${to}.db${PART_ENDING}`, to + PART_ENDING]) rmSync(part, { force: true });
}

/** `to` itself where it ends in .tar, else a file in that directory, which is made (0700), named by the time. */
export function backupPath(to: string, at: number): string {
  try {
    if (to.endsWith('.tar') && statSync(to, { throwIfNoEntry: false })?.isDirectory() !== true) {
      return resolve(to);
    }
    mkdirSync(to, { recursive: true, mode: 0o700 });
    return resolve(join(to, backupName(at)));
  } catch (error) {
    throw new StoreOpenError({
      operation: 'back up to',
      path: to,
      reason: messageOf(error),
      hint: 'give a directory that may be written, or a file whose name ends in .tar',
    });
  }
}
