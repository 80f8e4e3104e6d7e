/** How long the stations took, made from figures. */
import type { KitchenFigures, TimeCounts } from './figures.js';
import { percentile } from './kitchen-times.js';

/** Milliseconds that half of the lines, and nine in ten, did not exceed; null: no line has such a time. */
export interface TimesReport {
  readonly p50: number | null;
  readonly p90: number | null;
}

export interface KitchenReport {
  readonly station: string;
  readonly lines: number;
  readonly recalls: number;
  readonly queue: TimesReport;
  readonly preparation: TimesReport;
  readonly to_ready: TimesReport;
}

export function kitchenReport(kitchen: readonly KitchenFigures[]): KitchenReport[] {
  return kitchen.map(({ station, lines, recalls, queue, preparation, to_ready }) => ({
    station,
    lines,
    recalls,
    queue: times(queue),
    preparation: times(preparation),
    to_ready: times(to_ready),
  }));
}

function times(counts: TimeCounts): TimesReport {
  return { p50: percentile(counts, 0.5), p90: percentile(counts, 0.9) };
}
