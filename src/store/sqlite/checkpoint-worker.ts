/** Copies the log into the database file on a thread of its own, while the writer goes on appending. */
import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '../../base/assert.js';
import type { CopyResult } from './checkpointer.js';
import { openCopier } from './database.js';
import { faultOf, messageOf } from './errors.js';
import type { DatabaseFile } from './messages.js';

assert(parentPort, 'runs as a worker');
const port = parentPort;
const database = openCopier(workerData as DatabaseFile);

/** `true`: copy; `false`: end. */
port.on('message', (go: boolean) => {
  if (go) {
    port.postMessage(copy());
    return;
  }
  database.close();
  port.close();
});

function copy(): CopyResult {
  try {
    database.pragma('wal_checkpoint(PASSIVE)');
    return { failure: null };
  } catch (error) {
    // A full disk or a lock leaves the log as it is: the next round tries again.
    return { failure: faultOf(error) === 'disk' ? messageOf(error) : null };
  }
}
