/** Draws by lot that come out the same for the same parts: mulberry32, begun from their hash. */
import { derivedNumber } from '../identity.js';

export class Draw {
  #state: number;

  constructor(...parts: readonly (string | number)[]) {
    this.#state = derivedNumber(2 ** 32, ...parts);
  }

  /** In [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** A whole number, both ends included. */
  between(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  chance(percent: number): boolean {
    return this.next() * 100 < percent;
  }

  /** Throws where there is nothing to pick from. */
  pick<Value>(values: readonly Value[]): Value {
    const picked = values[Math.floor(this.next() * values.length)];
    if (picked === undefined) throw new Error('there is nothing to draw from');
    return picked;
  }
}
