/** What a branch's row may hold: its name, its times, its tax rules and its house. */
import { Type } from 'typebox';
import { PERCENT_MAX } from './bounds.js';
import { Name, strict } from './fields.js';
import type { Branch } from './rows.js';

/** Tables of one house. */
const TABLES_MAX = 1_000;

const Rate = Type.Integer({ minimum: 0, maximum: PERCENT_MAX });
const OrderTypes = Type.Array(
  Type.Union([Type.Literal('dine_in'), Type.Literal('takeaway'), Type.Literal('delivery')]),
  { maxItems: 3 },
);

export const Role = Type.Union([
  Type.Literal('admin'),
  Type.Literal('manager'),
  Type.Literal('cashier'),
  Type.Literal('waiter'),
  Type.Literal('kitchen'),
]);

export const CutoffHour = Type.Integer({ minimum: 0, maximum: 23 });

export const TaxRules = strict({
  service_charge_rate: Rate,
  service_charge_order_types: OrderTypes,
  service_charge_tax_rate: Rate,
  rounding_unit: Type.Integer({ minimum: 1, maximum: 1_000 }),
});

/**
 * `tables`: the table numbers of the house, in the order in which screens show them. `automatic_rollover` (default: true): the hub ends
 * a shift whose business date is over, and opens the next.
 */
export const Settings = strict({
  tables: Type.Array(Name, { maxItems: TABLES_MAX }),
  automatic_rollover: Type.Optional(Type.Boolean()),
});

export function rollsOver({ settings }: Pick<Branch, 'settings'>): boolean {
  return settings['automatic_rollover'] !== false;
}
