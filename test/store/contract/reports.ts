/** What closed shifts came to, through the port: kept by the commit that closes them, added up over any range of dates. */
import { describe, expect, test } from 'vitest';
import type { Figures, ShiftSummary } from '../../../src/domain/reports/figures.js';
import { addFigures, emptyFigures } from '../../../src/domain/reports/tally.js';
import type { CommitRequest, Store } from '../../../src/store/port.js';
import { Random } from '../../support/random-traffic/random.js';
import { shiftRow } from '../../support/store-rows.js';
import { changed, commit, committed, inserted, request, seedRequest } from '../../support/store.js';
import { NOON } from '../../support/rows.js';
import { withStore, type OpenFresh } from './opened.js';

const EVER = { from: '2000-01-01', to: '2999-12-31' };

function figuresOf(total: number): Figures {
  const sold = { item_id: 'kebab', name: 'Kebab', category: null, qty: 1, total };
  return {
    ...emptyFigures(),
    shifts: 1,
    orders: 2,
    guests: 3,
    gross: total + 5,
    discount: 5,
    total,
    by_item: [sold],
  };
}

interface Turn {
  readonly branchId?: string;
  readonly id: string;
  readonly date: string;
  readonly total: number;
}

/** Opens the shift and gives the request that closes it. */
async function closing(
  store: Store,
  { branchId = 'main', id, date, total }: Turn,
): Promise<CommitRequest> {
  const open = shiftRow({ id, branch_id: branchId, business_date: date });
  await committed(store, request(branchId, [inserted('pos_shift', open)]));
  const columns = {
    status: 'closed',
    closed_at: NOON + 9,
    counted_cash: 1,
    z_report: { total },
  } as const;
  const summary: ShiftSummary = { shiftId: id, businessDate: date, figures: figuresOf(total) };
  return request(branchId, [changed('pos_shift', open, columns)], { zNumberOf: id, summary });
}

async function close(store: Store, turn: Turn): Promise<void> {
  await committed(store, await closing(store, turn));
}

function withSeeded(
  openFresh: OpenFresh,
  run: (store: Store, reopen: () => Promise<Store>) => Promise<void>,
) {
  return withStore(openFresh, [], async (opened) => {
    for (const branchId of ['main', 'other']) await committed(opened.store, seedRequest(branchId));
    await run(opened.store, opened.reopen ?? (() => Promise.resolve(opened.store)));
  });
}

export function reportContract(openFresh: OpenFresh): void {
  describe('reports', () => {
    test('R-FIG-6 a commit that closes a shift brings its figures; day, range and list of shifts tell them, also when opened again', () =>
      withSeeded(openFresh, async (store, reopen) => {
        await close(store, { id: 's1', date: '2026-05-18', total: 700 });
        await close(store, { id: 's2', date: '2026-05-18', total: 40 });
        await close(store, { id: 's3', date: '2026-06-01', total: 1 });
        await close(store, { branchId: 'other', id: 's4', date: '2026-05-18', total: 9_000 });
        const { reports } = await reopen();
        const all = await reports.figures('main', EVER);
        expect(all).toEqual(addFigures([700, 40, 1].map(figuresOf)));
        expect(all.by_item).toMatchObject([{ item_id: 'kebab', qty: 3, total: 741 }]);
        const may = { from: '2026-05-01', to: '2026-05-31' };
        expect(await reports.figures('main', may)).toMatchObject({ shifts: 2, total: 740 });
        const totals = { guests: 6, discount: 10, tax: 0 };
        expect(await reports.days('main', may)).toEqual([
          { business_date: '2026-05-18', shifts: 2, orders: 4, gross: 750, total: 740, ...totals },
        ]);
        const dates = (await reports.days('main', EVER)).map(({ business_date }) => business_date);
        expect(dates).toEqual(['2026-05-18', '2026-06-01']);
        const shifts = await reports.shifts('main', EVER);
        expect(shifts.map(({ shift, total }) => [shift.id, shift.z_number, total])).toEqual([
          ['s1', 1, 700],
          ['s2', 2, 40],
          ['s3', 3, 1],
        ]);
        expect(shifts[0]).toMatchObject({
          orders: 2,
          shift: { counted_cash: 1, status: 'closed' },
        });
        expect(shifts[0]?.shift).not.toHaveProperty('z_report');
        expect(await reports.shifts('other', may)).toHaveLength(1);
      }));

    test('R-FIG-6 where nothing was closed, or nobody is, it comes to nothing', () =>
      withSeeded(openFresh, async ({ reports }) => {
        expect(await reports.figures('main', EVER)).toEqual(emptyFigures());
        expect(await reports.days('main', EVER)).toEqual([]);
        expect(await reports.shifts('nowhere', EVER)).toEqual([]);
        expect(await reports.figures('nowhere', EVER)).toEqual(emptyFigures());
      }));

    test('R-FIG-7 a close that is refused, or comes again, adds nothing', () =>
      withSeeded(openFresh, async (store) => {
        const first = await closing(store, { id: 's1', date: '2026-05-18', total: 700 });
        const second = { ...first, key: 'another till' };
        const outcomes = await Promise.all([
          commit(store, first),
          commit(store, second),
          commit(store, first),
        ]);
        expect(outcomes.map(({ kind }) => kind)).toEqual(['committed', 'conflict', 'duplicate']);
        expect(await store.reports.figures('main', EVER)).toEqual(figuresOf(700));
        expect(await store.reports.days('main', EVER)).toMatchObject([{ shifts: 1, total: 700 }]);
      }));

    test('R-FIG-8 any range of dates comes to what its shifts come to, whatever months and days it cuts', () =>
      withSeeded(openFresh, async (store) => {
        const random = new Random(8);
        const dates = [
          '2027-12-31',
          '2028-01-01',
          '2028-01-31',
          '2028-02-01',
          '2028-02-28',
          '2028-02-29',
          '2028-03-01',
          '2028-04-15',
          '2028-04-30',
          '2028-05-01',
        ];
        for (const [index, date] of dates.entries()) {
          await close(store, { id: `s${String(index)}`, date, total: 2 ** index });
        }
        const edges = [...dates, '2027-12-01', '2028-02-15', '2028-03-31', '2028-06-30'];
        for (let run = 0; run < 80; run += 1) {
          const range = {
            from: random.pick(edges) ?? EVER.from,
            to: random.pick(edges) ?? EVER.to,
          };
          const inside = dates.filter((date) => range.from <= date && date <= range.to);
          const expected = inside.reduce((sum, date) => sum + 2 ** dates.indexOf(date), 0);
          const found = await store.reports.figures('main', range);
          expect([range, found.total, found.shifts]).toEqual([range, expected, inside.length]);
        }
      }));
  });
}
