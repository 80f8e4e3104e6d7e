import { createHash } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SALES_GROUPS } from '../../../src/domain/reports/sales.js';
import { GEORGE, LUCY, ORDERS, ReportDay } from './report-day.js';
import { readPage } from './html.js';

const REPORTS = [
  'shift?kind=x',
  'summary?',
  'discounts?',
  'voids?',
  'kitchen?',
  'shifts?',
  ...SALES_GROUPS.map((group) => `sales?group_by=${group}`),
];
const MAIN = '/branches/main/reports';

let day: ReportDay;

beforeAll(async () => {
  day = await ReportDay.start({ store: 'memory' });
  await day.give(LUCY, 'shift.open', { opening_float: 10_000 });
  for (const order of ORDERS) await day.serve(order);
}, 60_000);
afterAll(() => day.stop());

async function text(path: string): Promise<string> {
  const { body } = await day.get(`${MAIN}/${path}`);
  return String(body['text']);
}

async function rowsOf(path: string): Promise<Record<string, string>[]> {
  return parse(await text(`${path}&format=csv`), { bom: true, columns: true });
}

describe('the form of a report', () => {
  it('R-REP-10 is what format names, else what the client accepts, else JSON', async () => {
    const typeOf = async (query: string, accept?: string) => {
      const { headers } = await day.get(
        `${MAIN}/voids?${query}`,
        accept === undefined ? {} : { accept },
      );
      expect(headers.get('vary')).toContain('accept');
      return headers.get('content-type')?.split(';')[0];
    };
    expect(await typeOf('')).toBe('application/json');
    expect(await typeOf('', 'text/csv')).toBe('text/csv');
    expect(await typeOf('', 'text/html,application/xhtml+xml,*/*;q=0.8')).toBe('text/html');
    expect(await typeOf('', 'text/html;q=0.2, text/csv;q=0.9')).toBe('text/csv');
    expect(await typeOf('', 'image/png')).toBe('application/json');
    expect(await typeOf('', 'text/html;q=0')).toBe('application/json');
    expect(await typeOf('format=json', 'text/html')).toBe('application/json');
    expect(await typeOf('format=csv', 'text/html')).toBe('text/csv');
  });

  it('R-REP-11 CSV reads back to the same cents, line by line', async () => {
    for (const group of SALES_GROUPS) {
      const { body } = await day.get(`${MAIN}/sales?group_by=${group}`);
      const rows = body['rows'] as Record<string, string | number | null>[];
      const figure = group === 'method' ? 'paid' : 'total';
      const read = await rowsOf(`sales?group_by=${group}`);
      expect(read.map((row) => Math.round(Number(row[figure]) * 100))).toEqual(
        rows.map((row) => row[figure]),
      );
      expect(read[0]).toMatchObject({ branch: 'main', currency: 'GBP' });
    }
    const { body } = await day.get(`${MAIN}/summary`);
    const { sales } = body as { readonly sales: Readonly<Record<string, number>> };
    const figures = await rowsOf('summary?');
    for (const name of ['gross', 'discount', 'net', 'tax', 'total']) {
      const found = figures.filter(({ section, figure }) => section === 'sales' && figure === name);
      expect(found.map(({ value }) => Math.round(Number(value) * 100))).toEqual([sales[name]]);
    }
  });

  it('R-REP-12 what a spreadsheet would reckon stands in CSV as text', async () => {
    const { headers } = await day.get(`${MAIN}/discounts?format=csv`);
    expect(headers.get('content-disposition')).toBe(
      'attachment; filename="discounts-main-2026-05-18.csv"',
    );
    const reasons = (await rowsOf('discounts?')).map(({ reason }) => reason);
    expect(reasons.sort()).toEqual(["'=1+1", 'Neighbour']);
  });
});

/** What is not as it should be in a page of the language. */
function faultsOf(html: string, lang: 'en' | 'ar'): readonly string[] {
  const { faults, headings, tables, ownWords } = readPage(html);
  const steps = headings.map((level, place) => level - (headings[place - 1] ?? 0));
  // X and Z are the names of the reports in Arabic too; the branch's name stands in the title.
  const words = ownWords.replaceAll('The Copper Ladle', '').replaceAll(/\b[XZ]\b|\bGBP\b/g, '');
  const foreign = lang === 'ar' ? /[A-Za-z]+/g : /\p{Script=Arabic}+/gu;
  return [
    ...faults,
    ...(headings[0] === 1 && steps.every((step) => step <= 1)
      ? []
      : [`headings ${headings.join()}`]),
    ...(tables.length > 0 ? [] : ['no table']),
    ...tables.flatMap((table) => [
      ...(/<caption[^>]*>[^<]+<\/caption>/.test(table) ? [] : ['a table without a caption']),
      ...(table.match(/<th\b(?! scope="(?:col|row)")[^>]*>/g) ?? []),
    ]),
    ...(words.match(foreign) ?? []),
    ...(words.match(/[{}]|undefined|null|NaN/g) ?? []),
  ];
}

describe('a page', () => {
  const forms = (['en', 'ar'] as const).flatMap((lang) =>
    (['a4', '80mm'] as const).map((paper) => ({ lang, paper })),
  );

  it.each(forms)(
    'R-REP-13 of every report is whole in $lang on $paper',
    async ({ lang, paper }) => {
      for (const report of REPORTS) {
        const html = await text(`${report}&format=html&lang=${lang}&paper=${paper}`);
        expect({ report, faults: faultsOf(html, lang) }).toEqual({ report, faults: [] });
        expect(html).toContain(`<html lang="${lang}" dir="${lang === 'ar' ? 'rtl' : 'ltr'}">`);
        expect(html).toContain(paper === 'a4' ? 'size: A4' : 'size: 80mm');
      }
    },
  );

  it('R-REP-14 lets in its own style alone, and shows as text what was typed', async () => {
    const { headers, body } = await day.get(`${MAIN}/voids?format=html`);
    const html = String(body['text']);
    const [, style = ''] = /<style>(.*)<\/style>/s.exec(html) ?? [];
    const hash = createHash('sha256').update(style).digest('base64');
    expect(headers.get('content-security-policy')).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`,
    );
    expect(html).not.toMatch(/<script|<link|<img|style="|onload|url\(|@import/);
    expect(html).toContain('Dropped &lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;');
  });

  it('R-REP-15 holds every row and the sums of its answer', async () => {
    const { body } = await day.get(`${MAIN}/sales?group_by=item&top=2`);
    const { rows, rest, totals } = body as {
      readonly rows: readonly { readonly name: string; readonly total: number }[];
      readonly rest: { readonly rows: number; readonly total: number };
      readonly totals: { readonly total: number };
    };
    expect(rows).toHaveLength(2);
    const page = readPage(await text('sales?group_by=item&top=2&format=html'));
    const pounds = (amount: number) => (amount / 100).toFixed(2);
    const shown = [
      ...rows.flatMap(({ name, total }) => [name, pounds(total)]),
      `Others (${rest.rows})`,
      pounds(rest.total),
      'Total',
      pounds(totals.total),
    ];
    let from = 0;
    for (const word of shown) {
      const found = page.text.indexOf(word, from);
      expect([word, found >= from]).toEqual([word, true]);
      from = found;
    }
    const picture = await text('sales?group_by=hour&format=html&lang=ar');
    expect(picture.includes('<svg')).toBe(picture.split('scope="row"').length > 3);
  });

  it('R-REP-13 says so where there is nothing to tell', async () => {
    const query = 'format=html&from=2020-01-01&to=2020-01-02';
    expect(await text(`voids?${query}`)).toContain('Nothing in these dates.');
    const token = await day.token(GEORGE);
    const { status } = await day.api.ask('GET', `${MAIN}/voids?format=pdf`, { token });
    expect(status).toBe(400);
  });
});
