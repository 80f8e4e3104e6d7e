/** A document as plain text in columns, for a terminal. */
import {
  isNumeric,
  type Cell,
  type Facts,
  type Grid,
  type Part,
  type ReportDocument,
} from './document.js';
import { titleOf } from './page.js';
import { Shown } from './shown.js';
import { fill, type Language, type Word } from './words.js';

const GAP = '  ';

interface TextCell {
  readonly text: string;
  readonly atEnd: boolean;
}

export function textOf(document: ReportDocument, language: Language): string {
  const title = titleOf(document, language);
  const parts = document.parts.map((part) => partOf(part, document, language));
  const totals = document.totals.map(({ currency, facts }) => {
    const shown = new Shown({ currency, zone: 'UTC' }, language);
    const heading = fill(shown.words.totals_in, { currency });
    return `${heading}\n${aligned(factRows(facts, shown))}`;
  });
  return `${[title, ...parts, ...totals].join('\n\n')}\n`;
}

function partOf(part: Part, { title }: ReportDocument, language: Language): string {
  const shown = new Shown(part.branch, language);
  const { words } = shown;
  const head = [`${part.branch.name}, ${shown.range(part)}, ${part.branch.currency}`];
  for (const { key, kind, value } of part.head) {
    head.push(`${words[key]}: ${shown.cell(kind, value)}`);
  }
  if (part.open) head.push(words.still_open);
  const tables = part.tables
    .filter((table) => table.shape === 'facts' || table.rows.length > 0)
    .map((table) => {
      const rows = table.shape === 'facts' ? factRows(table.facts, shown) : gridRows(table, shown);
      return headed(table.title === title ? null : table.title, aligned(rows), shown);
    });
  return [head.join('\n'), ...(tables.length === 0 ? [words.nothing] : tables)].join('\n\n');
}

function headed(title: Word | null, table: string, { words }: Shown): string {
  return title === null ? table : `${words[title]}\n${table}`;
}

function factRows(facts: Facts['facts'], shown: Shown): TextCell[][] {
  return facts.map(({ key, kind, value }) => [
    { text: shown.words[key], atEnd: false },
    { text: shown.cell(kind, value), atEnd: true },
  ]);
}

function gridRows({ columns, rows, rest, total }: Grid, shown: Shown): TextCell[][] {
  const { words } = shown;
  const places = columns.flatMap(({ on }, place) => (on === 'data' ? [] : [place]));
  const rowOf = (cells: readonly Cell[], label: string | null) =>
    places.map((place, index): TextCell => {
      const kind = columns[place]?.kind ?? 'text';
      const cell = cells[place] ?? null;
      const isEmpty = label !== null && cell === null;
      const text = label !== null && index === 0 ? label : isEmpty ? '' : shown.cell(kind, cell);
      return { text, atEnd: isNumeric(kind) };
    });
  const names = places.map((place): TextCell => {
    const column = columns[place];
    if (column === undefined) return { text: '', atEnd: false };
    return { text: words[column.key], atEnd: isNumeric(column.kind) };
  });
  return [
    names,
    ...rows.map((row) => rowOf(row, null)),
    ...(rest === null ? [] : [rowOf(rest.cells, fill(words.others, { count: String(rest.rows) }))]),
    ...(total === null ? [] : [rowOf(total, words.total_row)]),
  ];
}

function aligned(rows: readonly (readonly TextCell[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [place, { text }] of row.entries()) {
      widths[place] = Math.max(widths[place] ?? 0, text.length);
    }
  }
  return rows
    .map((row) =>
      row
        .map(({ text, atEnd }, place) => {
          const width = widths[place] ?? 0;
          return atEnd ? text.padStart(width) : text.padEnd(width);
        })
        .join(GAP)
        .trimEnd(),
    )
    .join('\n');
}
