/**
 * Keeps a client connected: opens, greets, notices silence, and comes back with back-off for ever, unless a close code ends
 * the matter. A token that cannot be fetched, or that was refused, is asked for again and again in the same way.
 */
import type { Cancel } from '../../base/clock.js';
import { CLOSE, shouldReconnect } from '../../protocol/close-codes.js';
import type { ClientMessage, HubMessage, WelcomeMessage } from '../../protocol/messages.js';
import { backoffMs } from './backoff.js';
import { Link } from './link.js';
import type { ClientParts } from '../options.js';
import type { ClientState } from './state.js';

/** From opening a socket to its `welcome`. */
const WELCOME_WAIT_MS = 10_000;
/** Without a word from the hub for so long, what is shown counts as stale. */
export const STALE_MS = 10_000;
/** Without a word for so long the connection counts as dead, whatever the socket says. */
const SILENCE_MAX_MS = 15_000;
/** How often silence is looked at. */
const LOOK_MS = 1_000;
/** A connection that lived for so long was good: the next back-off begins from the start. */
const GOOD_MS = 5_000;
/** What a connection that was given up counts as. */
const ABNORMAL = 1006;

export interface ConnectorEvents {
  state(state: ClientState): void;
  /** Every message but `welcome`. */
  message(message: HubMessage): void;
  /** The hub has been silent for `STALE_MS`, or is heard again after that. */
  inTouch(inTouch: boolean): void;
}

export class Connector {
  readonly #parts: ClientParts;
  readonly #events: ConnectorEvents;
  #state: ClientState = { kind: 'connecting', attempt: 0 };
  #link: Link | null = null;
  #attempt = 0;
  /** Names the present try; what belongs to an older one is passed over. */
  #round = 0;
  #sessionId: string | null = null;
  #refusedToken: string | null = null;
  /** What the hub asked for in its last notice. */
  #retryAfterMs = 0;
  #startedMs = 0;
  #heardMs: number | null = null;
  #inTouch = true;
  #cancelWait: Cancel = () => undefined;
  readonly #cancelLook: Cancel;

  constructor(parts: ClientParts, events: ConnectorEvents) {
    this.#parts = parts;
    this.#events = events;
    this.#cancelLook = parts.timers.every(LOOK_MS, () => {
      this.#look();
    });
  }

  get state(): ClientState {
    return this.#state;
  }

  /** Milliseconds since anything was heard of the hub; null: never. */
  get silentMs(): number | null {
    return this.#heardMs === null ? null : this.#parts.timers.monotonicMs() - this.#heardMs;
  }

  /** To be called once, when the owner is ready to be told. */
  start(): void {
    this.#connect();
  }

  send(message: ClientMessage): void {
    this.#link?.send(message);
  }

  sendBytes(bytes: Uint8Array): void {
    this.#link?.sendBytes(bytes);
  }

  close(): void {
    this.#end(null, 'closed by its owner');
  }

  #connect(): void {
    this.#round += 1;
    this.#startedMs = this.#parts.timers.monotonicMs();
    this.#enter({ kind: 'connecting', attempt: this.#attempt });
    const { token } = this.#parts;
    if (typeof token === 'string') this.#open(token);
    else this.#fetchToken(token);
  }

  #fetchToken(fetch: () => Promise<string>): void {
    const round = this.#round;
    const settle = (then: () => void): void => {
      if (round === this.#round && this.#state.kind === 'connecting') then();
    };
    fetch().then(
      (token) => {
        settle(() => {
          if (token === this.#refusedToken) this.#lost(CLOSE.overloaded, 'the token is refused');
          else this.#open(token);
        });
      },
      (cause: unknown) => {
        settle(() => {
          const reason = cause instanceof Error ? cause.message : String(cause);
          this.#lost(CLOSE.overloaded, `no token: ${reason}`);
        });
      },
    );
  }

  #open(token: string): void {
    const { openSocket, url, encoding, client } = this.#parts;
    const sessionId = this.#sessionId;
    const hello = {
      type: 'hello' as const,
      id: 'hello',
      token,
      client,
      ...(sessionId === null ? {} : { sessionId }),
    };
    this.#link = new Link(
      { openSocket, url, encoding, hello },
      {
        message: (message) => {
          this.#received(message);
        },
        closed: (code, reason) => {
          if (code === CLOSE.unauthenticated) this.#refusedToken = token;
          this.#lost(code, reason);
        },
      },
    );
  }

  #received(message: HubMessage): void {
    this.#heardMs = this.#parts.timers.monotonicMs();
    if (!this.#inTouch) this.#tellInTouch(true);
    if (message.type === 'welcome') this.#welcomed(message);
    else {
      if (message.type === 'notice') this.#retryAfterMs = message.retryAfterMs ?? 0;
      this.#events.message(message);
    }
  }

  #welcomed(welcome: WelcomeMessage): void {
    this.#sessionId = welcome.sessionId;
    this.#inTouch = true;
    this.#startedMs = this.#parts.timers.monotonicMs();
    this.#enter({ kind: 'live', welcome });
  }

  #look(): void {
    const now = this.#parts.timers.monotonicMs();
    if (this.#state.kind === 'connecting' && now - this.#startedMs >= WELCOME_WAIT_MS) {
      this.#giveUp('no welcome in time');
    } else if (this.#state.kind === 'live' && this.#heardMs !== null) {
      const silentMs = now - this.#heardMs;
      if (silentMs >= SILENCE_MAX_MS) this.#giveUp('the hub is silent');
      else if (silentMs >= STALE_MS && this.#inTouch) this.#tellInTouch(false);
    }
  }

  #giveUp(reason: string): void {
    this.#link?.drop(CLOSE.done, reason);
    this.#lost(ABNORMAL, reason);
  }

  #lost(code: number, reason: string): void {
    this.#link = null;
    const freshToken = code === CLOSE.unauthenticated && typeof this.#parts.token === 'function';
    if (!shouldReconnect(code) && !freshToken) {
      this.#end(code, reason);
      return;
    }
    const { timers, random, log } = this.#parts;
    const wasGood =
      this.#state.kind === 'live' && timers.monotonicMs() - this.#startedMs >= GOOD_MS;
    const attempt = wasGood ? 0 : this.#attempt;
    const delayMs = backoffMs(attempt, random, this.#retryAfterMs);
    this.#attempt = attempt + 1;
    this.#retryAfterMs = 0;
    log.info({ code, reason, delayMs, attempt }, 'not connected, will try again');
    this.#enter({
      kind: 'waiting',
      attempt,
      delayMs,
      reason: reason === '' ? String(code) : reason,
    });
    this.#cancelWait = timers.after(delayMs, () => {
      this.#connect();
    });
  }

  #end(code: number | null, reason: string): void {
    if (this.#state.kind === 'ended') return;
    this.#round += 1;
    this.#cancelWait();
    this.#cancelLook();
    this.#link?.drop(CLOSE.done, reason);
    this.#link = null;
    this.#enter({ kind: 'ended', code, reason });
  }

  #tellInTouch(inTouch: boolean): void {
    this.#inTouch = inTouch;
    this.#events.inTouch(inTouch);
  }

  #enter(state: ClientState): void {
    this.#state = state;
    this.#events.state(state);
  }
}
