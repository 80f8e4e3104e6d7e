/** When each delta of a channel had arrived at the subscriber that got it last. */
import { decode } from '#dist/protocol/codec.js';
import { monotonicNow } from '../measure/now.js';

/** `[newVersion, monotonic milliseconds]`. */
export type Arrival = readonly [version: number, at: number];

export class LastArrivals {
  /** By the number of the delta since the subscriptions began. */
  readonly #versions: number[] = [];
  readonly #arrivals: number[] = [];

  /** Every subscriber of a channel gets the same deltas in the same order, so one of them tells the version for all. */
  note(payload: Buffer, nth: number): void {
    if (nth >= this.#versions.length) {
      const { newVersion } = decode(payload, 'msgpack') as { newVersion: number };
      this.#versions.push(newVersion);
    }
    this.#arrivals[nth] = monotonicNow();
  }

  all(): readonly Arrival[] {
    return this.#versions.map((version, nth) => [version, this.#arrivals[nth] ?? 0]);
  }
}
