/**
 * Commands under way, by idempotency key: started lives here, completed is the stored row, failed leaves none. A second
 * request with a key that is still running waits for the first one's answer, for a bounded time.
 */
import type { Timers } from '../../base/clock.js';
import { refuse } from '../../base/refusal.js';
import type { CommandAnswer } from './answer.js';

interface Running {
  readonly requestHash: string;
  answer: Promise<CommandAnswer>;
}

/** Starts a command; `ended` is to be called at its end, whatever that is. */
export type StartCommand = (ended: () => void) => Promise<CommandAnswer>;

const IN_PROGRESS_RETRY_MS = 1_000;
/** Stands for an answer while its command is being started, when nobody can ask for it. */
const NOT_STARTED = new Promise<CommandAnswer>(() => {});

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
  once(key: string, requestHash: string, start: StartCommand): Promise<CommandAnswer> {
    const running = this.#running.get(key);
    if (running !== undefined) {
      if (running.requestHash === requestHash) return this.#join(running);
      return this.#behind(running, () => this.once(key, requestHash, start));
    }
    // In the map before it starts: it may end before it returns.
    const started: Running = { requestHash, answer: NOT_STARTED };
    this.#running.set(key, started);
    started.answer = start(() => this.#running.delete(key));
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
