/**
 * Two restaurants for random traffic. Every id and name tells its branch, so that nothing of one can pass for the other's, and
 * every price is a number that is nothing else (a million and more), so that a price that leaks is seen.
 */
import { freshBranchSeed, type Seed } from '../../../src/domain/seed.js';

/** Prices, and every sum of them, are at least this; versions, counts and durations never are. */
export const PRICE_MIN = 1_000_000;

const STATIONS = ['grill', 'fry', 'bar'] as const;

type Item = Seed['items'][number];

function item(branchId: string, name: string, columns: Partial<Item>): Item {
  return {
    id: `${branchId}-${name}`,
    name: `${branchId} ${name}`,
    category: 'food',
    price: PRICE_MIN,
    ...columns,
  };
}

function extras(branchId: string): NonNullable<Item['modifier_groups']> {
  const option = (name: string, price: number) => ({
    id: `${branchId}-${name}`,
    name: `${branchId} ${name}`,
    price,
    available: true,
  });
  return [
    {
      id: `${branchId}-extras`,
      name: `${branchId} extras`,
      min: 0,
      max: 2,
      options: [option('cheese', 1_000_103), option('bacon', 1_000_157), option('egg', 1_000_211)],
    },
  ];
}

/** The rules differ by branch: taxes included and rounding to 1 in `north`, added and rounding to 5 in `south`. */
export function trafficSeed(branchId: string): Seed {
  const fresh = freshBranchSeed();
  const isNorth = branchId === 'north';
  const at = (station: string): string => `${branchId}-${station}`;
  const base = isNorth ? 1_100_000 : 3_300_000;
  const tax = { tax_rate: isNorth ? 2_000 : 825, tax_included: isNorth };
  return {
    ...fresh,
    branch: {
      ...fresh.branch,
      id: branchId,
      name: `${branchId} house`,
      tax_rules: {
        service_charge_rate: 1_250,
        service_charge_order_types: ['dine_in'],
        service_charge_tax_rate: isNorth ? 2_000 : 0,
        rounding_unit: isNorth ? 1 : 5,
      },
    },
    stations: STATIONS.map((name) => ({ id: at(name), name: `${branchId} ${name}` })),
    items: [
      item(branchId, 'burger', {
        ...tax,
        station: at('grill'),
        price: base + 291,
        modifier_groups: extras(branchId),
        allergens: [`${branchId} gluten`],
      }),
      item(branchId, 'pie', { ...tax, station: at('grill'), price: base + 907, remaining: 12 }),
      item(branchId, 'chips', { ...tax, station: at('fry'), price: base + 353, tax_rate: 0 }),
      item(branchId, 'lager', { ...tax, station: at('bar'), price: base + 549 }),
      item(branchId, 'water', { ...tax, price: base + 199, category: 'drinks' }),
    ],
    staff: [
      { id: `${branchId}-sam`, name: `${branchId} Sam`, role: 'cashier' },
      { id: `${branchId}-kim`, name: `${branchId} Kim`, role: 'manager' },
    ],
  };
}

export const TRAFFIC_BRANCHES = ['north', 'south'] as const;
