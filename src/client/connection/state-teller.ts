/** Keeps the one observable value of a connection: made anew when something in it is worth showing, and told then. */
import type { WelcomeMessage } from '../../protocol/messages.js';
import type { ElapsedClock } from './elapsed-clock.js';
import type { HubClock } from './hub-clock.js';
import type { Pulse } from './pulse.js';
import type { ConnectionState } from './state.js';

/** A state as the connector holds it: moments instead of ages. */
export type Phase =
  | { readonly kind: 'connecting'; readonly attempt: number }
  | { readonly kind: 'live' | 'stale'; readonly welcome: WelcomeMessage }
  | {
      readonly kind: 'offline';
      readonly reason: string;
      readonly attempt: number;
      /** On the elapsed clock. */
      readonly nextTryAtMs: number | null;
    }
  | { readonly kind: 'refused'; readonly code: number; readonly reason: string };

/** A silence below this is nothing to show: heartbeats come every 5 s. */
const QUIET_MS = 6_000;
/** Ages are told anew this often. */
const TELL_MS = 1_000;
/** A clock that moved by less is nothing to tell. */
const OFFSET_MOVED_MS = 250;

export interface Measures {
  readonly elapsed: ElapsedClock;
  readonly pulse: Pulse;
  readonly hubClock: HubClock;
}

export class StateTeller {
  readonly #measures: Measures;
  readonly #tell: (state: ConnectionState) => void;
  #phase: Phase = { kind: 'connecting', attempt: 0 };
  #state: ConnectionState;
  #toldMs: number;

  constructor(measures: Measures, tell: (state: ConnectionState) => void) {
    this.#measures = measures;
    this.#tell = tell;
    this.#toldMs = measures.elapsed.nowMs();
    this.#state = this.#now();
  }

  get phase(): Phase {
    return this.#phase;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** `first` is told, with the new state already in force, before those who watch the state. */
  enter(phase: Phase, first: () => void = () => undefined): void {
    this.#phase = phase;
    this.#renew();
    first();
    this.#tell(this.#state);
  }

  /** Tells ages anew, at most once a second, while they are worth showing. */
  tick(): void {
    const { elapsed } = this.#measures;
    if (elapsed.nowMs() - this.#toldMs >= TELL_MS && this.#isWorthTelling()) {
      this.#renew();
      this.#tell(this.#state);
    }
  }

  #isWorthTelling(): boolean {
    const { pulse, hubClock } = this.#measures;
    if (this.#phase.kind !== 'live') return true;
    const { heardAgeMs, clockOffsetMs } = this.#state;
    // Once more after the silence, so that no old age stays on the screen.
    if ((pulse.ageMs ?? 0) >= QUIET_MS || (heardAgeMs ?? 0) >= QUIET_MS) return true;
    return Math.abs((hubClock.offsetMs ?? 0) - (clockOffsetMs ?? 0)) >= OFFSET_MOVED_MS;
  }

  #renew(): void {
    this.#toldMs = this.#measures.elapsed.nowMs();
    this.#state = this.#now();
  }

  #now(): ConnectionState {
    const { elapsed, pulse, hubClock } = this.#measures;
    const contact = {
      heardAgeMs: pulse.ageMs === null ? null : Math.round(pulse.ageMs),
      clockOffsetMs: hubClock.offsetMs,
    };
    const phase = this.#phase;
    if (phase.kind !== 'offline') return { ...contact, ...phase };
    const { kind, reason, attempt, nextTryAtMs } = phase;
    const nextTryInMs =
      nextTryAtMs === null ? null : Math.max(0, Math.round(nextTryAtMs - elapsed.nowMs()));
    return { ...contact, kind, reason, attempt, nextTryInMs };
  }
}
