/**
 * Renews the token of a live connection before its end, in place (`auth`): it asks for a fresh one in good time, again with
 * back-off where that fails, until the old one's end. What comes of that is the connection's matter: the hub closes it, and the
 * next one begins with a fresh token.
 */
import type { AckMessage, AuthMessage, ErrorMessage } from '../../protocol/messages.js';
import { backoffMs } from './backoff.js';
import type { ElapsedClock } from './elapsed-clock.js';
import type { HubClock } from './hub-clock.js';
import { tokenTimes } from './token-times.js';
import type { Tokens } from './tokens.js';

/** The part of a token's life that passes before it is renewed; the jitter comes before that. */
const RENEW_AT = 0.8;
const JITTER = 0.1;
/** From asking for a token to having it, and from `auth` to its answer, in milliseconds. */
const ANSWER_WAIT_MS = 10_000;
/** Between two renewals, in milliseconds, however short a token's life is. */
const GAP_MS = 10_000;

type Step =
  | { readonly kind: 'idle' }
  /** By the hub's clock. */
  | { readonly kind: 'planned'; readonly atMs: number; readonly endMs: number }
  | { readonly kind: 'asking'; readonly sinceMs: number; readonly endMs: number }
  | {
      readonly kind: 'sent';
      readonly sinceMs: number;
      readonly endMs: number;
      readonly id: string;
      readonly token: string;
    };

export interface RenewalOptions {
  readonly tokens: Tokens;
  readonly hubClock: HubClock;
  readonly elapsed: ElapsedClock;
  readonly random: () => number;
  readonly send: (message: AuthMessage) => void;
  /** A person asked for it, and the hub does not take the token in place: it is for a new connection. */
  readonly refused: (token: string) => void;
}

export class Renewal {
  readonly #options: RenewalOptions;
  #step: Step = { kind: 'idle' };
  /** In force on the present connection. */
  #token: string | null = null;
  #failures = 0;
  #count = 0;
  /** Asked for by a person, who is to see what comes of it. */
  #byPerson = false;

  constructor(options: RenewalOptions) {
    this.#options = options;
  }

  /** The connection is live with this token. */
  begin(token: string, notBeforeMs = 0): void {
    const { tokens, hubClock, random } = this.#options;
    this.#token = token;
    this.#failures = 0;
    this.#byPerson = false;
    const times = tokens.renewable ? tokenTimes(token) : null;
    if (times === null) {
      this.#step = { kind: 'idle' };
      return;
    }
    const { issuedAtMs, expiresAtMs: endMs } = times;
    const bornMs = issuedAtMs ?? hubClock.now();
    const dueMs = bornMs + (endMs - bornMs) * (RENEW_AT - JITTER * random());
    this.#step = { kind: 'planned', atMs: Math.max(dueMs, notBeforeMs), endMs };
  }

  /** The token in force; null: no connection is live. */
  get token(): string | null {
    return this.#token;
  }

  /** The connection is gone. */
  end(): void {
    this.#token = null;
    this.#step = { kind: 'idle' };
  }

  /** At once, because a person wants it. */
  now(): void {
    this.#byPerson = true;
    this.#ask(this.#step.kind === 'idle' ? Infinity : this.#step.endMs);
  }

  /** To be called often. */
  look(): void {
    const { hubClock, elapsed, tokens } = this.#options;
    const step = this.#step;
    switch (step.kind) {
      case 'idle':
        return;
      case 'planned':
        if (hubClock.now() >= step.endMs) this.#step = { kind: 'idle' };
        else if (hubClock.now() >= step.atMs) this.#ask(step.endMs);
        return;
      case 'asking':
      case 'sent':
        if (elapsed.nowMs() - step.sinceMs < ANSWER_WAIT_MS) return;
        tokens.forget();
        this.#failed(step.endMs);
    }
  }

  /** Whether the answer was for an `auth` of this. */
  answered(message: AckMessage | ErrorMessage): boolean {
    const step = this.#step;
    if (step.kind !== 'sent' || message.id !== step.id) return false;
    const { hubClock, refused } = this.#options;
    if (message.type === 'ack') this.begin(step.token, hubClock.now() + GAP_MS);
    else if (this.#byPerson && !message.retryable) refused(step.token);
    // The old token holds until its end: another subject's is refused, and a later answer may be better.
    else this.#failed(step.endMs);
    return true;
  }

  #ask(endMs: number): void {
    const { tokens, elapsed, send } = this.#options;
    this.#step = { kind: 'asking', sinceMs: elapsed.nowMs(), endMs };
    tokens.ask({
      given: (token) => {
        if (token === this.#token && !this.#byPerson) {
          this.#failed(endMs);
          return;
        }
        this.#count += 1;
        const id = `auth-${this.#count}`;
        this.#step = { kind: 'sent', sinceMs: elapsed.nowMs(), endMs, id, token };
        send({ type: 'auth', id, token });
      },
      failed: () => {
        this.#failed(endMs);
      },
    });
  }

  #failed(endMs: number): void {
    const { hubClock, random } = this.#options;
    const atMs = hubClock.now() + backoffMs(this.#failures, random);
    this.#failures += 1;
    this.#step = { kind: 'planned', atMs, endMs };
  }
}
