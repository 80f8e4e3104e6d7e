/** Latency histograms (HdrHistogram), from a microsecond to a minute with three significant digits. */
import { build, type Histogram } from 'hdr-histogram-js';

const HIGHEST_US = 60_000_000;
const DIGITS = 3;
const PERCENTILES_DRAWN = [0, 10, 25, 50, 75, 90, 95, 99, 99.5, 99.9, 99.99, 100];

/** A place in a plot. */
export type Point = readonly [x: number, y: number];

/** In milliseconds. */
export interface LatencySummary {
  readonly count: number;
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
  /** `[share of the slowest left out, 1 / (1 - share)]` against milliseconds, for a plot. */
  readonly curve: readonly Point[];
}

export class Latencies {
  readonly #histogram: Histogram = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: HIGHEST_US,
    numberOfSignificantValueDigits: DIGITS,
    bitBucketSize: 64,
    useWebAssembly: false,
  });

  record(milliseconds: number): void {
    const microseconds = Math.max(1, Math.round(milliseconds * 1_000));
    this.#histogram.recordValue(Math.min(microseconds, HIGHEST_US));
  }

  summary(): LatencySummary {
    const at = (percentile: number): number =>
      this.#histogram.getValueAtPercentile(percentile) / 1_000;
    return {
      count: this.#histogram.totalCount,
      mean: this.#histogram.mean / 1_000,
      p50: at(50),
      p95: at(95),
      p99: at(99),
      max: this.#histogram.maxValue / 1_000,
      curve: PERCENTILES_DRAWN.filter((percentile) => percentile < 100).map((percentile): Point => [
        100 / (100 - percentile),
        at(percentile),
      ]),
    };
  }
}
