/** Makes one backup on a thread of its own, behind everything else that the machine has to do. */
import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '../../base/assert.js';
import { StoreOpenError, messageOf, type OpenFailure } from '../sqlite/errors.js';
import {
  writeBackup,
  type BackupMade,
  type BackupOptions,
  type BackupProgress,
} from './write-backup.js';

export type FromBackup =
  | { readonly type: 'progress'; readonly progress: BackupProgress }
  | { readonly type: 'made'; readonly made: BackupMade }
  | { readonly type: 'failed'; readonly failure: OpenFailure };

assert(parentPort, 'runs as a worker');
const port = parentPort;

function post(message: FromBackup): void {
  port.postMessage(message);
}

// On Linux this is the thread's own; elsewhere it would be that of the whole process.
if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_LOW);
try {
  const made = writeBackup(workerData as BackupOptions, (progress) => {
    post({ type: 'progress', progress });
  });
  post({ type: 'made', made });
} catch (error) {
  if (error instanceof StoreOpenError) {
    const { operation, path, reason, hint } = error;
    post({ type: 'failed', failure: { operation, path, reason, hint } });
  } else {
    const reason = messageOf(error);
    post({
      type: 'failed',
      failure: { operation: 'back up', path: '', reason, hint: 'report it' },
    });
  }
}
