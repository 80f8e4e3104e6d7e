import { expect, test } from 'vitest';
import { MONEY_COLUMNS, publicRow } from '../../src/domain/public-row.js';
import { TABLE_NAMES, TABLES } from '../../src/domain/tables.js';
import { makeItem, makeShift, makeStaff } from '../support/rows.js';

/** Columns whose name says money; a new one must be listed in MONEY_COLUMNS before this passes. */
const SOUNDS_LIKE_MONEY =
  /price|total|tax|discount|charge|paid|^tip$|amount|tendered|change_due|cash|float|over_short|rounding|^value$/;

test.each(TABLE_NAMES)('D-SEE-1 every money column of %s is known as one', (table) => {
  const sounding = Object.keys(TABLES[table].columns).filter((name) =>
    SOUNDS_LIKE_MONEY.test(name),
  );
  const internal: readonly string[] = TABLES[table].internal;
  const known: readonly string[] = [...MONEY_COLUMNS[table], ...internal];
  expect(sounding.filter((name) => !known.includes(name))).toEqual([]);
});

test('D-SEE-2 the kitchen sees the menu without any price', () => {
  const options = [{ id: 'rare', name: 'Rare', price: 10, available: true }];
  const group = { id: 'doneness', name: 'Doneness', min: 1, max: 1, options };
  const shown = publicRow('menu_item', makeItem({ modifier_groups: [group] }), 'kitchen');
  expect(JSON.stringify(shown)).not.toMatch(/price|tax/);
  expect(shown).toMatchObject({
    available: true,
    modifier_groups: [{ options: [{ id: 'rare', available: true }] }],
  });
});

test('D-SEE-3 rows of a table that nothing shows to a role are shown to nobody of it', () => {
  expect(publicRow('staff', makeStaff(), 'cashier')).toBeNull();
  expect(publicRow('staff', makeStaff(), 'admin')).toHaveProperty('name');
  expect(publicRow('pos_shift', makeShift(), 'waiter')).toBeNull();
  expect(publicRow('pos_shift', makeShift(), 'cashier')).not.toHaveProperty('z_report');
});
