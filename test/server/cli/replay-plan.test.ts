import { describe, expect, it } from 'vitest';
import { readMenu, readOrders } from '../../../src/server/cli/replay/csv.js';
import { chooseStation, kitchenPlace } from '../../../src/server/cli/replay/kitchen-rule.js';
import { readPence, showPence } from '../../../src/server/cli/replay/money.js';
import { makePlan, type PlanOptions } from '../../../src/server/cli/replay/plan.js';

const ZONE = 'Europe/London';
const OPTIONS: PlanOptions = { branchId: 'main', zone: ZONE, cutoffHour: 4, selection: {} };
const HEADER = 'OrderNumber,OrderDate,ItemName,Quantity,ProductPrice,TotalProducts\n';

function orders(rows: string): ReturnType<typeof readOrders> {
  return readOrders({ name: 'orders.csv', text: HEADER + rows }, ZONE);
}

describe('reading', () => {
  it('R-CSV-1 prices are exact decimals, never floats', () => {
    expect(['0.5', '4.95', '3', '0.29', '1.1', '999999999.99'].map(readPence)).toEqual([
      50, 495, 300, 29, 110, 99_999_999_999,
    ]);
    for (const text of ['', '-1', '1.', '.5', '1.234', '1,50', '1e3', '£1', ' 1', '1234567890']) {
      expect(() => readPence(text)).toThrow('is not a price');
    }
    expect([1_709_965, 5, -1230, 100_000_000].map(showPence)).toEqual([
      '17,099.65',
      '0.05',
      '-12.30',
      '1,000,000.00',
    ]);
  });

  it('R-CSV-2 a byte order mark, quoted fields, line ends of Windows and empty lines are taken', () => {
    const text = '\uFEFFItem Name,Product Price\r\n"Rice, plain",2.95\r\n\r\nNaan,2.6\r\n';
    expect(readMenu({ name: 'menu.csv', text })).toEqual([
      { name: 'Rice, plain', pence: 295 },
      { name: 'Naan', pence: 260 },
    ]);
  });

  it('R-CSV-3 a fault names its file and row', () => {
    expect(() =>
      orders('1,31/05/2019 19:51,Naan,1,2.6,1\n2,31/05/2019 20:00,Naan,0,2.6,1\n'),
    ).toThrow('orders.csv, row 3: "0" is not a quantity');
    expect(() => orders('1,31/13/2019 19:51,Naan,1,2.6,1\n')).toThrow('orders.csv, row 2');
    expect(() => orders('1,31/05/2019 19:51,,1,2.6,1\n')).toThrow('"ItemName" is missing or empty');
    expect(() => readMenu({ name: 'm', text: 'Name,Price\nNaan,1\n' })).toThrow('"Item Name"');
    expect(() => readMenu({ name: 'm', text: 'Item Name,Product Price\nN,1\nN,2\n' })).toThrow(
      'm, row 3: the item "N" stands twice',
    );
    expect(() => orders('1,31/05/2019 19:51,Naan\n')).toThrow('orders.csv is not a CSV file');
  });

  it('R-CSV-4 times are local to the zone, in summer and in winter', () => {
    const rows = orders('1,01/05/2019 19:51,N,1,1,9\n2,01/12/2019 19:51,N,1,1,9\n');
    expect(rows.map((row) => new Date(row.at).toISOString())).toEqual([
      '2019-05-01T18:51:00.000Z',
      '2019-12-01T19:51:00.000Z',
    ]);
  });
});

describe('planning', () => {
  const MENU = [{ name: 'Naan', pence: 260 }];

  it('R-PLAN-1 rows need not be grouped, repeated lines stay, and totals are those of the rows', () => {
    const plan = makePlan(
      MENU,
      orders(
        '10,02/05/2019 19:00,Naan,1,2.60,7\n9,01/05/2019 19:00,Rice,2,2.95,7\n10,02/05/2019 19:00,Naan,1,2.60,7\n',
      ),
      OPTIONS,
    );
    expect(plan.totals).toEqual({ orders: 2, lines: 3, units: 4, pence: 1110 });
    expect(plan.items.map(({ name, pence }) => [name, pence])).toEqual([
      ['Naan', 260],
      ['Rice', 295],
    ]);
    expect(plan.days.map((day) => day.businessDate)).toEqual(['2019-05-01', '2019-05-02']);
    const lines = plan.days[1]?.orders[0]?.batches.flat() ?? [];
    expect(new Set(lines.map((line) => line.id)).size).toBe(2);
  });

  it('R-PLAN-2 after midnight belongs to the business date before, until the cut-off', () => {
    const rows = orders(
      '1,17/05/2019 23:50,N,1,1,1\n2,18/05/2019 00:10,N,1,1,1\n3,18/05/2019 04:00,N,1,1,1\n4,19/05/2019 03:59,N,1,1,1\n',
    );
    const numbers = (selection: PlanOptions['selection']): string[] =>
      makePlan([], rows, { ...OPTIONS, selection }).days.flatMap((day) =>
        day.orders.map((order) => `${day.businessDate} ${order.fileNumber}`),
      );
    expect(numbers({})).toEqual(['2019-05-17 1', '2019-05-17 2', '2019-05-18 3', '2019-05-18 4']);
    expect(numbers({ calendarDate: '18/05/2019' })).toEqual(['2019-05-17 2', '2019-05-18 3']);
    expect(numbers({ businessDate: '2019-05-18' })).toEqual(['2019-05-18 3', '2019-05-18 4']);
  });

  it('R-PLAN-3 the same content has the same ids under any name, another branch has others', () => {
    const rows = orders('1,17/05/2019 23:50,Naan,1,2.6,1\n');
    expect(makePlan(MENU, rows, OPTIONS)).toEqual(makePlan(MENU, rows, OPTIONS));
    const other = makePlan(MENU, rows, { ...OPTIONS, branchId: 'other' });
    expect(other.days[0]?.orders[0]?.id).not.toBe(
      makePlan(MENU, rows, OPTIONS).days[0]?.orders[0]?.id,
    );
  });

  it('R-PLAN-4 a command takes at most 100 lines, and an item has one price in it', () => {
    const row = '1,17/05/2019 20:00,Naan,1,2.6,1\n';
    const long = makePlan(MENU, orders(row.repeat(230)), OPTIONS);
    expect(long.days[0]?.orders[0]?.batches.map((batch) => batch.length)).toEqual([100, 100, 30]);
    const dearer = makePlan(MENU, orders(row + row.replace('2.6', '2.8') + row), OPTIONS);
    expect(dearer.days[0]?.orders[0]?.batches.map((batch) => batch.length)).toEqual([1, 1, 1]);
  });

  it('R-PLAN-5 an order of two times is a fault', () => {
    expect(() =>
      makePlan(MENU, orders('1,17/05/2019 20:00,N,1,1,1\n1,17/05/2019 20:01,N,1,1,1\n'), OPTIONS),
    ).toThrow('order 1 has rows of two times');
  });

  it('R-PLAN-6 stations follow from names, and fall back to what the hub has', () => {
    const stations = ['grill', 'fry', 'cold', 'bar'].map((id) => ({ id, name: id }));
    const of = (name: string): string | null => chooseStation(kitchenPlace(name), name, stations);
    expect(
      ['Bottle Coke', 'Mango Chutney', 'Garlic Naan', 'Chicken Tikka', 'Chicken Tikka Masala'].map(
        of,
      ),
    ).toEqual(['bar', 'cold', 'grill', 'grill', 'fry']);
    expect(chooseStation(kitchenPlace('Naan'), 'Naan', [{ id: 'x', name: 'Oven' }])).toBe('x');
    expect(chooseStation(kitchenPlace('Naan'), 'Naan', [{ id: 'x', name: 'Grill' }])).toBe('x');
    expect(chooseStation(kitchenPlace('Naan'), 'Naan', [])).toBeNull();
  });
});
