/** When the hub was last heard on the present link, and what its silence means. */
import type { ElapsedClock } from './elapsed-clock.js';

/**
 * Without a word for so long, in milliseconds, what is shown counts as old. Promised are ten seconds; the rest is for a timer that
 * comes late. Heartbeats come every 5 s.
 */
export const STALE_MS = 9_000;
/** Without a word for so long, in milliseconds, the link counts as dead, whatever the socket says ... */
const SILENCE_MAX_MS = 15_000;
/** ... unless the hub's heartbeats are so rare that this many of them are longer. */
const HEARTBEATS_MISSED_MAX = 3;
/** From a ping to its pong, in milliseconds, where a link is in doubt. */
const PROBE_WAIT_MS = 3_000;

interface Probe {
  readonly id: string;
  readonly sentMs: number;
  /** Only the pong counts: what else comes may have lain in a buffer since before the machine slept. */
  readonly strict: boolean;
}

export class Pulse {
  readonly #elapsed: ElapsedClock;
  #heardMs: number | null = null;
  #deadAfterMs = SILENCE_MAX_MS;
  #probe: Probe | null = null;

  constructor(elapsed: ElapsedClock) {
    this.#elapsed = elapsed;
  }

  /** Milliseconds since the hub was heard; null: never. */
  get ageMs(): number | null {
    return this.#heardMs === null ? null : this.#elapsed.nowMs() - this.#heardMs;
  }

  /** A new link is live. */
  begin(heartbeatMs: number): void {
    this.#deadAfterMs = Math.max(SILENCE_MAX_MS, HEARTBEATS_MISSED_MAX * heartbeatMs);
    this.#probe = null;
    this.#heardMs = this.#elapsed.nowMs();
  }

  /** Whether the word shows that the hub is there now. `pong`: the id of the ping that it answers. */
  heard(pong?: string): boolean {
    // A pong that nobody asked for is no sign that the channels are served.
    if (pong !== undefined && pong !== this.#probe?.id) return false;
    if (pong === undefined && this.#probe?.strict === true) return false;
    this.#probe = null;
    this.#heardMs = this.#elapsed.nowMs();
    return true;
  }

  /** The link is in doubt: without the answer to this ping it is dead soon. One that is in doubt already stays so. */
  doubt(id: string, strict: boolean): void {
    const sentMs = this.#probe?.sentMs ?? this.#elapsed.nowMs();
    this.#probe = { id, sentMs, strict: strict || this.#probe?.strict === true };
  }

  get verdict(): 'heard' | 'stale' | 'dead' {
    const ageMs = this.ageMs ?? 0;
    if (this.#isDead(ageMs)) return 'dead';
    return ageMs >= STALE_MS ? 'stale' : 'heard';
  }

  #isDead(ageMs: number): boolean {
    if (this.#probe === null) return ageMs >= this.#deadAfterMs;
    return this.#elapsed.nowMs() - this.#probe.sentMs >= PROBE_WAIT_MS;
  }
}
