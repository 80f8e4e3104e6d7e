/** The hub's side of the reader worker: a promise for each read. A reader that dies is started again by the next read. */
import { Worker } from 'node:worker_threads';
import type { Log } from '../../base/log.js';
import type { DatabaseFile } from './messages.js';
import type { Reader } from './reads.js';

type Method = {
  [M in keyof Reader]: Reader[M] extends (...values: never[]) => unknown ? M : never;
}[keyof Reader];

export interface ReadRequest {
  readonly id: number;
  readonly method: Method;
  readonly values: readonly unknown[];
}

export interface ReadAnswer {
  readonly id: number;
  readonly value: unknown;
  readonly error: string | null;
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Reads that wait for the reader; more are refused at once. */
const READS_WAITING_MAX = 10_000;

export class ReadClient {
  readonly #script: URL;
  readonly #file: DatabaseFile;
  readonly #log: Log;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | null = null;
  #reads = 0;
  #closed = false;

  constructor(script: URL, file: DatabaseFile, log: Log) {
    this.#script = script;
    this.#file = file;
    this.#log = log;
  }

  get reads(): number {
    return this.#reads;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** Rejects when the reader fails or is closed. */
  read<M extends Method>(
    method: M,
    ...values: Parameters<Reader[M]>
  ): Promise<Awaited<ReturnType<Reader[M]>>> {
    if (this.#closed) return Promise.reject(new Error('the store is closed'));
    if (this.#waiting.size >= READS_WAITING_MAX) {
      return Promise.reject(new Error(`${String(READS_WAITING_MAX)} reads are waiting`));
    }
    this.#worker ??= this.#start();
    this.#reads += 1;
    const request: ReadRequest = { id: this.#reads, method, values };
    const answered = new Promise((resolve, reject) => {
      this.#waiting.set(request.id, { resolve, reject });
    });
    this.#worker.postMessage(request);
    return answered as Promise<Awaited<ReturnType<Reader[M]>>>;
  }

  /** Answers what was asked before, then ends. */
  async close(): Promise<void> {
    this.#closed = true;
    const worker = this.#worker;
    if (worker === null) return;
    const ended = new Promise<void>((resolve) => {
      worker.once('exit', () => {
        resolve();
      });
    });
    worker.postMessage(null);
    await ended;
  }

  #start(): Worker {
    const worker = new Worker(this.#script, { workerData: this.#file, execArgv: [] });
    worker.on('message', ({ id, value, error }: ReadAnswer) => {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === null) waiting?.resolve(value);
      else waiting?.reject(new Error(`the read failed: ${error}`));
    });
    worker.on('error', (error: unknown) => {
      this.#log.error({ error }, 'the reader worker broke');
    });
    worker.on('exit', () => {
      if (this.#worker !== worker) return;
      this.#worker = null;
      for (const { reject } of this.#waiting.values()) reject(new Error('the reader ended'));
      this.#waiting.clear();
    });
    return worker;
  }
}
