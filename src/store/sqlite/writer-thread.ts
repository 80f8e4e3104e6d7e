/** The writer's worker as a thread that is posted to, heard, and known to have ended. */
import { Worker } from 'node:worker_threads';
import type { FromWriter, ToWriter, WriterStart } from './messages.js';
import type { Writer } from './write-queue.js';

/** The writer keeps next to nothing of a group: more would only be filled with garbage before it is collected. */
const YOUNG_GENERATION_MB = 12;

export class WriterThread implements Writer {
  readonly #worker: Worker;
  #broke: string | null = null;

  constructor(script: URL, start: WriterStart) {
    const resourceLimits = { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB };
    this.#worker = new Worker(script, { workerData: start, execArgv: [], resourceLimits });
    this.#worker.on('error', (error: unknown) => {
      this.#broke = error instanceof Error ? error.message : String(error);
    });
  }

  post(message: ToWriter): void {
    this.#worker.postMessage(message);
  }

  onMessage(listener: (message: FromWriter) => void): void {
    this.#worker.on('message', listener);
  }

  /** `reason`: why it ended, in a word for the operator. */
  onEnd(listener: (reason: string) => void): void {
    this.#worker.on('exit', (code) => {
      listener(this.#broke ?? `the writer ended with code ${String(code)}`);
    });
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}
