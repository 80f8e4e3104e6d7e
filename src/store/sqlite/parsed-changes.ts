/** A change set as it crossed to the writer: rows and columns out of its JSON. */
import type { TableName } from '../../domain/rows.js';
import type { PlainRow } from './row-sql.js';

export interface RecordVersion {
  readonly id: string;
  readonly version: number;
}

export interface ChangedRow extends RecordVersion {
  readonly changes: PlainRow;
}

export interface TableChanges {
  readonly inserted?: readonly (PlainRow & RecordVersion)[];
  readonly updated?: readonly ChangedRow[];
}

export type ParsedChanges = { readonly [T in TableName]?: TableChanges };

/** Parents before children; within a table new rows come first, unless a change makes room for them. */
export const WRITE_ORDER: readonly TableName[] = [
  'branch',
  'station',
  'menu_item',
  'staff',
  'device',
  'pos_shift',
  'cash_movement',
  'number_lease',
  'order_header',
  'order_line',
  'order_payment',
  'order_adjustment',
];
