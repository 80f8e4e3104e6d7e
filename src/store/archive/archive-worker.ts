/** The archive's thread: SegmentWork on a connection of its own, one call at a time. */
import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '../../base/assert.js';
import { openReader } from '../sqlite/database.js';
import { messageOf } from '../sqlite/errors.js';
import type { DatabaseFile } from '../sqlite/messages.js';
import type { WorkAnswer, WorkRequest } from './archive-client.js';
import { SegmentWork } from './segment-work.js';

assert(parentPort, 'runs as a worker');
const port = parentPort;
const file = workerData as DatabaseFile;
const database = openReader(file);
const work = new SegmentWork({ database, databasePath: file.path });
const methods = work as unknown as Readonly<
  Record<WorkRequest['method'], (...values: readonly unknown[]) => unknown>
>;
let working: Promise<void> = Promise.resolve();

/** `null`: end, as soon as what is under way rests. */
port.on('message', (request: WorkRequest | null) => {
  if (request === null) work.stop();
  working = working.then(() => (request === null ? end() : answer(request)));
});

async function answer({ id, method, values }: WorkRequest): Promise<void> {
  try {
    post({ id, value: await methods[method](...values), error: null });
  } catch (error) {
    post({ id, value: null, error: messageOf(error) });
  }
}

function post(message: WorkAnswer): void {
  port.postMessage(message);
}

function end(): void {
  database.close();
  port.close();
}
