/** The reader's thread: answers one read after the other on a connection of its own, beside the writer. */
import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '../../base/assert.js';
import { openReader } from './database.js';
import { messageOf } from './errors.js';
import type { DatabaseFile } from './messages.js';
import type { ReadAnswer, ReadRequest } from './read-client.js';
import { Reader } from './reads.js';

assert(parentPort, 'runs as a worker');
const port = parentPort;
const database = openReader(workerData as DatabaseFile);
const reads = new Reader(database) as unknown as Readonly<
  Record<ReadRequest['method'], (...values: readonly unknown[]) => unknown>
>;

port.on('message', (request: ReadRequest | null) => {
  if (request === null) {
    database.close();
    port.close();
    return;
  }
  port.postMessage(answer(request));
});

function answer({ id, method, values }: ReadRequest): ReadAnswer {
  try {
    return { id, value: reads[method](...values), error: null };
  } catch (error) {
    return { id, value: null, error: messageOf(error) };
  }
}
