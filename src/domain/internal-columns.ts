/** Columns that never leave the store's side: in no view and no answer. */
import type { Rows, TableName } from './rows.js';

export const INTERNAL_COLUMNS = {
  order_header: ['reopen_reason'],
  order_line: ['tax_included', 'voided_by', 'recalls'],
  pos_shift: ['z_report'],
} as const satisfies { readonly [T in TableName]?: readonly (keyof Rows[T] & string)[] };
