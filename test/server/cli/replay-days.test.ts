/** Several made-up days played on one hub, a shift a business day, with sums that were worked out by hand, wherever the data went. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { SALES_GROUPS } from '../../../src/domain/reports/sales.js';
import { runReplay, type ReplayResult } from '../../../src/server/cli/replay/run.js';
import { isRight, summaryOf } from '../../../src/server/cli/replay/summary.js';
import { zReportsFile } from '../../../src/server/cli/replay/z-reports.js';
import { makeAsked, type Asked } from '../../../src/server/cli/report/make.js';
import { REPORTS, type ReportOptions } from '../../../src/server/cli/report/options.js';
import { restore } from '../../../src/store/backup/restore.js';
import { openForReports } from '../../../src/store/sqlite/report-directory.js';
import type { Upkeep } from '../../../src/store/upkeep.js';
import { rebuildAt } from '../../../src/store/verify/rebuild.js';
import { backUp } from '../../support/backups.js';
import { rotate } from '../../support/rotation.js';
import { openSqlite } from '../../support/sqlite-store.js';

/** A hub is started several times. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** Worker threads run compiled files. */
const DIST = new URL('../../../dist/', import.meta.url);
const MENU = new URL('../../../data/demo/sample-menu.csv', import.meta.url);

/** Three nights; the last order of the first is rung up after midnight, the last of the second minutes before the cut-off. */
const ORDERS = `OrderNumber,OrderDate,ItemName,Quantity,ProductPrice,TotalProducts
1,29/03/2025 19:05,Tomato soup,2,4.5,2
1,29/03/2025 19:05,Garlic bread,1,3.25,2
3,30/03/2025 00:40,Onion rings,3,3.95,1
2,29/03/2025 21:10,Halloumi fries,1,5.75,1
4,30/03/2025 18:00,Garlic bread,4,3.25,1
5,31/03/2025 03:50,Tomato soup,1,4.5,1
6,31/03/2025 12:15,Halloumi fries,2,5.75,1
`;

/** 1 April 2025: after all of it. */
const LATER = Date.UTC(2025, 3, 1);

describe('a replay of several days', () => {
  let root: string;
  let data: string;
  let first: ReplayResult;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'expeditor-replay-days-'));
    data = join(root, 'data');
    first = await replay();
  });
  afterAll(async () => {
    await rm(root, { recursive: true, force: true });
  });

  async function replay(): Promise<ReplayResult> {
    return runReplay({
      orders: { name: 'orders.csv', text: ORDERS },
      menu: { name: 'menu.csv', text: await readFile(MENU, 'utf8') },
      selection: {},
      speed: null,
      tills: 2,
      screens: 4,
      stage: { branch: 'main', data, workerDirectory: DIST },
      output: new PassThrough().resume(),
    });
  }

  it('R-DAYS-1, R-DAYS-2 each business day is one shift with one Z report; a later run finds the same reports, to the letter', async () => {
    expect(isRight(first)).toBe(true);
    expect(first.zReports.map((z) => [z.businessDate, z.zNumber, z.orders, z.total])).toEqual([
      ['2025-03-29', 1, 3, 3_000 - 15],
      ['2025-03-30', 2, 2, 1_750],
      ['2025-03-31', 3, 1, 1_150],
    ]);
    expect(summaryOf(first)).toContain(
      "3 Z reports of these orders' shifts, together 58.85 pounds",
    );
    const again = await replay();
    expect(again.ledger.acknowledged).toBe(0);
    expect(zReportsFile(again.zReports)).toBe(zReportsFile(first.zReports));
    expect(zReportsFile(again.zReports).split('\n')[1]).toMatch(
      /^2025-03-29,main,1,3,2985,[0-9a-f]{64}$/,
    );
  });

  async function upkeep<Result>(use: (upkeep: Upkeep) => Promise<Result>): Promise<Result> {
    const store = await openSqlite(data);
    if (store.upkeep === null) throw new Error('an engine on a disk has upkeep');
    return use(store.upkeep).finally(() => store.close());
  }

  it('R-DAYS-3 every report, and the list of Z reports, is the same to the letter after archiving, a restart, backup and restore, and in what is rebuilt from the events', async () => {
    const shiftIds = first.zReports.map(({ shiftId }) => shiftId);
    const reports = await reportsOf(data, shiftIds);
    expect(reports).toHaveLength(SALES_GROUPS.length + 5 + shiftIds.length);
    expect(reports[0]).toContain('"total":5885');

    const { orders } = await upkeep((archive) => archive.archive({ closedBefore: LATER }));
    expect(orders).toBe(6);
    const events = { before: LATER, segmentId: 'events', eventsMin: 1, eventsMax: 1_000 };
    expect(await rotate(data, events)).not.toBeNull();
    expect(await reportsOf(data, shiftIds)).toEqual(reports);

    const from = join(root, 'backup.tar');
    backUp(data, from);
    data = join(root, 'restored');
    await restore({
      ...{ from, data, replace: false, verifyOnly: false, newEpoch: 'another' },
      ...{ at: LATER, onProgress: () => undefined },
    });
    expect(await reportsOf(data, shiftIds)).toEqual(reports);
    expect(zReportsFile((await replay()).zReports)).toBe(zReportsFile(first.zReports));

    expect(await upkeep((archive) => archive.restore(null))).toBe(6);
    expect(await reportsOf(data, shiftIds)).toEqual(reports);

    const past = await mkdtemp(join(root, 'past-'));
    const [file, into] = [join(data, 'expeditor.db'), join(past, 'expeditor.db')];
    const built = await rebuildAt({ file, into, until: { at: LATER } });
    expect(built.difference).toBeNull();
    expect(await reportsOf(past, shiftIds)).toEqual(reports);
  });
});

/** Every kind of report, as JSON: of all days, and of each shift. */
async function reportsOf(data: string, shiftIds: readonly string[]): Promise<string[]> {
  const directory = openForReports(data);
  const range = { from: '2025-03-01', to: '2025-04-30' };
  const made = async (name: string, more: Partial<ReportOptions>): Promise<string> => {
    const options = { ...more, branch: 'main' } as ReportOptions;
    const asked: Asked = { name, options, now: LATER };
    return `${name} ${JSON.stringify((await makeAsked(directory, asked)).answer)}`;
  };
  try {
    return await Promise.all([
      ...REPORTS.filter((name) => name !== 'sales' && name !== 'shift').map((name) =>
        made(name, range),
      ),
      ...SALES_GROUPS.map((groupBy) => made('sales', { ...range, groupBy })),
      ...shiftIds.map((shift) => made('shift', { kind: 'z', shift })),
    ]);
  } finally {
    directory.close();
  }
}
