/** A checker counts only if it finds what is wrong: small mutations of figures, and of what the writer leaves. */
import { describe, expect, test } from 'vitest';
import type { Figures } from '../../src/domain/reports/figures.js';
import { factDifferences, factsIn } from '../support/checkers/naive-figures.js';
import { storedFindings, weeks } from '../support/figure-weeks.js';

/** The first of the list with these changes; as it was where there is none. */
function withFirst<Row>(list: readonly Row[], change: (row: Row) => Row): readonly Row[] {
  return list.map((row, index) => (index === 0 ? change(row) : row));
}

type Mutation = (figures: Figures) => Partial<Figures>;

/** What a slip of the pen in the reports could make of a shift's figures. */
const PLANTED: Readonly<Record<string, Mutation>> = {
  'a cent more': ({ total }) => ({ total: total + 1 }),
  'a shift that does not count': () => ({ shifts: 0 }),
  'guests counted by order': ({ guests, orders }) => ({ guests: guests + orders }),
  'an order that was not cooked': ({ cooked, orders }) => ({
    cooked: cooked + Math.min(1, orders),
  }),
  'a sale at another hour': ({ by_hour }) => ({
    by_hour: withFirst(by_hour, (row) => ({ ...row, hour: 24 })),
  }),
  'tax at another rate': ({ taxes }) => ({
    taxes: withFirst(taxes, (row) => ({ ...row, rate: row.rate + 1 })),
  }),
  'comps among the discounts': ({ comps, discounts }) => ({
    comps: [],
    discounts: [...discounts, ...comps.map((row) => ({ ...row, reason: 'comp' }))],
  }),
  'a void without its reason': ({ voids }) => ({
    voids: withFirst(voids, (row) => ({ ...row, reason: 'none' })),
  }),
  'an item in another category': ({ by_item }) => ({
    by_item: withFirst(by_item, (row) => ({ ...row, category: 'other' })),
  }),
  'an item left out': ({ by_item }) => ({ by_item: by_item.slice(1) }),
  'one more of a station': ({ by_station }) => ({
    by_station: withFirst(by_station, (row) => ({ ...row, qty: row.qty + 1 })),
  }),
  'refunds among the payments': ({ payments }) => ({
    payments: payments.map((row) => ({ ...row, paid: row.paid - row.refunded, refunded: 0 })),
  }),
  'a tip of somebody else': ({ tips }) => ({
    tips: withFirst(tips, (row) => ({ ...row, by_staff: 'nobody' })),
  }),
  'late payments forgotten': () => ({ late: [] }),
  'a recall counted twice': ({ kitchen }) => ({
    kitchen: kitchen.map((row) => ({ ...row, recalls: row.recalls * 2 })),
  }),
  'times a bucket too high': ({ kitchen }) => ({
    kitchen: withFirst(kitchen, (row) => ({ ...row, to_ready: [0, ...row.to_ready] })),
  }),
  'queue and preparation exchanged': ({ kitchen }) => ({
    kitchen: kitchen.map((row) => ({ ...row, queue: row.preparation, preparation: row.queue })),
  }),
  'cash tips left out': ({ drawer }) => ({
    drawer: { ...drawer, expected: drawer.expected - drawer.tips },
  }),
  'drops added': ({ drawer }) => ({
    drawer: { ...drawer, expected: drawer.expected + drawer.drops },
  }),
};

/** What a slip in the writer could leave in the summaries. */
const MISWRITTEN: Readonly<Record<string, string>> = {
  'a day forgotten':
    'DELETE FROM day_summary WHERE business_date = (SELECT min(business_date) FROM day_summary)',
  'a month forgotten': 'DELETE FROM month_summary',
  'a shift forgotten':
    'DELETE FROM shift_summary WHERE closed_version = (SELECT max(closed_version) FROM shift_summary)',
  'a day that holds its last shift alone': `UPDATE day_summary AS d SET figures = (SELECT s.figures FROM shift_summary s
    WHERE s.business_date = d.business_date ORDER BY s.closed_version DESC LIMIT 1)`,
  'a month that holds its last day alone': `UPDATE month_summary AS m SET figures = (SELECT d.figures FROM day_summary d
    WHERE d.business_date LIKE m.month || '%' ORDER BY d.business_date DESC LIMIT 1)`,
  'a shift summed up under another date': `UPDATE shift_summary SET business_date = '2000-01-01'`,
  'a day whose columns are not those of its figures': 'UPDATE day_summary SET total = total + 1',
  'a cent in one day': `UPDATE day_summary SET figures = json_set(figures, '$.gross', json_extract(figures, '$.gross') + 1)`,
};

describe('R-FIG-12 the fold finds a figure that is wrong', () => {
  const { database, naive } = weeks(1);
  const kept = database
    .prepare('SELECT figures FROM shift_summary ORDER BY closed_version')
    .pluck()
    .all() as string[];

  test.each(Object.entries(PLANTED))('R-FIG-12 %s', (_name, mutation) => {
    const found = kept.flatMap((text, index) => {
      const figures = JSON.parse(text) as Figures;
      const wrong = { ...figures, ...mutation(figures) };
      return factDifferences('planted', factsIn(wrong), naive.ended[index]?.facts ?? new Map());
    });
    expect(found).not.toEqual([]);
  });

  test.each(Object.entries(MISWRITTEN))('R-FIG-12 %s', (_name, sql) => {
    expect(storedFindings(database, naive.ended, 1)).toEqual([]);
    database.exec(`BEGIN; ${sql};`);
    const found = storedFindings(database, naive.ended, 1);
    database.exec('ROLLBACK');
    expect(found).not.toEqual([]);
  });
});
