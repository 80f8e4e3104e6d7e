import { Check } from 'typebox/value';
import { describe, expect, test } from 'vitest';
import { menuPutItem } from '../../../src/domain/commands/menu-put-item.js';
import { menuSetAvailability } from '../../../src/domain/commands/menu-set-availability.js';
import { MenuItemColumns } from '../../../src/domain/payloads/menu.js';
import { outcome, TestBranch } from '../../support/domain.js';

const option = { id: 'rare', name: 'Rare', price: 0, available: true };
const group = { id: 'doneness', name: 'Doneness', min: 1, max: 1, options: [option] };

describe('D-MENU-1 menu.put_item makes an item', () => {
  test('D-MENU-1 what is not said has its default', () => {
    const branch = new TestBranch();
    branch.run(menuPutItem, { id: 'tea', name: 'Tea', price: 250, modifier_groups: [group] });
    expect(branch.row('menu_item', 'tea')).toEqual({
      id: 'tea',
      branch_id: 'main',
      name: 'Tea',
      names: {},
      category: null,
      station: null,
      price: 250,
      tax_rate: 0,
      tax_included: true,
      modifier_groups: [group],
      allergens: [],
      prep_seconds: null,
      available: true,
      remaining: null,
      position: 0,
      version: 1,
    });
  });

  test('D-MENU-1 name and price must be said', () => {
    expect(new TestBranch().run(menuPutItem, { id: 'tea' })).toMatchObject({
      refusal: { code: 'validation_failed', details: [{ path: '/name' }, { path: '/price' }] },
    });
  });

  test('D-MENU-1 it asks for the version that was seen: 0 to create', () => {
    expect(menuPutItem.expects?.({ id: 'tea' })).toEqual({ menu_item: ['tea'] });
  });
});

describe('D-MENU-2 menu.put_item changes an item', () => {
  test('D-MENU-2 absent columns stay, null clears, equal ones change nothing', () => {
    const branch = new TestBranch();
    branch.run(menuPutItem, { id: 'steak', price: 1_100, category: null, station: 'bar' });
    expect(branch.row('menu_item', 'steak')).toMatchObject({
      name: 'Steak',
      price: 1_100,
      category: null,
      station: 'bar',
      version: 2,
    });
    const same = branch.run(menuPutItem, { id: 'steak', price: 1_100, modifier_groups: [] });
    expect(same.kind).toBe('unchanged');
  });
});

describe('D-MENU-3 an item that could not be ordered or cooked is refused with its path', () => {
  test.each([
    ['an unknown station', { station: 'moon' }, '/station'],
    [
      'more to choose than there is',
      { modifier_groups: [{ ...group, min: 2, max: 2 }] },
      '/modifier_groups/0/min',
    ],
    [
      'a group twice',
      { modifier_groups: [group, { ...group, options: [{ ...option, id: 'well' }] }] },
      '/modifier_groups/1/id',
    ],
    [
      'an option twice',
      { modifier_groups: [group, { ...group, id: 'second' }] },
      '/modifier_groups/1/options/0/id',
    ],
  ])('D-MENU-3 %s', (_title, columns, path) => {
    expect(new TestBranch().run(menuPutItem, { id: 'steak', ...columns })).toMatchObject({
      refusal: { code: 'validation_failed', details: [{ path }] },
    });
  });

  test.each([
    ['an option without a price', { modifier_groups: [{ ...group, options: [{ id: 'a' }] }] }],
    ['a group of a foreign field', { modifier_groups: [{ ...group, colour: 'red' }] }],
    ['a name in no language', { names: { '?': 'Steak' } }],
    ['a name that is no text', { names: { ar: 5 } }],
    ['a tax rate above the whole', { tax_rate: 10_001 }],
    ['a branch', { branch_id: 'other' }],
    ['a version', { version: 3 }],
  ])('D-MENU-3 the payload refuses %s', (_title, columns) => {
    expect(Check(MenuItemColumns, { id: 'steak', ...columns })).toBe(false);
  });

  test('D-MENU-3 the payload takes every column', () => {
    const {
      branch_id: _branch,
      version: _version,
      ...columns
    } = new TestBranch().row('menu_item', 'steak');
    const full = { ...columns, names: { ar: 'ستيك', 'zh-Hant': '牛排' } };
    expect(Check(MenuItemColumns, { ...full, modifier_groups: [group] })).toBe(true);
  });
});

describe('D-MENU-4 menu.set_availability', () => {
  test('D-MENU-4 sold out, counted, no longer counted', () => {
    const branch = new TestBranch();
    branch.run(menuSetAvailability, { item_id: 'steak', available: false });
    expect(branch.row('menu_item', 'steak')).toMatchObject({ available: false, remaining: null });
    branch.run(menuSetAvailability, { item_id: 'steak', available: true, remaining: 7 });
    expect(branch.row('menu_item', 'steak')).toMatchObject({ available: true, remaining: 7 });
    branch.run(menuSetAvailability, { item_id: 'steak', available: true, remaining: null });
    expect(branch.row('menu_item', 'steak')).toMatchObject({ remaining: null, version: 4 });
  });

  test('D-MENU-4 no version is asked, and what is so already is left alone', () => {
    const branch = new TestBranch();
    expect(menuSetAvailability.expects).toBeUndefined();
    const same = branch.run(menuSetAvailability, { item_id: 'steak', available: true });
    expect(same.kind).toBe('unchanged');
    const unknown = branch.run(menuSetAvailability, { item_id: 'x', available: true });
    expect(outcome(unknown)).toBe('not_found');
  });
});
