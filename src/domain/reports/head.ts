/** What every report of a range of business dates begins with, and the names that its rows are shown by. */
import type { Branch } from '../rows.js';

/** Business dates, both included: `2026-05-18`. */
export interface ReportHead {
  readonly branch: Pick<Branch, 'id' | 'name' | 'currency' | 'zone'>;
  readonly from: string;
  readonly to: string;
  /** The open shift is in the figures, as it stands now: they may still change. */
  readonly open: boolean;
}

/** null: the branch has no such record. */
export interface ReportNames {
  staff(id: string): string | null;
  station(id: string): string | null;
}

/** Figures by the name that their column has in the rows. */
export type Sums = Readonly<Record<string, number>>;

/** Rows that a `top` left out: how many, and what they come to. */
export type Rest = { readonly rows: number } & Sums;

export function withStaffName<Row extends { readonly by_staff: string | null }>(
  row: Row,
  names: ReportNames,
): Row & { readonly staff_name: string | null } {
  return { ...row, staff_name: row.by_staff === null ? null : names.staff(row.by_staff) };
}

export function withStationName<Row extends { readonly station: string | null }>(
  row: Row,
  names: ReportNames,
): Row & { readonly station_name: string | null } {
  return { ...row, station_name: row.station === null ? null : names.station(row.station) };
}
