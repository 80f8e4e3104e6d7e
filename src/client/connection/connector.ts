/**
 * Keeps a client connected: opens, greets, notices silence, and comes back with back-off for ever, unless a close code ends
 * the matter. A token that cannot be fetched, or that was refused, is asked for again and again in the same way.
 */
import type { Cancel } from '../../base/clock.js';
import { CLOSE, shouldReconnect } from '../../protocol/close-codes.js';
import type { ClientMessage, HubMessage, WelcomeMessage } from '../../protocol/messages.js';
import type { ClientParts } from '../options.js';
import { ElapsedClock } from './elapsed-clock.js';
import { HubClock } from './hub-clock.js';
import { ABNORMAL, Link } from './link.js';
import { Pulse, STALE_MS } from './pulse.js';
import { Renewal } from './renewal.js';
import { Retries } from './retries.js';
import type { ConnectionState } from './state.js';
import { StateTeller, type Phase } from './state-teller.js';
import { Tokens } from './tokens.js';

/** From asking for a token to having it, and from opening a socket to its `welcome`. */
const ANSWER_WAIT_MS = 10_000;
/** How often silence is looked at. */
const LOOK_MS = 250;
/** When nothing ran for so long, the machine slept or the page was frozen: longer than heartbeats are apart, which run in a hidden page too. */
const ASLEEP_MS = 7_000;
/** At a wake, a hub that was heard since is there; any other is pinged. */
const JUST_HEARD_MS = 2_000;
/** What a fresh token mends; a `hello` that was too slow for a bad network is worth another one. */
const NEEDS_TOKEN: ReadonlySet<number> = new Set([CLOSE.unauthenticated, CLOSE.helloTimeout]);

export interface ConnectorEvents {
  /** Told last, when all the others have been; `Connector.state` is the new one in each of them. */
  state(state: ConnectionState): void;
  /** A new link is live. */
  connected(welcome: WelcomeMessage): void;
  /** The link that was live is gone. */
  disconnected(): void;
  /** It will not come back by itself. `code` null: `close()` was called. */
  ended(code: number | null, reason: string): void;
  /** Every message but `welcome` and `pong`. */
  message(message: HubMessage): void;
  /** The hub has been silent for `STALE_MS`, or is heard again after that. Told while a link is live. */
  inTouch(inTouch: boolean): void;
}

export class Connector {
  readonly hubClock: HubClock;
  readonly #parts: ClientParts;
  readonly #events: ConnectorEvents;
  readonly #elapsed: ElapsedClock;
  readonly #pulse: Pulse;
  readonly #tokens: Tokens;
  readonly #retries: Retries;
  readonly #renewal: Renewal;
  readonly #teller: StateTeller;
  #link: Link | null = null;
  #pings = 0;
  #sessionId: string | null = null;
  /** The token in the newest `hello`. */
  #shown = '';
  /** When the present step began: asking for a token, opening, being live. */
  #startedMs = 0;
  #lookedMs = 0;
  #cancelWait: Cancel = () => undefined;
  #cancelLooks: Cancel = () => undefined;

  constructor(parts: ClientParts, events: ConnectorEvents) {
    this.#parts = parts;
    this.#events = events;
    this.#elapsed = new ElapsedClock(parts);
    this.hubClock = new HubClock(parts.clock, this.#elapsed);
    this.#pulse = new Pulse(this.#elapsed);
    this.#tokens = new Tokens(parts.token, this.#elapsed);
    this.#retries = new Retries(this.#elapsed, parts.random);
    this.#renewal = new Renewal({
      tokens: this.#tokens,
      hubClock: this.hubClock,
      elapsed: this.#elapsed,
      random: parts.random,
      send: (message) => {
        this.send(message);
      },
      refused: (token) => {
        this.#tokens.put(token);
        this.#begin();
      },
    });
    this.#teller = new StateTeller(
      { elapsed: this.#elapsed, pulse: this.#pulse, hubClock: this.hubClock },
      (state) => {
        events.state(state);
      },
    );
  }

  get state(): ConnectionState {
    return this.#teller.state;
  }

  get silentMs(): number | null {
    return this.#pulse.ageMs;
  }

  /** To be called once, when the owner is ready to be told. */
  start(): void {
    this.#watch();
    this.#connect();
  }

  send(message: ClientMessage): void {
    this.#link?.send(message);
  }

  sendBytes(bytes: Uint8Array): void {
    this.#link?.sendBytes(bytes);
  }

  /** Tries at once: out of `refused`, or instead of waiting. Otherwise, and after `close()`, nothing. */
  connect(): void {
    const { phase } = this.#teller;
    if (phase.kind === 'refused') {
      this.#watch();
      this.#begin();
    } else if (phase.kind === 'offline' && phase.nextTryAtMs !== null) this.#connect();
  }

  /** Takes the token, or else asks for a fresh one: in place while a link is live, else for a connection at once. */
  renew(token: string | undefined): void {
    const { kind } = this.#teller.phase;
    if (token !== undefined) this.#tokens.put(token);
    if (kind === 'live' || kind === 'stale') this.#renewal.now();
    else if (kind === 'connecting') this.#begin();
    else this.connect();
  }

  close(): void {
    const { phase } = this.#teller;
    if (phase.kind === 'offline' && phase.nextTryAtMs === null) return;
    const reason = 'closed by its owner';
    this.#link?.drop(CLOSE.done, reason);
    this.#end(null, { kind: 'offline', reason, attempt: this.#retries.attempt, nextTryAtMs: null });
  }

  #watch(): void {
    const { timers, watchWake } = this.#parts;
    this.#lookedMs = this.#elapsed.nowMs();
    const cancelTimer = timers.every(LOOK_MS, () => {
      this.#look();
    });
    const cancelWake = watchWake(() => {
      this.#look();
      this.#woke(false);
    });
    this.#cancelLooks = () => {
      cancelTimer();
      cancelWake();
    };
  }

  /** Anew, and not with the session that another connection may go on with, or that was another subject's. */
  #begin(): void {
    this.#sessionId = null;
    this.#retries.begin();
    this.#link?.drop(CLOSE.done, 'begins anew');
    this.#connect();
  }

  #end(code: number | null, phase: Phase & { readonly reason: string }): void {
    this.#cancelWait();
    this.#cancelLooks();
    this.#leave(phase, () => {
      this.#events.ended(code, phase.reason);
    });
  }

  #connect(): void {
    this.#cancelWait();
    this.#startedMs = this.#elapsed.nowMs();
    const phase: Phase = { kind: 'connecting', attempt: this.#retries.attempt };
    this.#leave(phase, () => undefined);
    // Whoever was told may have closed it.
    if (this.#teller.phase !== phase) return;
    this.#tokens.ask({
      given: (token) => {
        this.#open(token);
      },
      failed: (reason) => {
        this.#lost(ABNORMAL, reason);
      },
    });
  }

  #open(token: string): void {
    const { openSocket, url, encoding, client } = this.#parts;
    this.#startedMs = this.#elapsed.nowMs();
    this.#retries.opened();
    const session = this.#sessionId === null ? {} : { sessionId: this.#sessionId };
    const hello = { type: 'hello' as const, id: 'hello', token, client, ...session };
    this.#shown = token;
    this.#link = new Link(
      { openSocket, url, encoding, hello },
      {
        arrived: () => {
          this.#look();
        },
        message: (message) => {
          this.#received(message);
        },
        closed: (code, reason) => {
          if (code === CLOSE.unauthenticated) this.#tokens.refused(this.#renewal.token ?? token);
          this.#lost(code, reason);
        },
      },
    );
  }

  #received(message: HubMessage): void {
    const { type } = message;
    if (type === 'welcome') {
      this.#welcomed(message);
      return;
    }
    if (type === 'notice') this.#retries.askedToWait(message.retryAfterMs);
    // A snapshot's time is no measure: one snapshot serves all who ask for it.
    const isTime = type === 'heartbeat' || type === 'pong';
    if (this.#pulse.heard(type === 'pong' ? message.id : undefined)) {
      if (isTime) this.hubClock.heard(message.serverTime);
      this.#backInTouch();
    }
    if (type === 'pong') return;
    if ((type === 'ack' || type === 'error') && this.#renewal.answered(message)) return;
    this.#events.message(message);
  }

  #welcomed(welcome: WelcomeMessage): void {
    this.#sessionId = welcome.sessionId;
    this.#startedMs = this.#elapsed.nowMs();
    this.#pulse.begin(welcome.heartbeatMs);
    this.hubClock.heard(welcome.serverTime);
    this.#renewal.begin(this.#shown);
    this.#teller.enter({ kind: 'live', welcome }, () => {
      this.#events.connected(welcome);
    });
  }

  #backInTouch(): void {
    const { phase } = this.#teller;
    if (phase.kind !== 'stale') return;
    this.#teller.enter({ kind: 'live', welcome: phase.welcome }, () => {
      this.#events.inTouch(true);
    });
  }

  /** Before anything else is believed: at each tick, and before each message. */
  #look(): void {
    const now = this.#elapsed.nowMs();
    const slept = now - this.#lookedMs >= ASLEEP_MS;
    this.#lookedMs = now;
    if (slept) this.#woke(true);
    const { phase } = this.#teller;
    switch (phase.kind) {
      case 'connecting':
        if (now - this.#startedMs >= ANSWER_WAIT_MS) this.#giveUp(this.#waitedFor());
        break;
      case 'live':
      case 'stale':
        this.#judge(phase);
        this.#renewal.look();
        break;
      case 'offline':
        // A timer that stood still while the machine slept would come late.
        if (phase.nextTryAtMs !== null && now >= phase.nextTryAtMs) this.#connect();
        break;
      case 'refused':
    }
    this.#teller.tick();
  }

  #judge({ kind, welcome }: Phase & { readonly kind: 'live' | 'stale' }): void {
    const { verdict } = this.#pulse;
    if (verdict === 'dead') this.#giveUp('the hub is silent');
    else if (verdict === 'stale' && kind === 'live') {
      this.#teller.enter({ kind: 'stale', welcome }, () => {
        this.#events.inTouch(false);
      });
    }
  }

  /** The moment to be quick. `slept`: nothing ran for a while, so what comes now may be of before. */
  #woke(slept: boolean): void {
    const { phase } = this.#teller;
    switch (phase.kind) {
      case 'live':
      case 'stale': {
        const silentMs = this.#pulse.ageMs ?? 0;
        if (silentMs < JUST_HEARD_MS) return;
        this.#pings += 1;
        const id = `ping-${this.#pings}`;
        this.#pulse.doubt(id, slept && silentMs >= STALE_MS);
        this.send({ type: 'ping', id });
        return;
      }
      case 'offline':
        this.#trySooner(phase);
        return;
      case 'connecting':
      case 'refused':
    }
  }

  #trySooner(phase: Phase & { readonly kind: 'offline' }): void {
    const atMs = this.#elapsed.nowMs() + this.#retries.soonMs();
    if (phase.nextTryAtMs !== null && atMs < phase.nextTryAtMs) {
      this.#wait({ ...phase, nextTryAtMs: atMs });
    }
  }

  #waitedFor(): string {
    return this.#link === null ? 'no token in time' : 'no welcome in time';
  }

  #giveUp(reason: string): void {
    this.#link?.drop(CLOSE.done, reason);
    this.#lost(ABNORMAL, reason);
  }

  #lost(code: number, reason: string): void {
    if (!shouldReconnect(code) && !(NEEDS_TOKEN.has(code) && this.#tokens.renewable)) {
      this.#end(code, { kind: 'refused', code, reason });
      return;
    }
    const { attempt, delayMs } = this.#retries.lost(code, this.#livedMs());
    this.#parts.log.info({ code, reason, delayMs, attempt }, 'not connected, will try again');
    const nextTryAtMs = this.#elapsed.nowMs() + delayMs;
    const why = reason === '' ? String(code) : reason;
    this.#wait({ kind: 'offline', attempt, reason: why, nextTryAtMs });
  }

  #livedMs(): number {
    const { kind } = this.#teller.phase;
    return kind === 'live' || kind === 'stale' ? this.#elapsed.nowMs() - this.#startedMs : 0;
  }

  #wait(phase: Phase & { readonly kind: 'offline' }): void {
    this.#cancelWait();
    const delayMs = (phase.nextTryAtMs ?? 0) - this.#elapsed.nowMs();
    this.#cancelWait = this.#parts.timers.after(delayMs, () => {
      this.#connect();
    });
    this.#leave(phase, () => undefined);
  }

  /** Into a state without a link. Everything is as it will be before anyone is told. */
  #leave(phase: Phase, tell: () => void): void {
    const { kind } = this.#teller.phase;
    this.#link = null;
    this.#tokens.forget();
    this.#renewal.end();
    this.#teller.enter(phase, () => {
      if (kind === 'live' || kind === 'stale') this.#events.disconnected();
      tell();
    });
  }
}
