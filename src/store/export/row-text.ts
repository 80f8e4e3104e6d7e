/** Rows as text. Nothing is lost: what is written can be put back as it stood. */
import { csvText, type CsvCell } from '../../base/csv.js';
import { isJson } from './exported-tables.js';

export type ExportFormat = 'csv' | 'ndjson';

export type SqlCell = string | number | null | Buffer;
/** A row's cells in the order of the table's columns. */
export type Cells = readonly SqlCell[];

export interface RowText {
  /** What a file begins with. */
  readonly head: string;
  lines(rows: readonly Cells[]): string;
}

export function rowText(format: ExportFormat, table: string, columns: readonly string[]): RowText {
  return format === 'csv' ? csvRows(columns) : ndjsonRows(table, columns);
}

/** Text is quoted, numbers are not, and null is an empty cell without quotes. JSON stands there as its text. */
function csvRows(columns: readonly string[]): RowText {
  return {
    head: csvText([columns]),
    lines: (rows) =>
      csvText(
        rows.map((row) => row.map(plain)),
        { quotesTexts: true },
      ),
  };
}

/** An object a line. JSON stands there as a value: its text, in which a line break can only stand between two tokens. */
function ndjsonRows(table: string, columns: readonly string[]): RowText {
  const keys = columns.map((column) => `${JSON.stringify(column)}:`);
  const json = columns.map((column) => isJson(table, column));
  const line = (row: Cells): string => {
    const fields = row.map((cell, place) => {
      const value = plain(cell);
      const isValue = json[place] === true && typeof value === 'string';
      return (keys[place] ?? '') + (isValue ? oneLine(value) : JSON.stringify(value));
    });
    return `{${fields.join(',')}}\n`;
  };
  return { head: '', lines: (rows) => rows.map(line).join('') };
}

/** Bytes as lower-case hex. */
function plain(cell: SqlCell): CsvCell {
  return Buffer.isBuffer(cell) ? cell.toString('hex') : cell;
}

function oneLine(json: string): string {
  return json.includes('\n') || json.includes('\r') ? json.replaceAll(/[\r\n]+/g, ' ') : json;
}
