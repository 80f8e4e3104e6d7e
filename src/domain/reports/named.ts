/** A shift's sales with the names of people and stations beside their ids. */
import { withStaffName, withStationName, type ReportNames } from './head.js';
import { hoursFrom } from './sales.js';
import type { SalesReport } from './sales-report.js';

export interface NamedOptions {
  readonly names: ReportNames;
  /** The hour at which a business date begins, and the hours of the day with it. */
  readonly cutoffHour: number;
}

export function namedSales(sales: SalesReport, { names, cutoffHour }: NamedOptions) {
  const named = <Row extends { readonly by_staff: string | null }>(rows: readonly Row[]) =>
    rows.map((row) => withStaffName(row, names));
  return {
    ...sales,
    discounts: named(sales.discounts),
    comps: named(sales.comps),
    voids: named(sales.voids),
    by_hour: hoursFrom(sales.by_hour, cutoffHour),
    by_staff: named(sales.by_staff),
    by_station: sales.by_station.map((row) => withStationName(row, names)),
  };
}

export type NamedSales = ReturnType<typeof namedSales>;
