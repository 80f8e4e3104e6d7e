import { describe, expect, test } from 'vitest';
import { assert } from '../../../src/base/assert.js';
import { cashPaidOut } from '../../../src/domain/commands/cash-movements.js';
import { paymentAdd } from '../../../src/domain/commands/payment-add.js';
import { shiftClose } from '../../../src/domain/commands/shift-close.js';
import { shiftHandover } from '../../../src/domain/commands/shift-handover.js';
import { shiftOpen } from '../../../src/domain/commands/shift-open.js';
import type { PosShift } from '../../../src/domain/rows.js';
import { outcome, TestBranch } from '../../support/domain.js';
import { makeHeader, makeLine, makeShift, makeStaff } from '../../support/rows.js';

function withOpenOrder(): TestBranch {
  const branch = new TestBranch();
  branch.put('order_header', makeHeader({ subtotal: 1_000, total: 1_000 }));
  branch.put('order_line', makeLine({ status: 'served' }));
  return branch;
}

function openShift(branch: TestBranch): PosShift {
  const { shift } = branch;
  assert(shift, 'a shift is open');
  return shift;
}

describe('D-SHIFT-1 shift.open', () => {
  test('D-SHIFT-1 opens the one shift, on the business date of its cut-off', () => {
    const branch = new TestBranch({ shift: null });
    branch.now = Date.parse('2026-11-21T03:59:00Z');
    branch.run(shiftOpen, { opening_float: 5_000 }, branch.context('cashier'));
    expect(openShift(branch)).toMatchObject({
      register_id: 'main',
      business_date: '2026-11-20',
      opened_by: 'cashier-1',
      opened_at: branch.now,
      opening_float: 5_000,
      z_number: null,
      version: 1,
    });
  });

  test('D-SHIFT-1 a second one is already there', () => {
    expect(outcome(new TestBranch().run(shiftOpen, { opening_float: 0 }))).toBe('already_exists');
  });

  test('D-SHIFT-2 takes every unfinished order into the new shift, and no finished one', () => {
    const branch = new TestBranch({ shift: null });
    branch.put('pos_shift', makeShift({ status: 'closed' }));
    branch.put('order_header', makeHeader());
    branch.put('order_header', makeHeader({ id: 'order-2', number: 2, status: 'ready' }));
    branch.put('order_header', makeHeader({ id: 'order-3', number: 3, status: 'closed' }));
    branch.run(shiftOpen, { opening_float: 0, register_id: 'Till 2' });
    const shift = openShift(branch);
    expect(shift.register_id).toBe('Till 2');
    expect(branch.row('order_header', 'order-1')).toMatchObject({ shift_id: shift.id, version: 2 });
    expect(branch.row('order_header', 'order-2').shift_id).toBe(shift.id);
    expect(branch.row('order_header', 'order-3')).toMatchObject({
      shift_id: 'shift-1',
      version: 1,
    });
  });
});

describe('D-SHIFT-3 shift.close', () => {
  test('D-SHIFT-3 counts the drawer and freezes the report; the commit numbers it', () => {
    const branch = withOpenOrder();
    const pay = { order_id: 'order-1', method: 'cash' as const };
    branch.run(paymentAdd, { ...pay, amount: 1_000, tip: 100, tendered: 2_000 });
    branch.run(cashPaidOut, { shift_id: 'shift-1', amount: 300, reason: 'flowers' });
    const header = branch.row('order_header', 'order-1');
    branch.put('order_header', { ...header, status: 'closed', closed_at: branch.now });
    const decision = branch.run(shiftClose, { shift_id: 'shift-1', counted_cash: 10_700 });
    expect(decision).toMatchObject({ kind: 'change', zNumberOf: 'shift-1' });
    expect(branch.row('pos_shift', 'shift-1')).toMatchObject({
      status: 'closed',
      closed_by: 'manager-1',
      closed_at: branch.now,
      counted_cash: 10_700,
      expected_cash: 10_800,
      over_short: -100,
      z_number: null,
      version: 2,
      z_report: {
        kind: 'z',
        shift: { status: 'closed', closed_by: 'manager-1' },
        sales: { orders: 1, total: 1_000 },
        drawer: { expected: 10_800, counted: 10_700, over_short: -100 },
      },
    });
  });

  test('D-SHIFT-3 asks for the version of the shift that was seen', () => {
    const payload = { shift_id: 'shift-1', counted_cash: 0 };
    expect(shiftClose.expects?.(payload)).toEqual({ pos_shift: ['shift-1'] });
    expect(shiftClose.shift).toBe('exclusive');
  });

  test('D-SHIFT-4 open orders stop it, and are counted', () => {
    const branch = withOpenOrder();
    const decision = branch.run(shiftClose, { shift_id: 'shift-1', counted_cash: 0 });
    expect(decision).toMatchObject({
      refusal: { code: 'shift_has_open_orders', details: { count: 1 } },
    });
  });

  test('D-SHIFT-4 sales that a device holds stop it, and are counted', () => {
    const branch = new TestBranch();
    const seen = { last_seen_at: branch.now, connected: true };
    const holder = { id: 'd1', name: 'Till 1', queue_length: 1, queue_oldest_at: null, ...seen };
    branch.unsent = [holder, { ...holder, id: 'd2', queue_length: 0, connected: false }];
    const payload = { shift_id: 'shift-1', counted_cash: 0 };
    expect(branch.run(shiftClose, payload)).toMatchObject({
      refusal: { code: 'shift_has_open_orders', details: { devices: [{ id: 'd1' }] } },
    });
    expect(branch.run(shiftClose, { ...payload, carry_over: true })).toMatchObject({
      result: { warnings: [{ code: 'device_holds_sales' }, { code: 'device_out_of_touch' }] },
    });
  });

  test('D-SHIFT-4 carry_over leaves them for the next shift to take', () => {
    const branch = withOpenOrder();
    branch.run(shiftClose, { shift_id: 'shift-1', counted_cash: 10_000, carry_over: true });
    expect(branch.shift).toBeNull();
    expect(branch.row('order_header', 'order-1').version).toBe(1);
    expect(branch.row('pos_shift', 'shift-1').z_report).toMatchObject({
      sales: { orders: 0 },
      open_orders: { count: 1, total: 1_000 },
    });
    branch.run(shiftOpen, { opening_float: 10_000 });
    expect(branch.row('order_header', 'order-1').shift_id).toBe(openShift(branch).id);
  });

  test.each([
    ['a shift that is over', 'shift-0', 'shift_closed'],
    ['no shift at all', 'nothing', 'not_found'],
  ])('D-SHIFT-5 %s is not closed', (_title, shift_id, expected) => {
    const branch = new TestBranch();
    branch.put('pos_shift', makeShift({ id: 'shift-0', status: 'closed' }));
    expect(outcome(branch.run(shiftClose, { shift_id, counted_cash: 0 }))).toBe(expected);
    const handover = { shift_id, counted_cash: 0, to_staff_id: 'cashier-1' };
    expect(outcome(branch.run(shiftHandover, handover))).toBe(expected);
  });
});

describe('D-SHIFT-6 shift.handover', () => {
  test('D-SHIFT-6 closes and opens in one commit; the count is the next float', () => {
    const branch = withOpenOrder();
    branch.put('staff', makeStaff({ id: 'cashier-2', name: 'Bea' }));
    const payload = { shift_id: 'shift-1', to_staff_id: 'cashier-2', counted_cash: 9_900 };
    const decision = branch.run(shiftHandover, payload, branch.context('cashier'));
    expect(decision).toMatchObject({ kind: 'change', zNumberOf: 'shift-1' });
    expect(branch.history).toHaveLength(1);
    expect(branch.row('pos_shift', 'shift-1')).toMatchObject({
      status: 'closed',
      closed_by: 'cashier-1',
      over_short: -100,
    });
    const next = openShift(branch);
    expect(next).toMatchObject({
      opened_by: 'cashier-2',
      opening_float: 9_900,
      register_id: 'main',
    });
    expect(branch.row('order_header', 'order-1').shift_id).toBe(next.id);
  });

  test('D-SHIFT-6 the old shift is written before the new one, which must be the only open one', () => {
    const branch = new TestBranch();
    const payload = { shift_id: 'shift-1', to_staff_id: 'cashier-1', counted_cash: 0 };
    branch.run(shiftHandover, payload);
    const statuses = branch.history[0]?.map(({ after }) => 'status' in after && after.status);
    expect(statuses).toEqual(['closed', 'open']);
  });

  test.each([
    ['somebody unknown', 'nobody', 'not_found'],
    ['somebody who left', 'gone', 'validation_failed'],
  ])('D-SHIFT-6 not to %s', (_title, to_staff_id, expected) => {
    const branch = new TestBranch();
    branch.put('staff', makeStaff({ id: 'gone', active: false }));
    const payload = { shift_id: 'shift-1', to_staff_id, counted_cash: 0 };
    expect(outcome(branch.run(shiftHandover, payload))).toBe(expected);
  });
});
