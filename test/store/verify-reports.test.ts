/** Frozen reports of closed shifts: a figure that is not what the events make of it is noticed, whichever it is. */
import Database from 'better-sqlite3';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DATABASE_NAME } from '../../src/store/sqlite/open.js';
import { differenceOf } from '../../src/store/verify/reports/difference.js';
import { verifyDatabase } from '../../src/store/verify/verify-database.js';
import { makeShift } from '../support/rows.js';
import { freshDirectory, openSqlite } from '../support/sqlite-store.js';
import { writeDay } from '../support/store-day.js';
import { rechain, verifyTampered, type Tamper } from '../support/tampered.js';

const BUSINESS_DATE = makeShift().business_date;
const directory = freshDirectory();
const file = join(directory.path, DATABASE_NAME);

beforeAll(async () => {
  const store = await openSqlite(directory.path);
  await store.load();
  await writeDay(store, 'main');
  await store.close();
});

afterAll(() => {
  directory.remove();
});

/** A Z report that was wrong from the start: row, event and chain agree. */
function frozenWith(path: string, value: string): Tamper {
  return (database) => {
    database
      .prepare(
        `UPDATE pos_shift SET z_report = json_set(z_report, '$.' || ?, json(?)) WHERE z_report IS NOT NULL`,
      )
      .run(path, value);
    database
      .prepare(
        `UPDATE sync_event SET changes = json_set(changes, '$.pos_shift.updated[0].changes.z_report.' || ?, json(?))
         WHERE command = 'shift.handover'`,
      )
      .run(path, value);
    rechain(database, 'main');
  };
}

/** Paths of all that a piece of JSON says, and the values there. */
function leaves(json: unknown, path: string): (readonly [string, unknown])[] {
  if (typeof json !== 'object' || json === null) return [[path, json]];
  const name = (key: string) => (Array.isArray(json) ? `${path}[${key}]` : `${path}.${key}`);
  return Object.entries(json).flatMap(([key, value]) => leaves(value, name(key)));
}

/** The same JSON with another value at one place. */
function altered(json: unknown, at: string, path: string): unknown {
  if (typeof json !== 'object' || json === null) {
    if (path !== at) return json;
    return typeof json === 'number' ? json + 1 : `not ${String(json)}`;
  }
  if (Array.isArray(json)) {
    return json.map((value, index) => altered(value, at, `${path}[${String(index)}]`));
  }
  return Object.fromEntries(
    Object.entries(json).map(([key, value]) => [key, altered(value, at, `${path}.${key}`)]),
  );
}

describe('S-PROOF-4 a frozen Z report says what the events make of its shift', () => {
  const cases: [string, string, RegExp][] = [
    ['sales.total', '7', /z_report.sales.total is 7, reckoned anew it is 2470$/],
    ['sales.taxes[0].tax', '1', /z_report.sales.taxes\[0\].tax is 1, /],
    ['sales.discounts[0].amount', '131', /discounts\[0\].amount is 131, reckoned anew it is 130$/],
    ['sales.by_hour[0].hour', '3', /by_hour\[0\].hour is 3, reckoned anew it is 12$/],
    ['payments[0].refunded', '301', /payments\[0\].refunded is 301, reckoned anew it is 0$/],
    ['open_orders.count', '0', /open_orders.count is 0, reckoned anew it is 2$/],
    ['kitchen', '[]', /z_report.kitchen\[0\] is empty, reckoned anew it is \{"station":/],
  ];
  for (const [path, value, says] of cases) {
    test(`notices ${path}`, async () => {
      const report = await verifyTampered(directory.path, frozenWith(path, value));
      expect(report.differences).toEqual({ report: 1, remembered: 1 });
      expect(report.difference).toMatch(/^pos_shift main main-shift-1: z_report/);
      expect(report.difference).toMatch(says);
    });
  }

  test('and none is the same as another with one figure altered', () => {
    const database = new Database(file, { readonly: true });
    const text = database
      .prepare('SELECT z_report FROM pos_shift WHERE z_report IS NOT NULL')
      .pluck()
      .get() as string;
    database.close();
    const zReport: unknown = JSON.parse(text);
    expect(differenceOf(JSON.parse(text), zReport, 'z')).toBeNull();
    const all = leaves(zReport, 'z');
    expect(all.length).toBeGreaterThan(80);
    for (const [path] of all) {
      const wrong = altered(zReport, path, 'z');
      expect(differenceOf(wrong, zReport, 'z')?.startsWith(`${path} is `)).toBe(true);
    }
  });

  test('a shift that is changed after its close is noticed', async () => {
    const report = await verifyTampered(directory.path, (database) => {
      database.exec(`UPDATE sync_event SET changes = json_set(changes, '$.pos_shift', json('{"updated":
        [{"id": "main-shift-1", "version": 3, "changes": {"counted_cash": 11400}}]}')) WHERE version = 18`);
      database.exec('UPDATE sync_event SET key = NULL WHERE version = 18');
      database.exec('DELETE FROM idempotency_request WHERE version = 18');
      rechain(database, 'main');
    });
    expect(report.differences).toMatchObject({ report: 1 });
    expect(report.difference).toBe(
      'event main 18 (order.open) changes pos_shift main-shift-1, which was closed before',
    );
  });

  test('one of a hub that knew no kitchen times yet is accepted', async () => {
    const report = await verifyTampered(directory.path, (database) => {
      database.exec("UPDATE pos_shift SET z_report = json_remove(z_report, '$.kitchen', '$.late')");
      database.exec(`UPDATE sync_event SET changes = json_remove(changes,
        '$.pos_shift.updated[0].changes.z_report.kitchen', '$.pos_shift.updated[0].changes.z_report.late')
        WHERE command = 'shift.handover'`);
      rechain(database, 'main');
    });
    expect(report.differences).not.toHaveProperty('report');
  });
});

describe('S-PROOF-5 summaries of shifts, days and months say what their shifts come to', () => {
  const shift = 'shift_summary main main-shift-1';
  const alter = (table: string, path: string) =>
    `UPDATE ${table} SET figures = json_set(figures, '$.${path}', 99)`;
  const cases: [string, string][] = [
    [alter('shift_summary', 'total'), `${shift}: figures.total is 99, reckoned anew it is 2470`],
    [alter('shift_summary', 'tips[0].amount'), `${shift}: figures.tips[0].amount is 99, `],
    [alter('shift_summary', 'drawer.drops'), `${shift}: figures.drawer.drops is 99, `],
    ['UPDATE shift_summary SET orders = 9', `${shift}: orders is 9, reckoned anew it is 2`],
    ['UPDATE shift_summary SET closed_version = 9', `${shift}: closed_version is 9, `],
    ["UPDATE shift_summary SET business_date = '2030-01-01'", `${shift}: business_date is "2030-`],
    ['DELETE FROM shift_summary', `${shift} is missing: version 17 wrote it`],
    ['UPDATE day_summary SET tax = 1', 'day_summary main DATE: tax is 1, reckoned anew it is 412'],
    [alter('day_summary', 'gross'), 'day_summary main DATE: figures.gross is 99, '],
    ['DELETE FROM day_summary', 'day_summary main DATE is missing'],
    [
      `INSERT INTO day_summary SELECT branch_id, '2031-01-01', shifts, orders, guests, gross, discount,
       tax, total, figures FROM day_summary`,
      'day_summary main 2031-01-01 is there, but no shift of it was closed',
    ],
    [
      alter('month_summary', 'by_item[0].qty'),
      'month_summary main MONTH: figures.by_item[0].qty is 99',
    ],
    ['DELETE FROM month_summary', 'month_summary main MONTH is missing'],
  ];
  for (const [tamper, says] of cases) {
    test(`notices ${tamper.slice(0, 60)}`, async () => {
      const report = await verifyTampered(directory.path, (database) => void database.exec(tamper));
      expect(Object.keys(report.differences)).toEqual(['summary']);
      expect(report.difference).toContain(
        says.replace('DATE', BUSINESS_DATE).replace('MONTH', BUSINESS_DATE.slice(0, 7)),
      );
    });
  }
});

test('S-PROOF-4 S-PROOF-5 the report is clean as it was frozen', async () => {
  expect(await verifyDatabase({ file })).toMatchObject({ clean: true, difference: null });
});
