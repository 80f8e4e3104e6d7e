/** The hub's side of the archive's thread, which lives only while there is something to do. */
import { Worker } from 'node:worker_threads';
import type { DatabaseFile } from '../sqlite/messages.js';
import type { SegmentWork } from './segment-work.js';

/** The work as the mover asks for it; each rejects where it cannot be done. */
export type SegmentWorker = {
  readonly [M in WorkMethod]: (
    ...values: Parameters<SegmentWork[M]>
  ) => Promise<Awaited<ReturnType<SegmentWork[M]>>>;
};

export type WorkMethod = Exclude<keyof SegmentWork, 'stop'>;

export interface WorkRequest {
  readonly id: number;
  readonly method: WorkMethod;
  readonly values: readonly unknown[];
}

export interface WorkAnswer {
  readonly id: number;
  readonly value: unknown;
  readonly error: string | null;
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

export class ArchiveClient implements SegmentWorker {
  readonly #script: URL;
  readonly #file: DatabaseFile;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | null = null;
  #asked = 0;

  constructor(script: URL, file: DatabaseFile) {
    this.#script = script;
    this.#file = file;
  }

  candidates: SegmentWorker['candidates'] = (...values) => this.#ask('candidates', values);
  plan: SegmentWorker['plan'] = (...values) => this.#ask('plan', values);
  copy: SegmentWorker['copy'] = (...values) => this.#ask('copy', values);
  remove: SegmentWorker['remove'] = (...values) => this.#ask('remove', values);
  rewrite: SegmentWorker['rewrite'] = (...values) => this.#ask('rewrite', values);
  search: SegmentWorker['search'] = (...values) => this.#ask('search', values);
  records: SegmentWorker['records'] = (...values) => this.#ask('records', values);

  /** Ends the thread; the next call starts it again. */
  async end(): Promise<void> {
    const worker = this.#worker;
    if (worker === null) return;
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    worker.postMessage(null);
    await ended;
  }

  #ask<M extends WorkMethod>(
    method: M,
    values: Parameters<SegmentWork[M]>,
  ): Promise<Awaited<ReturnType<SegmentWork[M]>>> {
    this.#worker ??= this.#begin();
    const request: WorkRequest = { id: ++this.#asked, method, values };
    this.#worker.postMessage(request);
    const answered = new Promise((resolve, reject) => {
      this.#waiting.set(request.id, { resolve, reject });
    });
    return answered as Promise<Awaited<ReturnType<SegmentWork[M]>>>;
  }

  #begin(): Worker {
    const worker = new Worker(this.#script, { workerData: this.#file, execArgv: [] });
    let reason = 'the archive thread ended';
    worker.on('message', ({ id, value, error }: WorkAnswer) => {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === null) waiting?.resolve(value);
      else waiting?.reject(new Error(error));
    });
    worker.on('error', (error: unknown) => {
      reason = error instanceof Error ? error.message : String(error);
    });
    worker.on('exit', () => {
      this.#worker = null;
      for (const { reject } of this.#waiting.values()) reject(new Error(reason));
      this.#waiting.clear();
    });
    return worker;
  }
}
