/**
 * A distribution as plain counts: what is observed thousands of times a second must cost next to nothing, so nothing here knows
 * how it will be shown.
 */

/** Upper bounds in seconds, from a fast disk's sync to a stall; the promises' 3 ms and 10 ms stand among them. */
export const SECONDS: readonly number[] = [
  0.0001, 0.00025, 0.0005, 0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.05, 0.1,
  0.25, 0.5, 1, 2.5, 5, 10,
];

export class Histogram {
  /** What is measured, in which unit, in one sentence. */
  readonly help: string;
  /** Rising; each inclusive. */
  readonly bounds: readonly number[];
  readonly #counts: number[];
  #sum = 0;

  constructor(help: string, bounds: readonly number[]) {
    this.help = help;
    this.bounds = bounds;
    this.#counts = Array.from({ length: bounds.length + 1 }, () => 0);
  }

  /** How many fell to each bound and above the one before; the last: above all bounds. */
  get counts(): readonly number[] {
    return this.#counts;
  }

  get sum(): number {
    return this.#sum;
  }

  observe(value: number): void {
    const { bounds } = this;
    let place = 0;
    while (place < bounds.length && value > (bounds[place] ?? Infinity)) place += 1;
    this.#counts[place] = (this.#counts[place] ?? 0) + 1;
    this.#sum += value;
  }
}

export type Histograms = Readonly<Record<string, Histogram>>;
