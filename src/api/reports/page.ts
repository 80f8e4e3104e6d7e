/**
 * A document as one page that is ready to be printed: no script, nothing loaded, its style inside. Tables have captions and
 * scopes, headings come in order, and whatever the restaurant typed keeps its own direction of writing.
 */
import { escaped } from '../escaped.js';
import { cspForStyle } from '../security.js';
import type { Part, ReportDocument, Table } from './document.js';
import { own, PageTables } from './page-tables.js';
import { Shown } from './shown.js';
import { STYLES, type Paper } from './style.js';
import { fill, WORDS, type Language } from './words.js';

export interface PageOptions {
  readonly language: Language;
  readonly paper: Paper;
}

/** Nothing but the page's own style is let in. */
export function pagePolicy({ paper }: Pick<PageOptions, 'paper'>): string {
  return cspForStyle(STYLES[paper]);
}

export function pageOf(document: ReportDocument, options: PageOptions): string {
  const { language, paper } = options;
  const words = WORDS[language];
  const title = titleOf(document, language);
  const [first, ...others] = document.parts;
  const single = others.length === 0 ? first : undefined;
  const place = single?.branch.name ?? words.all_branches;
  return `<!doctype html>
<html lang="${language}" dir="${language === 'ar' ? 'rtl' : 'ltr'}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(`${title} · ${place}`)}</title>
<style>${STYLES[paper]}</style>
</head>
<body>
<header>
<div>
<p class="place">${own(place)}</p>
<h1>${escaped(title)}</h1>
</div>
${first === undefined ? '' : headOf(first, language, single !== undefined)}
</header>
<main>
${document.parts.map((part) => partOf(part, options, single === undefined)).join('\n')}
${totalsOf(document, options)}
</main>
</body>
</html>
`;
}

export function titleOf({ title, number }: ReportDocument, language: Language): string {
  return fill(WORDS[language][title], { number: number === null ? '' : String(number) });
}

/** What is said of the page; of several branches each says its own dates and currency. */
function headOf(part: Part, language: Language, isOnly: boolean): string {
  const shown = new Shown(part.branch, language);
  const { words } = shown;
  const pairs = [
    ...(isOnly
      ? [
          [words.period, shown.range(part)],
          [words.currency, part.branch.currency],
        ]
      : []),
    ...part.head.map(({ key, kind, value }) => [words[key], shown.cell(kind, value)]),
  ];
  const rows = pairs.map(
    ([name = '', text = '']) => `<div><dt>${escaped(name)}</dt><dd>${own(text)}</dd></div>`,
  );
  return `<dl class="head">${rows.join('')}</dl>`;
}

function partOf(part: Part, { language, paper }: PageOptions, isOneOfSeveral: boolean): string {
  const shown = new Shown(part.branch, language);
  const { words } = shown;
  const heading = isOneOfSeveral
    ? `<h2>${own(part.branch.name)}</h2>
<p class="books">${own(shown.range(part))} · ${part.branch.currency}</p>
`
    : '';
  const note = part.open ? `<p class="note">${escaped(words.still_open)}</p>\n` : '';
  const filled = part.tables.filter((table) => table.shape === 'facts' || table.rows.length > 0);
  if (filled.length === 0) return `${heading}${note}<p>${escaped(words.nothing)}</p>`;
  const sections = filled.map((table) => ({
    html: sectionOf(table, {
      shown,
      paper,
      // The page's own title says what its only table is.
      level: part.tables.length === 1 ? null : isOneOfSeveral ? 3 : 2,
    }),
    isNarrow: part.tables.length > 1 && isNarrow(table, new PageTables(shown, paper)),
  }));
  return heading + note + laidOut(sections);
}

interface SectionOptions {
  readonly shown: Shown;
  readonly paper: Paper;
  /** Of the heading; null: there is none. */
  readonly level: 2 | 3 | null;
}

function sectionOf(table: Table, { shown, paper, level }: SectionOptions): string {
  const tables = new PageTables(shown, paper);
  if (table.shape === 'facts' && table.title === 'headline') return tables.headline(table);
  const title = shown.words[table.title];
  const content =
    table.shape === 'facts' ? tables.facts({ title, facts: table.facts }) : tables.grid(table);
  const tag = `h${String(level)}`;
  const heading = level === null ? '' : `<${tag}>${escaped(title)}</${tag}>\n`;
  return `<section>\n${heading}${content}\n</section>`;
}

function isNarrow(table: Table, tables: PageTables): boolean {
  return table.shape === 'facts' ? table.title !== 'headline' : tables.isNarrow(table);
}

/** Narrow ones that follow each other stand side by side where the paper is wide. */
function laidOut(sections: readonly { readonly html: string; readonly isNarrow: boolean }[]) {
  let html = '';
  let inColumns = false;
  for (const section of sections) {
    if (section.isNarrow !== inColumns) html += inColumns ? '</div>\n' : '<div class="columns">\n';
    inColumns = section.isNarrow;
    html += `${section.html}\n`;
  }
  return inColumns ? `${html}</div>` : html;
}

function totalsOf({ totals, parts }: ReportDocument, { language, paper }: PageOptions): string {
  const zone = parts[0]?.branch.zone ?? 'UTC';
  const sections = totals.map(({ currency, facts }) => {
    const shown = new Shown({ currency, zone }, language);
    const title = fill(shown.words.totals_in, { currency });
    const table = new PageTables(shown, paper).facts({ title, facts });
    return `<section>\n<h2>${escaped(title)}</h2>\n${table}\n</section>`;
  });
  return sections.length === 0 ? '' : `<div class="columns">\n${sections.join('\n')}\n</div>`;
}
