/** One direction of a connection: what is sent arrives later and in order, or vanishes without a word. */
import type { VirtualTime } from './virtual-time.js';

export interface LaneOptions {
  readonly time: VirtualTime;
  /** How long the next message takes, in milliseconds. */
  readonly latencyMs: () => number;
}

interface Held {
  readonly bytes: number;
  readonly arrive: () => void;
}

export class Lane {
  readonly #time: VirtualTime;
  readonly #latencyMs: () => number;
  /** When the last message arrives: none overtakes it. */
  #lastAt = 0;
  #vanishes = false;
  #held: Held[] | null = null;

  constructor({ time, latencyMs }: LaneOptions) {
    this.#time = time;
    this.#latencyMs = latencyMs;
  }

  /** Bytes that wait because the other side takes nothing. */
  get heldBytes(): number {
    return (this.#held ?? []).reduce((sum, { bytes }) => sum + bytes, 0);
  }

  send(bytes: number, arrive: () => void): void {
    if (this.#vanishes) return;
    this.#lastAt = Math.max(this.#lastAt, this.#time.now + this.#latencyMs());
    this.#time.at(this.#lastAt, () => {
      if (this.#vanishes) return;
      if (this.#held === null) arrive();
      else this.#held.push({ bytes, arrive });
    });
  }

  /** From now on everything is lost, also what is under way; the sender learns nothing of it. */
  vanish(): void {
    this.#vanishes = true;
    this.#held = null;
  }

  /** Nothing arrives until `release`, then all of it in order. */
  hold(): void {
    this.#held ??= [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const { arrive } of held) arrive();
  }
}
