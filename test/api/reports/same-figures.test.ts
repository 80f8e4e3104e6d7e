import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SALES_GROUPS } from '../../../src/domain/reports/sales.js';
import type { ReportName } from '../../../src/protocol/report-queries.js';
import { DATE, GEORGE, LUCY, ORDERS, ReportDay } from './report-day.js';

type Asked = readonly [ReportName, Readonly<Record<string, string | number>>];

/** Every report once, and sales by every group. */
const REPORTS: readonly Asked[] = [
  ['report.summary', {}],
  ['report.discounts', {}],
  ['report.voids', {}],
  ['report.kitchen', {}],
  ['report.shifts', {}],
  ...SALES_GROUPS.map((group_by): Asked => ['report.sales', { group_by }]),
];

let day: ReportDay;

beforeAll(async () => {
  day = await ReportDay.start();
  await day.give(LUCY, 'shift.open', { opening_float: 10_000 });
  for (const order of ORDERS) await day.serve(order);
}, 60_000);
afterAll(() => day.stop());

async function overWire(params: Readonly<Record<string, string | number>> = {}) {
  const client = await day.client(GEORGE);
  const answers = await Promise.all(
    REPORTS.map(([name, own]) => client.query(name, { ...own, ...params })),
  );
  client.close();
  return answers as unknown as Readonly<Record<string, unknown>>[];
}

function httpPath([name, own]: Asked, params: Readonly<Record<string, string | number>>) {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries({ ...own, ...params })) query.set(key, String(value));
  return `/branches/main/reports/${name.replace('report.', '')}?${query.toString()}`;
}

async function overHttp(params: Readonly<Record<string, string | number>> = {}) {
  const answers = await Promise.all(REPORTS.map((asked) => day.get(httpPath(asked, params))));
  return answers.map(({ body }) => body);
}

/** Some of them: each is a process of its own. */
async function onCommandLine(...dates: readonly string[]): Promise<unknown[]> {
  const asked = ['summary', 'sales'].map((name) =>
    day.report(name, '--branch', 'main', '--format', 'json', ...dates),
  );
  const printed = await Promise.all(asked);
  expect(printed.map(({ code }) => code)).toEqual([0, 0]);
  return printed.map(({ output }) => JSON.parse(output) as unknown);
}

const SUMMARY = REPORTS.findIndex(([name]) => name === 'report.summary');
const BY_DAY = REPORTS.findIndex(([, { group_by }]) => group_by === 'day');

async function sameByEveryDoor(): Promise<Readonly<Record<string, unknown>>[]> {
  const range = { from: DATE, to: DATE };
  const answers = await overWire(range);
  expect(await overHttp(range)).toEqual(answers);
  const printed = await onCommandLine('--from', DATE, '--to', DATE);
  expect(printed).toEqual([answers[SUMMARY], answers[BY_DAY]]);
  return answers;
}

describe('reports of a day', () => {
  it('R-REP-2 without dates a report is of the open shift, which counts and is named', async () => {
    const answers = await overWire();
    expect(answers).toEqual(await overWire({ from: DATE, to: DATE }));
    for (const answer of answers) {
      expect(answer).toMatchObject({ from: DATE, to: DATE, open: true });
    }
    const [before] = await overWire({ from: '2026-05-01', to: '2026-05-17' });
    expect(before).toMatchObject({ open: false, totals: { orders: 0, total: 0 } });
  });

  it('R-REP-4 sales by each group add up to the same, with a top too', async () => {
    const orders = await Promise.all(ORDERS.map(({ id }) => day.order(id)));
    const total = orders.reduce((sum, { header }) => sum + header.total, 0);
    expect(total).toBeGreaterThan(0);
    for (const top of [undefined, 1]) {
      const answers = await overHttp(top === undefined ? {} : { top });
      for (const [index, [name, { group_by: group }]] of REPORTS.entries()) {
        if (name !== 'report.sales') continue;
        const { rows, rest, totals } = answers[index] as unknown as SalesLike;
        const figure = group === 'method' ? 'paid' : 'total';
        const shown = rows.reduce((sum, row) => sum + Number(row[figure]), 0);
        const left = Number(rest?.[figure] ?? 0);
        expect([group, top, totals[figure], shown + left]).toEqual([group, top, total, total]);
        if (top === 1) expect(rows).toHaveLength(1);
      }
    }
  });

  it('R-REP-5 what was given away and taken back is told by reason and person', async () => {
    const [discounts, voids] = await Promise.all([
      day.get('/branches/main/reports/discounts'),
      day.get('/branches/main/reports/voids'),
    ]);
    const [one, two, three] = await Promise.all(ORDERS.map(({ id }) => day.order(id)));
    const lucy = { by_staff: 'lucy', staff_name: 'Lucy Marlow', count: 1 };
    const rows = [
      { kind: 'discount', reason: 'Neighbour', ...lucy, amount: one?.header.discount },
      { kind: 'discount', reason: '=1+1', ...lucy, amount: three?.header.discount },
    ];
    expect(discounts.body['rows']).toEqual(rows);
    const price = two?.lines.find(({ status }) => status === 'voided')?.unit_price;
    expect(voids.body['rows']).toEqual([{ reason: ORDERS[1]?.voided, ...lucy, amount: price }]);
  });

  it('R-REP-1 the same by WebSocket, HTTP and command line, with the shift open', async () => {
    const answers = await sameByEveryDoor();
    for (const answer of answers) expect(answer).toMatchObject({ open: true });
  }, 30_000);

  it('R-REP-3 a range or a top that will not do is refused', async () => {
    const refused = async (query: string, name = 'summary') => {
      const { status, body } = await day.get(`/branches/main/reports/${name}?${query}`);
      return [status, body['code'], body['detail']];
    };
    const code = 'validation_failed';
    expect(await refused('from=2026-05-18&to=2026-05-17')).toEqual([
      400,
      code,
      'to is before from',
    ]);
    expect(await refused('from=2026-02-30')).toEqual([
      400,
      code,
      'from is no date of the calendar',
    ]);
    expect((await refused('from=yesterday')).slice(0, 2)).toEqual([400, code]);
    expect((await refused('top=501')).slice(0, 2)).toEqual([400, code]);
    expect((await refused('top=0')).slice(0, 2)).toEqual([400, code]);
    expect(await refused('from=2016-05-18&to=2026-05-18')).toEqual([200, undefined, undefined]);
    expect((await refused('from=2016-05-17&to=2026-05-18')).slice(0, 2)).toEqual([400, code]);
    expect((await refused('from=2025-05-17&to=2026-05-18', 'shifts')).slice(0, 2)).toEqual([
      400,
      code,
    ]);
  });

  it('R-REP-1 R-REP-5 the same by every door once the shift is closed, and as it was', async () => {
    const [open] = await overHttp();
    const held = (await day.get('/branches/main/reports/shifts')).body as unknown as ShiftsLike;
    const [shift] = held.rows;
    const close = { shift_id: shift?.id, counted_cash: 10_000 };
    await day.give(LUCY, 'shift.close', close, { pos_shift: { [shift?.id ?? '']: 1 } });
    const answers = await sameByEveryDoor();
    for (const answer of answers) expect(answer).toMatchObject({ open: false });
    const [summary] = answers;
    expect(summary?.['sales']).toEqual(open?.['sales']);
    expect(summary?.['kitchen']).toEqual(open?.['kitchen']);
    const { rows } = (await day.get(`/branches/main/reports/shifts?from=${DATE}`))
      .body as unknown as ShiftsLike;
    const by = { closed_by: 'lucy', closed_by_name: 'Lucy Marlow', closed_at: rows[0]?.closed_at };
    const counted = { counted_cash: 10_000, over_short: 10_000 - Number(shift?.expected_cash) };
    expect(rows).toEqual([{ ...shift, ...by, ...counted, status: 'closed', z_number: 1 }]);
  }, 30_000);
});

interface SalesLike {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly rest: Readonly<Record<string, unknown>> | null;
  readonly totals: Readonly<Record<string, number>>;
}

interface ShiftsLike {
  readonly rows: readonly {
    readonly id: string;
    readonly expected_cash: number | null;
    readonly closed_at: number | null;
  }[];
}
