/** What a menu item may hold, column by column, and the payloads of the menu's commands. */
import { Type, type Static } from 'typebox';
import { PERCENT_MAX } from '../bounds.js';
import { Id, MoneyOrZero, Name, nullable, strict } from '../fields.js';

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
export type MenuItemColumns = Static<typeof MenuItemColumns>;

export const Remaining = nullable(Count);

export const MenuSetAvailability = strict({
  item_id: Id,
  available: Type.Boolean(),
  remaining: Type.Optional(Remaining),
});
export type MenuSetAvailability = Static<typeof MenuSetAvailability>;
