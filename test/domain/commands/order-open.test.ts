import { describe, expect, it } from 'vitest';
import type { Decision } from '../../../src/domain/command.js';
import { orderAddLines } from '../../../src/domain/commands/order-add-lines.js';
import { orderOpen } from '../../../src/domain/commands/order-open.js';
import { orderUpdate } from '../../../src/domain/commands/order-update.js';
import { outcome, TestBranch } from '../../support/domain.js';
import { makeBranch, makeItem, NOON } from '../../support/rows.js';
import { detailsOf, Till } from '../till.js';

const EGG = { id: 'egg', name: 'Egg', price: 150, available: true };
const TRUFFLE = { id: 'truffle', name: 'Truffle', price: 900, available: false };

function tillWithModifiers(): Till {
  const till = new Till();
  till.branch.put(
    'menu_item',
    makeItem({
      id: 'burger',
      modifier_groups: [{ id: 'extras', name: 'Extras', min: 1, max: 2, options: [EGG, TRUFFLE] }],
    }),
  );
  till.open('a', []);
  return till;
}

function addBurger(till: Till, modifiers: string[]): Decision {
  return till.give(orderAddLines, {
    order_id: 'a',
    lines: [{ item_id: 'burger', qty: 1, modifiers }],
  });
}

describe('order.open', () => {
  it('D-OPEN-1 an order belongs to the open shift and its business date, and takes the next number', () => {
    const till = new Till();
    till.open('a', ['steak', { item_id: 'beer', qty: 2 }]);
    till.open('b', []);
    expect(till.header('a')).toMatchObject({
      shift_id: 'shift-1',
      business_date: '2026-11-20',
      number: 1,
      opened_by: 'manager-1',
      device_id: 'till-1',
      status: 'open',
      total: 2_000,
      opened_at: NOON,
      version: 1,
    });
    expect(till.header('b').number).toBe(2);
    expect(till.lines('a').map(({ seq, status, total }) => [seq, status, total])).toEqual([
      [1, 'new', 1_000],
      [2, 'new', 1_000],
    ]);
  });

  it('D-OPEN-2 ids are the client’s where it gives them, the hub’s otherwise; one that is taken is already_exists', () => {
    const till = new Till();
    till.open('a', ['steak']);
    till.done(orderOpen, { order_type: 'takeaway' });
    expect(till.branch.tables.order_header.size).toBe(2);
    const again = till.give(orderOpen, { order_id: 'a', order_type: 'takeaway' });
    expect(outcome(again)).toBe('already_exists');
  });

  it('D-OPEN-3 a number is taken from a range leased to the device, and refused otherwise', () => {
    const till = new Till();
    till.branch.put('number_lease', {
      id: 'lease-1',
      branch_id: 'main',
      shift_id: 'shift-1',
      business_date: '2026-11-20',
      device_id: 'till-1',
      first_number: 50,
      last_number: 59,
      at: NOON,
      version: 1,
    });
    till.done(orderOpen, { order_id: 'a', order_type: 'takeaway', number: 50 });
    expect(till.header('a').number).toBe(50);
    const beyond = till.give(orderOpen, { order_type: 'takeaway', number: 60 });
    expect(detailsOf(beyond)).toMatchObject([{ path: '/number' }]);
    const { branch } = till;
    const other = branch.context('cashier', { deviceId: 'till-2' });
    const foreign = branch.run(orderOpen, { order_type: 'takeaway', number: 51 }, other);
    expect(outcome(foreign)).toBe('validation_failed');
  });

  it('D-OPEN-4 the service charge of the branch is written for the order types that it is taken on', () => {
    const tax_rules = {
      ...makeBranch().tax_rules,
      service_charge_rate: 1_000,
      service_charge_order_types: ['dine_in' as const],
    };
    const till = new Till(new TestBranch({ branch: makeBranch({ tax_rules }) }));
    till.open('a', ['steak']);
    till.done(orderOpen, {
      order_id: 'b',
      order_type: 'takeaway',
      lines: [{ item_id: 'steak', qty: 1 }],
    });
    expect(till.header('a')).toMatchObject({ service_charge: 100, total: 1_100 });
    expect(till.adjustments('a')).toMatchObject([
      { kind: 'service_charge', value_kind: 'percent', value: 1_000, amount: 100 },
    ]);
    expect(till.header('b')).toMatchObject({ service_charge: 0, total: 1_000 });
  });
});

describe('order.add_lines', () => {
  it('D-ADD-1 a line keeps what the menu said when it was rung up', () => {
    const till = new Till();
    till.branch.put(
      'menu_item',
      makeItem({ price: 700, tax_rate: 2_000, tax_included: false, allergens: ['milk'] }),
    );
    till.open('a', [{ item_id: 'steak', qty: 2, note: 'rare', seat: 1, course: 2, hold: true }]);
    till.branch.put('menu_item', makeItem({ price: 900, version: 2 }));
    expect(till.line('a-1')).toMatchObject({
      name: 'Steak',
      unit_price: 700,
      qty: 2,
      tax_rate: 2_000,
      tax_included: false,
      tax: 280,
      total: 1_680,
      allergens: ['milk'],
      station: 'grill',
      note: 'rare',
      seat: 1,
      course: 2,
      status: 'held',
      created_at: NOON,
    });
  });

  it('D-ADD-2 modifiers are options of the item, within the bounds of their groups', () => {
    const till = tillWithModifiers();
    const fault = (modifiers: string[]): unknown => detailsOf(addBurger(till, modifiers));
    expect(fault(['salt'])).toMatchObject([{ path: '/lines/0/modifiers/0' }]);
    expect(fault([])).toMatchObject([{ path: '/lines/0/modifiers' }]);
    expect(fault(['egg', 'egg', 'egg'])).toMatchObject([{ path: '/lines/0/modifiers' }]);
    expect(outcome(addBurger(till, ['truffle']))).toBe('item_unavailable');
    expect(outcome(addBurger(till, ['egg', 'egg']))).toBe('change');
    expect(till.lines('a')[0]).toMatchObject({
      modifiers: [
        { id: 'egg', name: 'Egg', price: 150 },
        { id: 'egg', name: 'Egg', price: 150 },
      ],
      total: 1_300,
    });
  });

  it('D-ADD-3 counted portions are taken as lines are rung up; too few, or off the menu, is item_unavailable', () => {
    const till = new Till();
    till.branch.put('menu_item', makeItem({ remaining: 3 }));
    till.branch.put('menu_item', makeItem({ id: 'soup', available: false }));
    till.open('a', ['steak', 'steak']);
    expect(till.branch.row('menu_item', 'steak')).toMatchObject({ remaining: 1, version: 2 });
    const add = (item_id: string, qty: number): string =>
      outcome(till.give(orderAddLines, { order_id: 'a', lines: [{ item_id, qty }] }));
    expect(add('steak', 2)).toBe('item_unavailable');
    expect(add('soup', 1)).toBe('item_unavailable');
    expect(add('nothing', 1)).toBe('not_found');
    expect(add('steak', 1)).toBe('change');
    expect(add('steak', 1)).toBe('item_unavailable');
  });

  it('D-ADD-4 a line id that is taken, in the order or in the command, is already_exists', () => {
    const till = new Till();
    till.open('a', ['steak']);
    const add = (...ids: string[]): string =>
      outcome(
        till.give(orderAddLines, {
          order_id: 'a',
          lines: ids.map((line_id) => ({ line_id, item_id: 'beer', qty: 1 })),
        }),
      );
    expect(add('a-1')).toBe('already_exists');
    expect(add('a-2', 'a-2')).toBe('already_exists');
    expect(add('a-2')).toBe('change');
  });

  it('D-ADD-5 an order holds at most 500 lines, and its subtotal is at most 10^11', () => {
    const till = new Till();
    const hundred = Array.from({ length: 100 }, () => ({ item_id: 'beer', qty: 1 }));
    till.open('a', []);
    for (let count = 0; count < 5; count += 1) {
      till.done(orderAddLines, { order_id: 'a', lines: hundred });
    }
    const more = till.give(orderAddLines, { order_id: 'a', lines: hundred.slice(99) });
    expect(outcome(more)).toBe('validation_failed');
    till.branch.put('menu_item', makeItem({ id: 'gold', price: 100_000_000_000 }));
    till.open('b', ['gold']);
    const gold = till.give(orderAddLines, { order_id: 'b', lines: [{ item_id: 'gold', qty: 1 }] });
    expect(outcome(gold)).toBe('validation_failed');
  });
});

describe('order.update', () => {
  it('D-UPD-1 changes what is named, clears what is null, and is unchanged where all is as it was', () => {
    const till = new Till();
    till.openSent('a', ['steak']);
    till.done(orderUpdate, { order_id: 'a', guests: 4, customer_name: 'Ann', note: 'window' });
    till.done(orderUpdate, { order_id: 'a', customer_name: null, priority: 1, table_no: '7' });
    expect(till.header('a')).toMatchObject({
      table_no: '7',
      guests: 4,
      customer_name: null,
      note: 'window',
      priority: 1,
      version: 4,
    });
    expect(till.line('a-1').mark).toBeNull();
    expect(outcome(till.give(orderUpdate, { order_id: 'a', guests: 4 }))).toBe('unchanged');
  });
});
