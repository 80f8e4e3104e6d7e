import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BranchReports } from '../../src/hub/reports/branch-reports.js';
import type { HotBranch } from '../../src/store/hot/hot-branch.js';
import type { ReportReads } from '../../src/store/reports.js';
import { Evening } from './evening.js';

const DATE = '2019-05-18';
const RANGE = { from: DATE, to: DATE };

let evening: Evening;
beforeEach(async () => {
  evening = await Evening.begin();
  await evening.sent('o1');
  await evening.bump('o1', ['o1-1'], 'served');
  await evening.pay('o1', 1_200);
  await evening.close('o1');
});
afterEach(() => evening.end());

function hot(): HotBranch {
  const branch = evening.hub.hub.branches.get('main');
  if (branch === undefined) throw new Error('the branch is there');
  return branch.hub.hot;
}

/** The store's reads, with something that happens once before or after the first of them. */
function readsWith(happens: { before?: () => Promise<unknown>; after?: () => Promise<unknown> }) {
  const { reports } = evening.hub.store;
  let { before, after } = happens;
  const around = async <Value>(read: () => Promise<Value>): Promise<Value> => {
    const [first, last] = [before, after];
    before = undefined;
    after = undefined;
    await first?.();
    const value = await read();
    await last?.();
    return value;
  };
  const reads: ReportReads = {
    figures: (id, range) => around(() => reports.figures(id, range)),
    days: (id, range) => around(() => reports.days(id, range)),
    shifts: (id, range) => around(() => reports.shifts(id, range)),
  };
  return new BranchReports(hot(), reads);
}

describe('a shift that is closed while a report is read', () => {
  const closing = () => evening.closeShift();
  it.each([
    ['before the store is read', { before: closing }],
    ['after the store was read', { after: closing }],
  ])('R-REP-6 counts once, %s', async (_when, happens) => {
    const { value, open } = await readsWith(happens).figures(RANGE);
    expect([value.orders, value.total, value.shifts, open]).toEqual([1, 1_200, 1, false]);
  });

  it('R-REP-6 counts once in lists of dates and of shifts', async () => {
    const { value: days } = await readsWith({ after: closing }).days(RANGE);
    expect(days.map(({ total }) => total)).toEqual([1_200]);
    await evening.openShift();
    const { value: shifts } = await readsWith({ before: () => evening.closeShift() }).shifts(RANGE);
    expect(shifts.map(({ shift, total }) => [shift.status, total])).toEqual([
      ['closed', 1_200],
      ['closed', 0],
    ]);
  });

  it('R-REP-6 is read again while the store has it and memory does not yet', async () => {
    const { shift } = hot();
    if (shift === null) throw new Error('a shift is open');
    const closed = { shift: { ...shift, status: 'closed' as const }, orders: 1, total: 1_200 };
    const { reports } = evening.hub.store;
    let asked = 0;
    const reads: ReportReads = {
      ...{ figures: (id, range) => reports.figures(id, range) },
      ...{ days: (id, range) => reports.days(id, range) },
      shifts: async () => {
        asked += 1;
        if (asked === 2) await closing();
        return asked < 3 ? [closed] : [];
      },
    };
    const { value, open } = await new BranchReports(hot(), reads).figures(RANGE);
    expect([value.total, open, asked]).toEqual([1_200, false, 2]);
  });

  it('R-REP-2 an open shift of another date is left out, and of the same added to its day', async () => {
    const { value, open } = await readsWith({}).figures({ from: '2019-05-01', to: '2019-05-17' });
    expect([value.orders, open]).toEqual([0, false]);
    await evening.closeShift();
    await evening.openShift();
    await evening.sent('o2');
    await evening.bump('o2', ['o2-1'], 'served');
    await evening.pay('o2', 1_200);
    await evening.close('o2');
    const { value: days } = await readsWith({}).days({ from: '2019-05-01', to: '2019-05-31' });
    expect(days).toMatchObject([{ business_date: DATE, shifts: 1, orders: 2, total: 2_400 }]);
  });
});
