/** A small restaurant for tests: three stations, a handful of items. */
import { freshBranchSeed, type Seed } from '../../src/domain/seed.js';

type Item = Seed['items'][number];

function item(id: string, station: string | null, price: number, more: Partial<Item> = {}): Item {
  return {
    id,
    name: id,
    category: 'food',
    station,
    price,
    tax_rate: 2_000,
    ...more,
  };
}

export function testSeed(branchId: string): Seed {
  const fresh = freshBranchSeed();
  return {
    ...fresh,
    branch: { ...fresh.branch, id: branchId, name: branchId },
    stations: [
      { id: 'grill', name: 'Grill' },
      { id: 'fry', name: 'Fry' },
      { id: 'bar', name: 'Bar' },
    ],
    items: [
      item('burger', 'grill', 1_200, {
        modifier_groups: [
          {
            id: 'extras',
            name: 'Extras',
            min: 0,
            max: 2,
            options: [
              { id: 'cheese', name: 'Cheese', price: 100, available: true },
              { id: 'bacon', name: 'Bacon', price: 150, available: true },
            ],
          },
        ],
      }),
      item('chips', 'fry', 350),
      item('lager', 'bar', 550),
      item('water', null, 200),
      item('pie', 'grill', 900, { remaining: 5 }),
    ],
    staff: [{ id: 'sam', name: 'Sam', role: 'cashier' }],
  };
}
