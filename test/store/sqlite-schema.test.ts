/** What schema.sql itself holds: plans without scans, append-only tables, references that stay in their branch. */
import Database from 'better-sqlite3';
import { beforeEach, describe, expect, test } from 'vitest';
import { migrate } from '../../src/store/migrations/migrate.js';
import { EVENT_SOURCE_SQL } from '../../src/store/archive/event-source.js';
import { ANSWER_SQL } from '../../src/store/sqlite/answers.js';
import { NEXT_Z_NUMBER_SQL, OPEN_SHIFT_SQL } from '../../src/store/sqlite/commit-statements.js';
import { AUDIT_SQL } from '../../src/store/sqlite/audit.js';
import { EXPIRING_SQL } from '../../src/store/sqlite/key-expiry.js';
import { HOT_SQL } from '../../src/store/sqlite/load.js';
import { EVENT_SQL } from '../../src/store/sqlite/event-log.js';
import { EVENT_ROWS_SQL } from '../../src/store/sqlite/tasks/event-rows.js';
import { ORDER_OUTLINE_SQL } from '../../src/store/sqlite/order-history.js';
import { orderListQuery } from '../../src/store/sqlite/order-list.js';
import { PRESENT_SQL } from '../../src/store/sqlite/present-records.js';
import { ORDER_SEARCH_SQL } from '../../src/store/sqlite/order-search.js';
import { READ_SQL } from '../../src/store/sqlite/reads.js';
import { LOG_LINE_SQL } from '../../src/store/sqlite/status-logs.js';

let database: Database.Database;

beforeEach(() => {
  database = new Database(':memory:');
  database.pragma('foreign_keys = ON');
  database.pragma('recursive_triggers = ON');
  migrate(database);
});

function plan(sql: string): string[] {
  const names = new Set([...sql.matchAll(/:(\w+)/g)].map(([, name]) => name ?? ''));
  const values =
    names.size > 0
      ? [Object.fromEntries([...names].map((name) => [name, 1]))]
      : Array.from({ length: sql.split('?').length - 1 }, () => 1);
  const steps = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values);
  return (steps as { detail: string }[]).map(({ detail }) => detail);
}

/** A scan, or the same by another name: a search for nothing but the branch in a table that grows with time. */
const READS_ALL = [
  /^SCAN (?!dates|CONSTANT)/,
  /^SEARCH (t|l|g|o|order_\w+|pos_shift|cash_movement|number_lease|sync_event|archive_segment) USING (PRIMARY KEY|.*(_of_\w+|_table|_served)) \(branch_id=\?\)/,
];

function whatReadsAll(sql: string): string[] {
  return plan(sql).filter((step) => READS_ALL.some((pattern) => pattern.test(step)));
}

const SMALL = ['branch', 'station', 'menu_item', 'staff', 'device'];

describe('S-INDEX-1 no query reads a table that grows', () => {
  test.each(HOT_SQL.filter(([table]) => !SMALL.includes(table)))('at a start: %s', (_, sql) => {
    expect(whatReadsAll(sql)).toEqual([]);
  });

  test.each(Object.entries(READ_SQL))('of the reader: %s', (_, sql) => {
    expect(whatReadsAll(sql)).toEqual([]);
  });

  test.each(Object.entries(EXPIRING_SQL))('of the expiry of keys: %s', (_, sql) => {
    expect(whatReadsAll(sql)).toEqual([]);
  });

  const PAST = {
    ...AUDIT_SQL,
    ...EVENT_SQL,
    ...ORDER_OUTLINE_SQL,
    ...ORDER_SEARCH_SQL,
    ...PRESENT_SQL,
  };
  test.each(Object.entries(PAST))('of the past: %s', (_, sql) => {
    expect(whatReadsAll(sql)).toEqual([]);
  });

  const { branches: _branches, ...EVENTS } = EVENT_SOURCE_SQL;
  test.each(Object.entries({ ...EVENTS, ...EVENT_ROWS_SQL }))('of a rotation: %s', (_, sql) => {
    expect(whatReadsAll(sql)).toEqual([]);
  });

  test.each([
    {},
    { status: 'open' },
    { status: 'ready', cursor: '5:a' },
    { status: 'closed', from: 1 },
    { status: 'voided' },
    { table_no: '7' },
    { table_no: '7', status: 'closed', cursor: '5:a' },
    { number: 3 },
    { number: 3, status: 'open', from: 1, to: 2, cursor: '5:a' },
    { from: 1, to: 5 },
  ] as const)('of order.list: %j', (filter) => {
    expect(whatReadsAll(orderListQuery('main', { ...filter, limit: 5 }).sql)).toEqual([]);
  });

  test.each([
    ['the key', ANSWER_SQL],
    ['the open shift', OPEN_SHIFT_SQL],
    ['the Z number', NEXT_Z_NUMBER_SQL],
    ['the line log', LOG_LINE_SQL],
    ['a change', 'UPDATE order_line SET qty = ? WHERE branch_id = ? AND id = ? AND version = ?'],
  ])('of a commit: %s', (_, sql) => {
    expect(whatReadsAll(sql)).toEqual([]);
  });

  test('and the check sees one that does', () => {
    expect(whatReadsAll('SELECT * FROM order_line WHERE note = ?')).toHaveLength(1);
    expect(
      whatReadsAll('SELECT * FROM order_line WHERE branch_id = ? AND order_id = ?'),
    ).toHaveLength(1);
  });
});

/** A row of each append-only table, with all that it refers to. */
const ROWS = `
  INSERT INTO branch VALUES ('main', 'Main', 'GBP', 'Europe/London', 4, '{}', '{}', 1, 1),
    ('other', 'Other', 'GBP', 'Europe/London', 4, '{}', '{}', 1, 1);
  INSERT INTO pos_shift (branch_id, id, register_id, business_date, status, opened_by, opened_at,
    opening_float, version, commit_version)
    VALUES ('main', 's', 'r', '2026-11-20', 'open', 'ada', 1, 0, 1, 2);
  INSERT INTO order_header (branch_id, id, shift_id, business_date, number, order_type, priority, status,
    payment_status, stations, subtotal, discount, service_charge, tax, rounding, total, paid, tip, opened_by,
    device_id, opened_at, updated_at, version, commit_version)
    VALUES ('main', 'o', 's', '2026-11-20', 1, 'dine_in', 0, 'open', 'unpaid', '[]', 0, 0, 0, 0, 0, 0, 0, 0,
      'ada', 'till', 1, 1, 1, 3);
  INSERT INTO order_payment (branch_id, id, order_id, shift_id, kind, method, amount, tip, by_staff, device_id,
    at, version, commit_version) VALUES ('main', 'p', 'o', 's', 'payment', 'cash', 5, 0, 'ada', 'till', 1, 1, 4);
  INSERT INTO order_adjustment (branch_id, id, order_id, shift_id, kind, value_kind, value, amount, by_staff, at,
    version, commit_version) VALUES ('main', 'a', 'o', 's', 'discount', 'amount', 5, 5, 'ada', 1, 1, 5);
  INSERT INTO cash_movement VALUES ('main', 'm', 's', 'drop', 5, 'bank', 'ada', 1, 1, 6);
  INSERT INTO order_status_log VALUES ('main', 'o', 1, 'open', 1, 'ada', 'till', 3);
  INSERT INTO order_line_status_log VALUES ('main', 'l', 1, 'o', 'new', 1, 'ada', 'till', 3);
  INSERT INTO sync_event VALUES ('main', 1, 1, 'ada', 'till', 'x', NULL, NULL, '{}', zeroblob(32));`;

describe('S-APPEND-1 what was recorded is never altered', () => {
  test.each([
    'order_payment',
    'order_adjustment',
    'cash_movement',
    'order_status_log',
    'order_line_status_log',
    'sync_event',
  ])('%s', (table) => {
    database.exec(ROWS);
    const refused = `${table} is append-only`;
    expect(() => database.exec(`UPDATE ${table} SET at = 2`)).toThrow(refused);
    expect(() => database.exec(`DELETE FROM ${table}`)).toThrow(refused);
    expect(() => database.exec(`REPLACE INTO ${table} SELECT * FROM ${table}`)).toThrow(refused);
    expect(database.prepare(`SELECT count(*) FROM ${table}`).pluck().get()).toBe(1);
  });
});

describe('S-SCHEMA-1 the schema refuses what cannot be', () => {
  test.each([
    [
      'a record that points into another branch',
      `INSERT INTO cash_movement VALUES ('other', 'x', 's', 'drop', 5, 'b', 'ada', 1, 1, 1)`,
    ],
    ['a status that there is not', `UPDATE order_header SET status = 'lost'`],
    ['text that is not JSON', `UPDATE order_header SET stations = '['`],
    ['a number that is text', `UPDATE order_header SET total = 'much'`],
    [
      'a negative amount',
      `INSERT INTO cash_movement VALUES ('main', 'x', 's', 'drop', -5, 'b', 'ada', 1, 1, 1)`,
    ],
    [
      'a second open shift',
      `INSERT INTO pos_shift SELECT branch_id, 't', register_id, business_date, status,
      opened_by, opened_at, opening_float, closed_by, closed_at, counted_cash, expected_cash, over_short, z_number,
      version, z_report, commit_version FROM pos_shift`,
    ],
    [
      'a yes or no of two',
      `INSERT INTO staff (branch_id, id, name, role, active, version, commit_version)
      VALUES ('main', 'x', 'X', 'waiter', 2, 1, 1)`,
    ],
  ])('%s', (_, sql) => {
    database.exec(ROWS);
    expect(() => database.exec(sql)).toThrow(/constraint|cannot store/);
  });
});
