/** Several made-up days played on one hub, a shift a business day, with sums that were worked out by hand. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runReplay, type ReplayResult } from '../../../src/server/cli/replay/run.js';
import { isRight, summaryOf } from '../../../src/server/cli/replay/summary.js';
import { zReportsFile } from '../../../src/server/cli/replay/z-reports.js';

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

describe('a replay of several days', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'expeditor-replay-days-'));
  });
  afterEach(async () => {
    await rm(directory, { recursive: true, force: true });
  });

  async function replay(): Promise<ReplayResult> {
    return runReplay({
      orders: { name: 'orders.csv', text: ORDERS },
      menu: { name: 'menu.csv', text: await readFile(MENU, 'utf8') },
      selection: {},
      speed: null,
      tills: 2,
      screens: 4,
      stage: { branch: 'main', data: join(directory, 'data'), workerDirectory: DIST },
      output: new PassThrough().resume(),
    });
  }

  it('R-DAYS-1, R-DAYS-2 each business day is one shift with one Z report; a later run finds the same reports, to the letter', async () => {
    const first = await replay();
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
});
