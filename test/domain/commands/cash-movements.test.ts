import { Check } from 'typebox/value';
import { expect, test } from 'vitest';
import {
  cashDrop,
  cashNoSale,
  cashPaidIn,
  cashPaidOut,
} from '../../../src/domain/commands/cash-movements.js';
import { CashNoSale } from '../../../src/domain/payloads/cash.js';
import { outcome, TestBranch } from '../../support/domain.js';
import { makeShift } from '../../support/rows.js';

const reason = 'change from the bank';

test.each([
  [cashPaidIn, 'paid_in'],
  [cashPaidOut, 'paid_out'],
  [cashDrop, 'drop'],
] as const)('D-CASH-1 $name is one row, its kind the sign', (command, kind) => {
  const branch = new TestBranch();
  branch.run(command, { shift_id: 'shift-1', amount: 2_500, reason }, branch.context('cashier'));
  expect([...branch.tables.cash_movement.values()]).toMatchObject([
    { shift_id: 'shift-1', kind, amount: 2_500, reason, by_staff: 'cashier-1', version: 1 },
  ]);
});

test('D-CASH-1 opening the drawer without a sale is a row without an amount', () => {
  const branch = new TestBranch();
  branch.run(cashNoSale, { shift_id: 'shift-1', reason });
  expect([...branch.tables.cash_movement.values()]).toMatchObject([{ kind: 'no_sale', amount: 0 }]);
  expect(Check(CashNoSale, { shift_id: 'shift-1', amount: 5, reason })).toBe(false);
});

test.each([
  ['a shift that is over', 'shift-0', 'shift_closed'],
  ['no shift at all', 'nothing', 'not_found'],
])('D-CASH-2 not into %s', (_title, shift_id, expected) => {
  const branch = new TestBranch();
  branch.put('pos_shift', makeShift({ id: 'shift-0', status: 'closed' }));
  expect(outcome(branch.run(cashDrop, { shift_id, amount: 1, reason }))).toBe(expected);
  expect(cashDrop.records({ shift_id, amount: 1, reason })).toEqual({ shifts: [shift_id] });
});
