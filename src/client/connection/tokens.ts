/** Where tokens come from: a text given once, or a function that may fail, hang or answer late, and is asked again. */

import type { ElapsedClock } from './elapsed-clock.js';

/** A token that nobody waited for serves for so long, in milliseconds; after that a fresh one is asked for. */
const SPARE_MAX_MS = 60_000;

/** Asked before each connection, and before a token that tells its end comes to it. It may reject as often as it likes. */
export type TokenSource = () => Promise<string>;

export interface TokenAsker {
  given(token: string): void;
  failed(reason: string): void;
}

export class Tokens {
  #source: string | TokenSource;
  /** Hears of the newest ask. */
  #asker: TokenAsker | null = null;
  /** Asks are numbered from 1: an answer counts unless a later ask was answered before. */
  #asked = 0;
  #answered = 0;
  /** The hub's verdict: it is not shown again. */
  #refused: string | null = null;
  /** Came when nobody waited any more, or from a person: it serves the next ask, so that a slow source serves at all. */
  #spare: { readonly token: string; readonly atMs: number } | null = null;
  readonly #elapsed: ElapsedClock;

  constructor(source: string | TokenSource, elapsed: ElapsedClock) {
    this.#source = source;
    this.#elapsed = elapsed;
  }

  /** Whether another token than the present one may be had. */
  get renewable(): boolean {
    return typeof this.#source === 'function';
  }

  /** Whoever asked before hears nothing more. */
  ask(asker: TokenAsker): void {
    this.#asker = null;
    const token = this.#takeSpare() ?? this.#source;
    if (typeof token === 'string') asker.given(token);
    else {
      this.#asker = asker;
      this.#fetch(token);
    }
  }

  /** Nobody waits for the answer any more. */
  forget(): void {
    this.#asker = null;
  }

  refused(token: string): void {
    this.#refused = token;
  }

  /** One that a person brought: it counts before all that was asked for. */
  put(token: string): void {
    this.#asker = null;
    this.#answered = this.#asked;
    this.#refused = null;
    if (typeof this.#source === 'string') this.#source = token;
    else this.#keepSpare(token);
  }

  #keepSpare(token: string): void {
    this.#spare = { token, atMs: this.#elapsed.nowMs() };
  }

  #takeSpare(): string | null {
    const spare = this.#spare;
    this.#spare = null;
    if (spare === null || this.#elapsed.nowMs() - spare.atMs >= SPARE_MAX_MS) return null;
    return spare.token;
  }

  #fetch(source: TokenSource): void {
    this.#asked += 1;
    const ask = this.#asked;
    const failed = (cause: unknown): void => {
      if (ask !== this.#asked) return;
      this.#fail(`no token: ${cause instanceof Error ? cause.message : String(cause)}`);
    };
    try {
      source().then((token) => {
        this.#answer(ask, token);
      }, failed);
    } catch (cause) {
      failed(cause);
    }
  }

  #answer(ask: number, token: string): void {
    if (ask <= this.#answered) return;
    this.#answered = ask;
    const asker = this.#asker;
    if (token === this.#refused) this.#fail('the token is refused');
    else if (asker === null) this.#keepSpare(token);
    else {
      this.#asker = null;
      asker.given(token);
    }
  }

  #fail(reason: string): void {
    const asker = this.#asker;
    this.#asker = null;
    asker?.failed(reason);
  }
}
