/**
 * A document as CSV (RFC 4180, UTF-8 with a byte order mark): one header, rows alone, no sums. Money is a decimal with as many digits
 * as its currency has, a duration whole milliseconds, a rate per cent, a moment ISO 8601 in UTC.
 */
import { csvText } from '../../base/csv.js';
import {
  isNumeric,
  type Cell,
  type CellKind,
  type Grid,
  type Part,
  type ReportDocument,
} from './document.js';
import { currencyDigits, decimal } from './money.js';

const PERCENT_DIGITS = 2;
/** What a spreadsheet takes for a formula when it stands first in a cell (OWASP, CSV injection). */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

type Line = readonly string[];

const BRANCH = ['branch', 'currency', 'from', 'to'] as const;

/** One table: a row a record. Several: a figure a record, with the section, the key and the person that it is of. */
export function csvOf(document: ReportDocument): string {
  const [first] = document.parts.map(({ tables }) => tables);
  const [only, ...others] = first ?? [];
  const lines =
    only?.shape === 'grid' && others.length === 0
      ? [[...BRANCH, ...only.columns.map(({ key }) => key)], ...document.parts.flatMap(rowLines)]
      : [
          [...BRANCH, 'section', 'key', 'person', 'figure', 'value'],
          ...document.parts.flatMap(figureLines),
        ];
  return csvText(lines, { bom: true });
}

function rowLines(part: Part): Line[] {
  const written = writerOf(part);
  return part.tables.flatMap((table) =>
    table.shape === 'facts'
      ? []
      : table.rows.map((row) => [
          ...branchCells(part),
          ...row.map((cell, place) => written(table.columns[place]?.kind ?? 'text', cell)),
        ]),
  );
}

function figureLines(part: Part): Line[] {
  const written = writerOf(part);
  const line = (...cells: readonly string[]) => [...branchCells(part), ...cells];
  return part.tables.flatMap((table) =>
    table.shape === 'facts'
      ? table.facts.map(({ key, kind, value }) =>
          line(table.title, '', '', key, written(kind, value)),
        )
      : table.rows.flatMap((row) => {
          const [key, person] = keysOf(table, row, written);
          return figuresOf(table, row).map(({ column, cell }) =>
            line(table.title, key, person, column.key, written(column.kind, cell)),
          );
        }),
  );
}

function keysOf(
  { columns }: Grid,
  row: readonly Cell[],
  written: Write,
): readonly [string, string] {
  const named = columns.flatMap(({ key, kind }, place) =>
    isNumeric(kind) ? [] : [{ key, text: written(kind, row[place] ?? null) }],
  );
  const person = named.find(({ key }) => key === 'by_staff');
  const key = named.find(({ key: name }) => name !== 'by_staff' && name !== 'staff_name');
  return key === undefined ? [person?.text ?? '', ''] : [key.text, person?.text ?? ''];
}

function figuresOf({ columns }: Grid, row: readonly Cell[]) {
  return columns.flatMap((column, place) =>
    isNumeric(column.kind) ? [{ column, cell: row[place] ?? null }] : [],
  );
}

function branchCells({ branch, from, to }: Part): string[] {
  return [inert(branch.id), branch.currency, from, to];
}

type Write = (kind: CellKind, cell: Cell) => string;

function writerOf({ branch }: Part): Write {
  const digits = currencyDigits(branch.currency);
  return (kind, cell) => {
    if (cell === null) return '';
    if (kind === 'money') return decimal(Number(cell), digits);
    if (kind === 'rate') return decimal(Number(cell), PERCENT_DIGITS);
    if (kind === 'moment' || kind === 'time') return new Date(Number(cell)).toISOString();
    return typeof cell === 'number' ? String(cell) : inert(cell);
  };
}

/** Text that no spreadsheet reckons with: an apostrophe stands before it, as their own users would type. */
function inert(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}
