/** Tables of a document as HTML, for one branch, language and paper. */
import { escaped } from '../escaped.js';
import { chart } from './chart.js';
import { isNumeric, type Cell, type Column, type Fact, type Facts, type Grid } from './document.js';
import type { Shown } from './shown.js';
import type { Paper } from './style.js';
import { fill } from './words.js';

/** Columns that fit into half a page. */
const NARROW_COLUMNS_MAX = 4;

interface Placed {
  readonly column: Column;
  /** In the rows. */
  readonly place: number;
}

/** What the restaurant typed: it may be of either direction. */
export function own(text: string): string {
  return `<bdi>${escaped(text)}</bdi>`;
}

export class PageTables {
  readonly #shown: Shown;
  readonly #paper: Paper;

  constructor(shown: Shown, paper: Paper) {
    this.#shown = shown;
    this.#paper = paper;
  }

  /** It takes half of a wide page. */
  isNarrow(grid: Grid): boolean {
    return grid.drawn === null && this.#columnsOf(grid).length <= NARROW_COLUMNS_MAX;
  }

  /** The figures that come first, the first of them above all. */
  headline({ facts }: Facts): string {
    const { words } = this.#shown;
    const pairs = facts.map(({ key, kind, value }) => {
      const isPrice = kind === 'money' && value !== null;
      const text = isPrice ? this.#shown.price(Number(value)) : this.#shown.cell(kind, value);
      return `<div><dt>${escaped(words[key])}</dt><dd>${own(text)}</dd></div>`;
    });
    return `<dl class="kpis">${pairs.join('')}</dl>`;
  }

  facts({ title, facts }: Pick<Facts, 'facts'> & { readonly title: string }): string {
    const rows = facts.map((fact) => this.#factRow(fact));
    return tableOf(title, `<tbody>${rows.join('\n')}</tbody>`);
  }

  grid(grid: Grid): string {
    const { words } = this.#shown;
    const title = words[grid.title];
    const columns = this.#columnsOf(grid);
    const names = columns.map(
      ({ column }) => `<th scope="col"${cellClass(column)}>${escaped(words[column.key])}</th>`,
    );
    const rows = grid.rows.map((row) => `<tr>${this.#cells(columns, row)}</tr>`);
    const table = tableOf(
      title,
      `<thead><tr>${names.join('')}</tr></thead>
<tbody>${rows.join('\n')}</tbody>
${this.#foot(grid, columns)}`,
    );
    const picture = this.#paper === 'a4' ? this.#picture(grid, title) : '';
    if (columns.length <= NARROW_COLUMNS_MAX) return picture + table;
    // On a small screen it is scrolled, by keyboard too.
    return `${picture}<div class="wide" role="region" tabindex="0" aria-label="${escaped(title)}">${table}</div>`;
  }

  #columnsOf({ columns }: Grid): readonly Placed[] {
    return columns
      .map((column, place) => ({ column, place }))
      .filter(({ column: { on } }) => on === undefined || (on === 'wide' && this.#paper === 'a4'));
  }

  /** The first names the row. */
  #cells(columns: readonly Placed[], row: readonly Cell[]): string {
    const [first, ...others] = columns.map(({ column, place }) => ({
      numbers: cellClass(column),
      text: own(this.#shown.cell(column.kind, row[place] ?? null)),
    }));
    if (first === undefined) return '';
    const rest = others.map(({ numbers, text }) => `<td${numbers}>${text}</td>`);
    return `<th scope="row"${first.numbers}>${first.text}</th>${rest.join('')}`;
  }

  #foot({ rest, total }: Grid, columns: readonly Placed[]): string {
    const { words } = this.#shown;
    const others =
      rest === null
        ? ''
        : this.#sums(columns, rest.cells, fill(words.others, { count: String(rest.rows) }));
    const all = total === null ? '' : this.#sums(columns, total, words.total_row);
    return others === '' && all === '' ? '' : `<tfoot>${others}${all}</tfoot>`;
  }

  #sums(columns: readonly Placed[], sums: readonly Cell[], label: string): string {
    const cells = columns.slice(1).map(({ column, place }) => {
      const sum = sums[place] ?? null;
      const text = sum === null ? '' : own(this.#shown.cell(column.kind, sum));
      return `<td${cellClass(column)}>${text}</td>`;
    });
    return `<tr><th scope="row">${escaped(label)}</th>${cells.join('')}</tr>`;
  }

  #factRow({ key, kind, value }: Fact): string {
    const isSum = key === 'total' || key === 'over_short' ? ' class="sum"' : '';
    const text = own(this.#shown.cell(kind, value));
    return `<tr${isSum}><th scope="row">${escaped(this.#shown.words[key])}</th><td class="n">${text}</td></tr>`;
  }

  #picture({ columns, rows, drawn }: Grid, title: string): string {
    const place = columns.findIndex(({ key }) => key === drawn);
    const [label, figure] = [columns[0], columns[place]];
    if (label === undefined || figure === undefined) return '';
    const points = rows.map((row) => ({
      label: this.#shown.short(label.kind, row[0] ?? null),
      text: this.#shown.cell(figure.kind, row[place] ?? null),
      value: Number(row[place]),
    }));
    const most = points.reduce((a, b) => (b.value > a.value ? b : a), { text: '', value: 0 }).text;
    const svg = chart(points, fill(this.#shown.words.chart_of, { title, most }));
    return svg === '' ? '' : `<figure>${svg}</figure>\n`;
  }
}

/** Its caption is for those who hear the page: the heading above it says the same to the eye. */
function tableOf(title: string, content: string): string {
  return `<table>\n<caption class="away">${escaped(title)}</caption>\n${content}</table>`;
}

/** Numbers stand under each other; dates and times are not broken. */
function cellClass({ kind }: Column): string {
  if (isNumeric(kind)) return ' class="n"';
  return kind === 'date' || kind === 'time' ? ' class="d"' : '';
}
