import { readFileSync } from 'node:fs';
import { Check } from 'typebox/value';
import { describe, expect, test } from 'vitest';
import { assert } from '../../src/base/assert.js';
import { isZone } from '../../src/domain/business-date.js';
import type { RowChange } from '../../src/domain/change-set.js';
import { freshBranchSeed, Seed, seedChangeSet } from '../../src/domain/seed.js';
import { TABLES } from '../../src/domain/tables.js';

function demo(name: string): Seed {
  const path = new URL(`../../data/demo/${name}.json`, import.meta.url);
  const parsed: unknown = JSON.parse(readFileSync(path, 'utf8'));
  assert(Check(Seed, parsed), `${name} has the form of a seed`);
  return parsed;
}

const SEEDS = { main: demo('main'), other: demo('other'), fresh: freshBranchSeed() };

describe.each(Object.entries(SEEDS))('D-SEED-1 the seed "%s"', (_name, seed) => {
  const changeSet = seedChangeSet(seed);

  test('D-SEED-1 is new rows alone, whole, the branch before what belongs to it', () => {
    expect(changeSet[0]?.table).toBe('branch');
    for (const { table, before, after, changes } of changeSet) {
      expect([before, changes, after.version]).toEqual([null, null, 1]);
      expect(Object.keys(after).sort()).toEqual(Object.keys(TABLES[table].columns).sort());
    }
  });

  test('D-SEED-1 names every record once, in a zone that exists', () => {
    const names = changeSet.map(({ table, after }: RowChange) => `${table} ${after.id}`);
    expect(new Set(names).size).toBe(names.length);
    expect(isZone(seed.branch.zone)).toBe(true);
  });
});

describe('D-SEED-2 the demo', () => {
  const { main, other } = SEEDS;

  test('D-SEED-2 main has a menu in two languages over four stations', () => {
    expect(main.branch).toMatchObject({ id: 'main', currency: 'GBP', zone: 'Europe/London' });
    expect(main.stations.map(({ id }) => id)).toEqual(['grill', 'fry', 'cold', 'bar']);
    expect(main.items.length).toBeGreaterThanOrEqual(40);
    expect(main.items.filter(({ names }) => names?.['ar'] === undefined)).toEqual([]);
    expect(main.items.filter(({ station }) => station === null)).toHaveLength(3);
    const roles = new Set(main.staff.map(({ role }) => role));
    expect([...roles].sort()).toEqual(['admin', 'cashier', 'kitchen', 'manager', 'waiter']);
  });

  test('D-SEED-2 other is small, in another currency and zone, with a tax that is added', () => {
    expect(other.branch).toMatchObject({ id: 'other', currency: 'EUR', zone: 'Europe/Paris' });
    expect(other.items.some(({ tax_included }) => tax_included === false)).toBe(true);
  });
});

describe('D-SEED-3 a seed that contradicts itself is not planted', () => {
  const item = { id: 'tea', name: 'Tea', price: 200 };

  test('D-SEED-3 an unknown station', () => {
    const seed = { ...SEEDS.fresh, items: [{ ...item, station: 'moon' }] };
    expect(() => seedChangeSet(seed)).toThrow('tea names a station');
  });

  test('D-SEED-3 a choice that nobody can make', () => {
    const options = [{ id: 'mint', name: 'Mint', price: 0, available: true }];
    const group = { id: 'kind', name: 'Kind', min: 2, max: 2, options };
    const seed = { ...SEEDS.fresh, items: [{ ...item, modifier_groups: [group] }] };
    expect(() => seedChangeSet(seed)).toThrow('tea can be chosen');
  });
});
