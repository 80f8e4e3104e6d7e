/** Sales by each of their groups as tables. */
import type { Ranked } from '../../domain/reports/ranking.js';
import type { SalesGroup, SalesRows } from '../../domain/reports/sales.js';
import { field, ORDERED, SOLD, STAFF, STATION, TAKEN } from './columns.js';
import { gridOf, type ColumnOf, type Grid } from './document.js';

const PERIOD = [
  field('shifts', 'count', 'data'),
  field('orders', 'count'),
  field('guests', 'count', 'wide'),
  field('gross', 'money', 'wide'),
  field('discount', 'money', 'wide'),
  field('tax', 'money', 'wide'),
  field('total', 'money'),
] as const;

type GroupColumns = { readonly [Group in SalesGroup]: readonly ColumnOf<SalesRows[Group]>[] };

const COLUMNS: GroupColumns = {
  hour: [field('hour', 'hour'), ...ORDERED],
  day: [field('business_date', 'date'), ...PERIOD],
  month: [field('month', 'month'), ...PERIOD],
  item: [
    field('item_id', 'text', 'data'),
    field('name', 'text'),
    field('category', 'text', 'wide'),
    ...SOLD,
  ],
  category: [field('category', 'text'), ...SOLD],
  station: [...STATION, ...SOLD],
  staff: [...STAFF, ...ORDERED],
  order_type: [field('order_type', 'word'), ...ORDERED],
  method: [field('method', 'word'), ...TAKEN],
};

/** Groups whose figures are easier seen in a picture. */
const DRAWN: ReadonlySet<SalesGroup> = new Set(['hour', 'day', 'month']);

/** `rows`: those of the group, as an answer has them. */
export function salesGrid<Group extends SalesGroup>(
  group: Group,
  rows: Ranked<SalesRows[Group]>,
): Grid {
  const columns: readonly ColumnOf<SalesRows[Group]>[] = COLUMNS[group];
  const drawn = DRAWN.has(group) ? 'total' : null;
  return gridOf(`sales_by_${group}`, columns, { ...rows, drawn });
}
