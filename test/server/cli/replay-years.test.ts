/** Made-up histories, drawn from the sample day: a few days of what the command line makes for years. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FileText } from '../../../src/server/cli/replay/csv.js';
import { readMenu, readOrders } from '../../../src/server/cli/replay/csv.js';
import { businessDate } from '../../../src/domain/business-date.js';
import { makePlan } from '../../../src/server/cli/replay/plan.js';
import { History } from '../../../src/server/cli/replay/years/history.js';
import { runYears, type YearsResult } from '../../../src/server/cli/replay/years/run.js';
import { isRight, summaryOf } from '../../../src/server/cli/replay/years/summary.js';

/** Worker threads run compiled files. */
const DIST = new URL('../../../dist/', import.meta.url);

async function sample(name: string): Promise<FileText> {
  const path = new URL(`../../../data/demo/${name}`, import.meta.url);
  return { name, text: await readFile(path, 'utf8') };
}

const WHERE = { branchId: 'main', zone: 'Europe/London', cutoffHour: 4 } as const;

async function history(seed: number): Promise<History> {
  const rows = readOrders(await sample('sample-orders.csv'), WHERE.zone);
  const plan = makePlan(readMenu(await sample('sample-menu.csv')), rows, {
    ...WHERE,
    selection: {},
  });
  return new History(plan, { ...WHERE, seed, days: 800, linesPerDay: 40 });
}

describe('R-YEARS-1 a history is drawn from recorded orders', () => {
  it('R-YEARS-1 the same seed draws the same days, another one others', async () => {
    const [one, same, other] = await Promise.all([history(1), history(1), history(2)]);
    expect(one.dates).toHaveLength(800);
    expect([one.dates[0], one.dates.at(-1)]).toEqual(['2026-02-14', '2028-04-23']);
    expect(same.day('2027-03-01')).toEqual(one.day('2027-03-01'));
    expect(other.day('2027-03-01')).not.toEqual(one.day('2027-03-01'));
  });

  it('R-YEARS-1 days have the wanted lines on average, and orders of their own date, clock changes and leap days too', async () => {
    const drawn = await history(3);
    const days = drawn.dates
      .filter((date) => /^2027-(03|10)|^2028-0[23]/.test(date))
      .map((date) => drawn.day(date));
    const lines = days.flatMap(({ orders }) => orders.flatMap((order) => order.lines)).length;
    expect(lines / days.length).toBeGreaterThan(36);
    expect(lines / days.length).toBeLessThan(48);
    for (const { businessDate: date, opensAt, orders } of days) {
      const times = [opensAt, ...orders.map(({ at }) => at)];
      expect(new Set(times.map((at) => businessDate(at, WHERE.zone, 4)))).toEqual(new Set([date]));
    }
  });
});

describe('a replay of a made-up history', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'expeditor-replay-years-'));
  });
  afterEach(async () => {
    await rm(directory, { recursive: true, force: true });
  });

  async function years(days: number, seed = 7): Promise<YearsResult> {
    return runYears({
      orders: await sample('sample-orders.csv'),
      menu: await sample('sample-menu.csv'),
      ...{ days, seed, linesPerDay: 30 },
      stage: { branch: 'main', data: join(directory, 'data'), workerDirectory: DIST },
      output: new PassThrough().resume(),
    });
  }

  it('R-YEARS-2, R-YEARS-3 reconciles to the penny, goes on where it stopped, and finds that another seed is not what is there', async () => {
    const first = await years(2);
    expect(summaryOf(first)).toContain('All of it is right.');
    expect(first.zReports).toHaveLength(2);
    const second = await years(3);
    expect(isRight(second)).toBe(true);
    expect(second.daysThereAlready).toBe(2);
    expect(second.zReports.slice(0, 2)).toEqual(first.zReports);
    const other = await years(3, 8);
    expect(isRight(other)).toBe(false);
    expect(other.faults.join()).toContain('is lost');
  }, 60_000);
});
