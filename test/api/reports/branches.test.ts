import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { csvOf } from '../../../src/api/reports/csv.js';
import { rangeDocument } from '../../../src/api/reports/range-document.js';
import { REPORT_PARAMS } from '../../../src/protocol/report-queries.js';
import { readPage } from './html.js';
import { GEORGE, LUCY, ORDERS, ReportDay } from './report-day.js';

let day: ReportDay;

beforeAll(async () => {
  day = await ReportDay.start({ store: 'memory' });
  await day.give(LUCY, 'shift.open', { opening_float: 0 });
  for (const order of ORDERS) await day.serve(order);
}, 60_000);
afterAll(() => day.stop());

async function asked(path: string, branches?: readonly string[], by = GEORGE) {
  const token = await day.token(by, 'main', branches);
  return day.api.ask('GET', path, { token });
}

describe('the reports of several branches', () => {
  it('R-REP-20 are of those that the token names, and of its own', async () => {
    const idsOf = async (path: string, branches?: readonly string[]) => {
      const { status, body } = await asked(path, branches);
      if (status !== 200) return body['code'];
      return (body['reports'] as { branch: { id: string } }[]).map(({ branch }) => branch.id);
    };
    for (const name of Object.keys(REPORT_PARAMS)) {
      const group = name === 'report.sales' ? 'group_by=staff&' : '';
      const path = `/reports/${name.replace('report.', '')}?${group}`;
      expect(await idsOf(path)).toEqual(['main']);
      expect(await idsOf(`${path}branches=main`)).toEqual(['main']);
      expect(await idsOf(`${path}branches=main,other`)).toBe('forbidden');
      expect(await idsOf(`${path}branches=nowhere`)).toBe('forbidden');
      expect(await idsOf(path, ['main', 'other'])).toEqual(['main', 'other']);
      expect(await idsOf(`${path}branches=other,main`, ['other'])).toEqual(['other', 'main']);
      expect(await idsOf(`${path}branches=other`, ['other'])).toEqual(['other']);
      expect(await idsOf(`${path}branches=nowhere`, ['other'])).toBe('forbidden');
      expect(await idsOf(path, ['nowhere'])).toBe('forbidden');
    }
  });

  it('R-REP-20 nothing else of a branch that a token names is open to it', async () => {
    const branches = ['main', 'other'];
    const paths = [
      '/branches/other',
      '/branches/other/orders',
      '/branches/other/reports/summary',
      '/branches/other/reports/shift?kind=x',
      '/branches/other/staff',
    ];
    for (const path of paths) {
      const { status, body } = await asked(path, branches);
      expect([path, status, body['code']]).toEqual([path, 403, 'forbidden']);
    }
    const cashier = await asked('/reports/summary', branches, LUCY);
    expect([cashier.status, cashier.body['code']]).toEqual([403, 'forbidden']);
  });

  it('R-REP-21 sums are per currency, and pages and CSV tell the branches apart', async () => {
    const { body } = await asked('/reports/summary', ['other']);
    const { reports, totals } = body as {
      readonly reports: readonly { readonly totals: Readonly<Record<string, number>> }[];
      readonly totals: readonly Readonly<Record<string, unknown>>[];
    };
    expect(reports[0]?.totals['total']).toBeGreaterThan(0);
    expect(totals).toEqual([
      { currency: 'GBP', branches: ['main'], totals: reports[0]?.totals },
      { currency: 'EUR', branches: ['other'], totals: reports[1]?.totals },
    ]);
    for (const lang of ['en', 'ar']) {
      const page = await asked(`/reports/summary?format=html&lang=${lang}`, ['other']);
      const read = readPage(String(page.body['text']));
      expect(read.faults).toEqual([]);
      expect(read.headings.slice(0, 2)).toEqual([1, 2]);
      expect(read.text).toContain('GBP');
      expect(read.text).toContain('EUR');
    }
    const csv = await asked('/reports/sales?group_by=day&format=csv', ['other']);
    expect(String(csv.body['text'])).toMatch(/^\uFEFF?branch,currency,from,to,business_date,/);
  });

  it('R-REP-11 amounts of currencies without decimals and with three keep their cents', () => {
    const amounts = [0, 5, -5, 1_234_567, -100];
    const decimals = (currency: string) => {
      const made = amounts.map((amount) => ({
        name: 'report.voids' as const,
        answer: {
          branch: { id: 'b', name: 'B', currency, zone: 'UTC' },
          ...{ from: '2026-05-18', to: '2026-05-18', open: false, corrections: 0 },
          rows: [{ reason: 'x', by_staff: null, staff_name: null, count: 1, amount }],
          ...{ rest: null, totals: { count: 1, amount } },
        },
      }));
      const lines = csvOf(rangeDocument(made, { at: 0, by: null }))
        .trim()
        .split('\r\n')
        .slice(1);
      return lines.map((line) => line.split(',').at(-1));
    };
    expect(decimals('GBP')).toEqual(['0.00', '0.05', '-0.05', '12345.67', '-1.00']);
    expect(decimals('JPY')).toEqual(['0', '5', '-5', '1234567', '-100']);
    expect(decimals('KWD')).toEqual(['0.000', '0.005', '-0.005', '1234.567', '-0.100']);
  });
});
