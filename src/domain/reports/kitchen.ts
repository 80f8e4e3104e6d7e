/** How long each station took over a range. */
import type { Figures } from './figures.js';
import { withStationName, type ReportHead, type ReportNames, type Sums } from './head.js';
import { kitchenReport, type KitchenReport } from './kitchen-report.js';
import { sumOf } from './ranking.js';

export type KitchenRow = KitchenReport & { readonly station_name: string | null };

export interface Kitchen {
  readonly rows: readonly KitchenRow[];
  readonly totals: Sums;
}
export type KitchenAnswer = ReportHead & Kitchen;

export function kitchenOf({ kitchen }: Pick<Figures, 'kitchen'>, names: ReportNames): Kitchen {
  const rows = kitchenReport(kitchen).map((row) => withStationName(row, names));
  return { rows, totals: sumOf(rows, ['lines', 'recalls']) };
}
