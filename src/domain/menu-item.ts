/** What a menu item may hold, column by column, and what it holds where nothing was said. */
import { Type } from 'typebox';
import type { FaultDetail } from '../base/refusal.js';
import { Id, MoneyOrZero, Name, PERCENT_MAX, nullable, strict } from './fields.js';
import type { MenuItem, ModifierGroup } from './rows.js';

/** Groups of one item, and options of one group. */
const GROUPS_MAX = 20;
const OPTIONS_MAX = 50;
const ALLERGENS_MAX = 30;
/** Seconds: a day. */
const PREP_SECONDS_MAX = 86_400;
/** Portions, and places on the menu. */
const COUNT_MAX = 1_000_000;

const Count = Type.Integer({ minimum: 0, maximum: COUNT_MAX });
const Options = Type.Integer({ minimum: 0, maximum: OPTIONS_MAX });

/** By language tag: `{"ar": "..."}`. */
export const Names = Type.Record(
  Type.String({ pattern: '^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$' }),
  Name,
  { additionalProperties: false },
);

const Group = strict({
  id: Id,
  name: Name,
  min: Options,
  max: Type.Integer({ minimum: 1, maximum: OPTIONS_MAX }),
  options: Type.Array(
    strict({ id: Id, name: Name, price: MoneyOrZero, available: Type.Boolean() }),
    { minItems: 1, maxItems: OPTIONS_MAX },
  ),
});

/** All columns but `branch_id` and `version`; every one but `id` may be absent. */
export const MenuItemColumns = strict({
  id: Id,
  name: Type.Optional(Name),
  names: Type.Optional(Names),
  category: Type.Optional(nullable(Name)),
  station: Type.Optional(nullable(Id)),
  price: Type.Optional(MoneyOrZero),
  tax_rate: Type.Optional(Type.Integer({ minimum: 0, maximum: PERCENT_MAX })),
  tax_included: Type.Optional(Type.Boolean()),
  modifier_groups: Type.Optional(Type.Array(Group, { maxItems: GROUPS_MAX })),
  allergens: Type.Optional(Type.Array(Name, { maxItems: ALLERGENS_MAX })),
  prep_seconds: Type.Optional(nullable(Type.Integer({ minimum: 0, maximum: PREP_SECONDS_MAX }))),
  available: Type.Optional(Type.Boolean()),
  remaining: Type.Optional(nullable(Count)),
  position: Type.Optional(Count),
});

export const Remaining = nullable(Count);

type Defaults = Omit<MenuItem, 'id' | 'branch_id' | 'name' | 'price' | 'version'>;

const DEFAULTS: Defaults = {
  names: {},
  category: null,
  station: null,
  tax_rate: 0,
  tax_included: true,
  modifier_groups: [],
  allergens: [],
  prep_seconds: null,
  available: true,
  remaining: null,
  position: 0,
};

/** A new item: name and price must be said, the rest has its default (no station, no tax, on sale, not counted). */
export function newMenuItem(
  branchId: string,
  columns: Pick<MenuItem, 'id' | 'name' | 'price'> & Partial<Defaults>,
): MenuItem {
  return { ...DEFAULTS, ...columns, branch_id: branchId, version: 1 };
}

/** What the schema cannot say: orders name options by id alone, and a choice must be possible. */
export function modifierGroupFaults(groups: readonly ModifierGroup[]): FaultDetail[] {
  const faults: FaultDetail[] = [];
  const groupIds = new Set<string>();
  const optionIds = new Set<string>();
  groups.forEach((group, index) => {
    const path = `/modifier_groups/${String(index)}`;
    if (groupIds.has(group.id)) faults.push({ path: `${path}/id`, reason: 'is there twice' });
    groupIds.add(group.id);
    if (group.min > Math.min(group.max, group.options.length)) {
      faults.push({ path: `${path}/min`, reason: 'is more than can be chosen' });
    }
    group.options.forEach(({ id }, option) => {
      if (optionIds.has(id)) {
        faults.push({ path: `${path}/options/${String(option)}/id`, reason: 'is there twice' });
      }
      optionIds.add(id);
    });
  });
  return faults;
}
