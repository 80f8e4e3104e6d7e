/**
 * Commands under way, by idempotency key: started lives here, completed is the stored row, failed leaves none. A second
 * request with a key that is still running waits for the first one's answer, for a bounded time.
 */
import type { Timers } from '../../base/clock.js';
import { refuse } from '../../base/refusal.js';
import type { CommandAnswer } from './answer.js';

/** How a command tells its end: one of the two, once. */
export interface RunEnd {
  answered(answer: CommandAnswer): void;
  /** A bug, or I/O of a read. */
  failed(error: unknown): void;
}

class Running implements RunEnd {
  readonly requestHash: string;
  readonly answer: Promise<CommandAnswer>;
  readonly #ended: () => void;
  #resolve: (answer: CommandAnswer) => void = () => {};
  #reject: (error: unknown) => void = () => {};

  constructor(requestHash: string, ended: () => void) {
    this.requestHash = requestHash;
    this.#ended = ended;
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  answered(answer: CommandAnswer): void {
    this.#ended();
    this.#resolve(answer);
  }

  failed(error: unknown): void {
    this.#ended();
    this.#reject(error);
  }
}

const IN_PROGRESS_RETRY_MS = 1_000;

export class RunningCommands {
  readonly #running = new Map<string, Running>();
  readonly #timers: Timers;
  readonly #waitMs: number;

  constructor(timers: Timers, waitMs: number) {
    this.#timers = timers;
    this.#waitMs = waitMs;
  }

  get size(): number {
    return this.#running.size;
  }

  /**
   * Runs `start`, unless the key is running already: the same request gets that one's answer, marked as replayed; another one
   * runs after it, for only its end tells whose the key is.
   */
  once(key: string, requestHash: string, start: (end: RunEnd) => void): Promise<CommandAnswer> {
    const running = this.#running.get(key);
    if (running !== undefined) {
      if (running.requestHash === requestHash) return this.#join(running);
      return this.#behind(running, () => this.once(key, requestHash, start));
    }
    const started = new Running(requestHash, () => this.#running.delete(key));
    this.#running.set(key, started);
    start(started);
    return started.answer;
  }

  async #join(running: Running): Promise<CommandAnswer> {
    const answer = await this.#within(running.answer);
    if (answer.kind !== 'done' || answer.version === null) return answer;
    return { ...answer, replayed: true };
  }

  #behind(running: Running, start: () => Promise<CommandAnswer>): Promise<CommandAnswer> {
    return this.#within(running.answer.then(start, start));
  }

  #within(answer: Promise<CommandAnswer>): Promise<CommandAnswer> {
    return new Promise((resolve, reject) => {
      const cancel = this.#timers.after(this.#waitMs, () => {
        resolve({
          kind: 'refused',
          refusal: refuse('idempotency_in_progress', 'the first request with this key still runs', {
            retryAfterMs: IN_PROGRESS_RETRY_MS,
          }),
        });
      });
      answer.then(resolve, reject).finally(cancel);
    });
  }
}
