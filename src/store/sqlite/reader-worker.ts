/** The reader's thread: answers reads on a connection of its own, beside the writer. Long ones let others in between. */
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
const reader = new Reader(database);
const reads = reader as unknown as Readonly<
  Record<ReadRequest['method'], (...values: readonly unknown[]) => unknown>
>;
/** Long reads that are under way. */
const reading = new Set<Promise<void>>();

port.on('message', (request: ReadRequest | null) => {
  if (request === null) {
    void close();
    return;
  }
  const { id, method, values } = request;
  try {
    const value = reads[method](...values);
    if (value instanceof Promise) readOn(id, value);
    else post({ id, value, error: null });
  } catch (error) {
    post({ id, value: null, error: messageOf(error) });
  }
});

function readOn(id: number, value: Promise<unknown>): void {
  const read = value
    .then(
      (found) => {
        post({ id, value: found, error: null });
      },
      (error: unknown) => {
        post({ id, value: null, error: messageOf(error) });
      },
    )
    .finally(() => {
      reading.delete(read);
    });
  reading.add(read);
}

function post(answer: ReadAnswer): void {
  port.postMessage(answer);
}

async function close(): Promise<void> {
  await Promise.all(reading);
  database.close();
  port.close();
}
