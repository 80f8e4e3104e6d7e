import { describe, expect, test } from 'vitest';
import type { Expect, Expected } from '../../src/domain/command.js';
import { checkExpect } from '../../src/domain/expect.js';
import type { AnyRow, OrderLine, Role, TableName } from '../../src/domain/rows.js';
import { makeHeader, makeItem, makeLine, makeShift } from '../support/rows.js';

const ROWS: Partial<Record<TableName, AnyRow[]>> = {
  order_header: [makeHeader({ version: 3, total: 900, customer_name: 'Ms Reed' })],
  order_line: [
    makeLine({ version: 5, modifiers: [{ id: 'rare', name: 'Rare', price: 50 }] }),
    makeLine({ id: 'line-2', version: 1 }),
  ],
  pos_shift: [makeShift({ version: 2 })],
  menu_item: [makeItem()],
};

function check(required: Expected, expected: Expect | undefined, role: Role = 'cashier') {
  return checkExpect({
    definition: { expects: () => required },
    payload: {},
    expect: expected,
    role,
    lookup: (table, id) => ROWS[table]?.find((row) => row.id === id),
  });
}

const LINES: Expected = { order_line: ['line-1', 'line-2'] };

describe('D-EXPECT-1 every version that a command needs must be named', () => {
  test.each([
    ['nothing was named', undefined],
    ['another table was named', { order_header: { 'order-1': 3 } }],
  ])('D-EXPECT-1 %s: the missing ones are listed', (_title, given) => {
    expect(check(LINES, given)).toMatchObject({
      code: 'version_required',
      details: { order_line: ['line-1', 'line-2'] },
    });
  });

  test('D-EXPECT-1 one of two was named', () => {
    expect(check(LINES, { order_line: { 'line-1': 5 } })).toMatchObject({
      code: 'version_required',
      details: { order_line: ['line-2'] },
    });
  });

  test('D-EXPECT-1 a name that every object has is not a version', () => {
    expect(check({ menu_item: ['toString'] }, { menu_item: {} })?.code).toBe('version_required');
  });

  test('D-EXPECT-1 the present versions pass, and so does a command that needs none', () => {
    expect(check(LINES, { order_line: { 'line-1': 5, 'line-2': 1 } })).toBeNull();
    expect(check({}, undefined)).toBeNull();
  });
});

describe('D-EXPECT-2 an old version is refused with the records as they stand', () => {
  test('D-EXPECT-2 only those that differ are shown, without internal columns', () => {
    const refusal = check(LINES, { order_line: { 'line-1': 4, 'line-2': 1 } });
    expect(refusal?.code).toBe('version_conflict');
    const {
      tax_included: _tax,
      voided_by: _by,
      recalls: _recalls,
      ...shown
    } = ROWS.order_line?.[0] as OrderLine;
    expect(refusal?.current).toEqual({ order_line: { 'line-1': shown } });
  });

  test('D-EXPECT-2 a version named beyond those needed counts too', () => {
    const given = { order_line: { 'line-1': 5, 'line-2': 1 }, order_header: { 'order-1': 2 } };
    expect(check(LINES, given)).toMatchObject({
      code: 'version_conflict',
      current: { order_header: { 'order-1': { version: 3, total: 900 } } },
    });
  });

  test('D-EXPECT-2 a version from the future is as wrong as an old one', () => {
    expect(check({}, { order_header: { 'order-1': 4 } })?.code).toBe('version_conflict');
  });
});

test.each([
  ['a record that is not there', { menu_item: { tea: 1 } }, 'not_found'],
  ['0 for one that is not there', { menu_item: { tea: 0 } }, undefined],
  ['0 for one that is there', { menu_item: { steak: 0 } }, 'version_conflict'],
])('D-EXPECT-3 version 0 means that it must not be there: %s', (_title, given, code) => {
  expect(check({}, given)?.code).toBe(code);
});

describe('D-EXPECT-4 a conflict shows nobody what no view would show him', () => {
  test('D-EXPECT-4 the kitchen sees neither money nor who the guest is', () => {
    const given = { order_line: { 'line-1': 1 }, order_header: { 'order-1': 1 } };
    const { current } = check({}, given, 'kitchen') ?? {};
    const text = JSON.stringify(current);
    expect(text).not.toMatch(/price|total|tax|tip|paid|discount|amount|customer|Reed/);
    expect(current).toMatchObject({
      order_line: { 'line-1': { name: 'Steak', modifiers: [{ id: 'rare', name: 'Rare' }] } },
      order_header: { 'order-1': { number: 1, version: 3 } },
    });
  });

  test.each([
    ['kitchen', {}],
    ['waiter', {}],
    ['cashier', { pos_shift: { 'shift-1': { opening_float: 10_000, version: 2 } } }],
  ] as const)('D-EXPECT-4 the shift, to a %s', (role, current) => {
    const refusal = check({}, { pos_shift: { 'shift-1': 1 } }, role);
    expect(refusal).toMatchObject({ code: 'version_conflict', current });
    if (role !== 'cashier') expect(refusal?.current).toEqual({});
    expect(JSON.stringify(refusal)).not.toContain('z_report');
  });
});
