import { Check } from 'typebox/value';
import { expect, test } from 'vitest';
import { numbersLease } from '../../../src/domain/commands/numbers-lease.js';
import { NumbersLease } from '../../../src/domain/payloads/numbers.js';
import { TestBranch } from '../../support/domain.js';

test('D-NUM-1 a lease is a range of its own for one device in one shift', () => {
  const branch = new TestBranch();
  const first = branch.run(numbersLease, { count: 20 }, branch.context('waiter'));
  expect(first).toMatchObject({ result: { numbers: { first: 1, last: 20 } } });
  const other = branch.context('cashier', { deviceId: 'till-2' });
  const second = branch.run(numbersLease, { count: 1 }, other);
  expect(second).toMatchObject({ result: { numbers: { first: 21, last: 21 } } });
  expect([...branch.tables.number_lease.values()]).toMatchObject([
    { shift_id: 'shift-1', business_date: '2026-11-20', device_id: 'till-1', last_number: 20 },
    { device_id: 'till-2', first_number: 21, last_number: 21, version: 1 },
  ]);
  expect(branch.leaseHolds('till-1', 20)).toBe(true);
  expect(branch.leaseHolds('till-1', 21)).toBe(false);
});

test.each([0, 201, 1.5])('D-NUM-1 not %d numbers at once', (count) => {
  expect(Check(NumbersLease, { count })).toBe(false);
});
