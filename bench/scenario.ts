/** What a scenario is given and what it gives back: figures, each with the promise that it has to keep, and plots. */
import type { LatencySummary, Point } from './measure/latency.js';

/** A promise of the design, or a comparison that has to come out so. */
export interface Goal {
  /** As it stands in the table: `at most 10 ms`. */
  readonly words: string;
  readonly sense: 'at most' | 'at least';
  readonly limit: number;
  /** Ratios and counts hold on any machine, and `bench:check` insists on them; times and rates are those of one. */
  readonly holds: 'everywhere' | 'on this machine';
  /** The promise is known to be short, by no more than this; the check fails beyond it. The notes say why. */
  readonly knownShort?: number;
}

/** Something measured once a repetition; the median counts. */
export interface ValueFigure {
  readonly kind: 'value';
  readonly name: string;
  /** `/s`, `µs`, `ms`, `MB`, `bytes`, `×`, `%` or empty for a count. */
  readonly unit: string;
  /** One a repetition, in the order in which they were measured. */
  readonly values: readonly number[];
  readonly goal?: Goal;
}

/** Latencies in milliseconds; one summary a repetition. */
export interface LatencyFigure {
  readonly kind: 'latency';
  readonly name: string;
  readonly unit: 'ms';
  readonly summaries: readonly LatencySummary[];
  readonly goals?: Partial<Readonly<Record<'p50' | 'p95' | 'p99', Goal>>>;
}

export type Figure = ValueFigure | LatencyFigure;

export interface Series {
  readonly name: string;
  readonly points: readonly Point[];
}

/** A line for each series. */
export interface LinePlot {
  readonly kind: 'line';
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly logX?: boolean;
  readonly logY?: boolean;
  readonly series: readonly Series[];
}

/** A bar for each name. */
export interface BarPlot {
  readonly kind: 'bar';
  readonly title: string;
  readonly y: string;
  readonly logY?: boolean;
  readonly bars: readonly { readonly name: string; readonly value: number }[];
}

export type Plot = LinePlot | BarPlot;

export interface Result {
  readonly figures: readonly Figure[];
  readonly plots: readonly Plot[];
  /** What a reader has to know: settings of the peers, parts that could not run here and why. */
  readonly notes: readonly string[];
}

/** What the runner gives to a scenario. */
export interface Bench {
  /** Shorter and smaller, the same shape. */
  readonly quick: boolean;
  /** How often each side of a comparison is measured, sides in turn. */
  readonly repetitions: number;
  /** Recorded orders to replay in place of the sample, and their menu: CSV as `expeditor replay` takes it. */
  readonly recorded: { readonly orders: string; readonly menu: string } | null;
  /** A data directory with a long history, for reports; its hub writes to it. null: one is made. */
  readonly data: string | null;
  /** Where hubs write CPU profiles; null: none wanted. */
  readonly profileDirectory: string | null;
  /** A new empty directory; it goes with the run. */
  directory(): string;
  /** `done` from 0 to 1. */
  progress(done: number, words: string): void;
}

export interface Scenario {
  readonly name: string;
  /** One sentence: what is measured. */
  readonly says: string;
  run(bench: Bench): Promise<Result>;
}
