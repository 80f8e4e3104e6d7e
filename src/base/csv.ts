/** The one place that writes CSV (RFC 4180): lines end in CRLF, and a cell that holds a comma, a quote or a line break is quoted. */
import { stringify } from 'csv-stringify/sync';

/** null: an empty cell. */
export type CsvCell = string | number | null;

export interface CsvOptions {
  /** A byte order mark first, which tells a spreadsheet that this is UTF-8. Default: none. */
  readonly bom?: boolean;
  /** All texts, the empty one too, so that they are told from numbers and from null. Default: where a cell needs it. */
  readonly quotesTexts?: boolean;
}

export function csvText(
  lines: readonly (readonly CsvCell[])[],
  { bom = false, quotesTexts = false }: CsvOptions = {},
): string {
  // It takes arrays that it could alter, and does not.
  const input = lines as CsvCell[][];
  return stringify(input, { bom, quoted_string: quotesTexts, record_delimiter: 'windows' });
}
