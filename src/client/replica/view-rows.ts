/** The types of the rows that views show, by table. */
import type { Role, Rows, ShiftTotals } from '../../domain/rows.js';
import type { ViewRow } from '../../protocol/messages.js';

/** A device in the view `devices`, which no table holds. */
interface DeviceStatus {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly connected: boolean;
  readonly last_seen_at: number;
  /** Versions that it has not confirmed yet. */
  readonly behind: number;
  readonly queue_length: number;
  readonly queue_oldest_at: number | null;
  readonly version: number;
}

interface ShownTables extends Rows {
  readonly shift_totals: ShiftTotals;
  readonly device_status: DeviceStatus;
}

/** A view may hide any column but these two. */
type Shown<Row> = { readonly [Column in Exclude<keyof Row, 'id' | 'version'>]?: Row[Column] } & {
  readonly id: string;
  readonly version: number;
};

/** A row of the table as a view shows it; of a table that is not known, any row. */
export type RowOf<Table extends string> = Table extends keyof ShownTables
  ? Shown<ShownTables[Table]>
  : ViewRow;

export type ColumnOf<Table extends string> = keyof RowOf<Table> & string;
