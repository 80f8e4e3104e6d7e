/** A branch from its description: what `--demo` and a fresh data directory begin with. */
import { Type, type Static } from 'typebox';
import { assert } from '../base/assert.js';
import type { ChangeSet, RowChange } from './change-set.js';
import { CutoffHour, Role, Settings, TaxRules } from './branch-settings.js';
import { Id, MoneyOrZero, Name, strict } from './fields.js';
import { modifierGroupFaults, newMenuItem } from './menu-item.js';
import { MenuItemColumns, Names } from './payloads/menu.js';
import type { Rows, TableName } from './rows.js';
import { newStaff } from './staff.js';

/** The form of data/demo/*.json. Stations and items stand in the order in which screens show them. */
export const Seed = strict({
  branch: strict({
    id: Id,
    name: Name,
    currency: Type.String({ pattern: '^[A-Z]{3}$' }),
    zone: Name,
    cutoff_hour: CutoffHour,
    tax_rules: TaxRules,
    settings: Settings,
  }),
  stations: Type.Array(strict({ id: Id, name: Name, names: Type.Optional(Names) })),
  items: Type.Array(
    Type.Intersect([MenuItemColumns, Type.Object({ name: Name, price: MoneyOrZero })]),
  ),
  staff: Type.Array(strict({ id: Id, name: Name, role: Role })),
});

export type Seed = Static<typeof Seed>;

/** Every row new, the branch first. Throws where the description contradicts itself: it is ours, not a client's. */
export function seedChangeSet({ branch, stations, items, staff }: Seed): ChangeSet {
  const stationIds = new Set(stations.map(({ id }) => id));
  const branchId = branch.id;
  return [
    inserted('branch', { ...branch, version: 1 }),
    ...stations.map(({ id, name, names = {} }, index) =>
      inserted('station', {
        id,
        branch_id: branchId,
        name,
        names,
        position: index + 1,
        version: 1,
      }),
    ),
    ...items.map((item, index) => {
      const { station = null, modifier_groups = [] } = item;
      assert(station === null || stationIds.has(station), `${item.id} names a station`);
      assert(modifierGroupFaults(modifier_groups).length === 0, `${item.id} can be chosen`);
      return inserted('menu_item', newMenuItem(branchId, { position: index + 1, ...item }));
    }),
    ...staff.map((person) => inserted('staff', newStaff(branchId, person))),
  ];
}

function inserted<T extends TableName>(table: T, after: Rows[T]): RowChange {
  return { table, before: null, after, changes: null } as RowChange;
}

/** A new data directory's branch: four stations and an empty menu, for a restaurant to fill. */
export function freshBranchSeed(): Seed {
  return {
    branch: {
      id: 'main',
      name: 'Main',
      currency: 'GBP',
      zone: 'Europe/London',
      cutoff_hour: 4,
      tax_rules: {
        service_charge_rate: 0,
        service_charge_order_types: [],
        service_charge_tax_rate: 0,
        rounding_unit: 1,
      },
      settings: { tables: [] },
    },
    stations: [
      { id: 'grill', name: 'Grill' },
      { id: 'fry', name: 'Fry' },
      { id: 'cold', name: 'Cold' },
      { id: 'bar', name: 'Bar' },
    ],
    items: [],
    staff: [],
  };
}
