/** The tables that a shift's report and a range's summary share. */
import type { Figures } from '../../domain/reports/figures.js';
import type { KitchenRow } from '../../domain/reports/kitchen.js';
import type { NamedSales } from '../../domain/reports/named.js';
import { sumOf } from '../../domain/reports/ranking.js';
import { COUNTED, field, STAFF, STATION, TAKEN } from './columns.js';
import {
  fact,
  factsOf,
  gridOf,
  type ColumnOf,
  type Fact,
  type Grid,
  type Table,
} from './document.js';
import { salesGrid } from './sales-grids.js';
import type { Word } from './words.js';

/** What stands above all tables. */
export function headlineOf(sales: NamedSales, more: readonly Fact[]): Table {
  return factsOf('headline', [
    fact('total', 'money', sales.total),
    fact('orders', 'count', sales.orders),
    fact('guests', 'count', sales.guests),
    fact('average_order', 'money', sales.average_order),
    fact('average_guest', 'money', sales.average_guest),
    fact('average_ready_ms', 'duration', sales.average_ready_ms),
    ...more,
  ]);
}

/** From gross to total, taxes, and what was given away and taken back. */
export function salesTables(sales: NamedSales): readonly Table[] {
  return [
    factsOf(
      'sales',
      (['gross', 'discount', 'service_charge', 'net', 'tax', 'rounding', 'total'] as const).map(
        (key) => fact(key, 'money', sales[key]),
      ),
    ),
    gridOf('taxes', [field('rate', 'rate'), field('net', 'money'), field('tax', 'money')], {
      rows: sales.taxes,
      totals: sumOf(sales.taxes, ['net', 'tax']),
    }),
    becauseGrid('discount_list', sales.discounts),
    becauseGrid('comp_list', sales.comps),
    becauseGrid('void_list', sales.voids),
  ];
}

/** Sales by hour, item, category, station, order type and person. */
export function groupTables(sales: NamedSales): readonly Table[] {
  const all = { rest: null, totals: { orders: sales.orders, total: sales.total } };
  const { items, ...left } = sales.by_item_rest;
  const sold = sumOf(sales.by_category, ['qty', 'total']);
  return [
    salesGrid('hour', { rows: sales.by_hour, ...all }),
    salesGrid('category', { rows: sales.by_category, rest: null, totals: sold }),
    gridOf(
      'sales_by_item',
      [
        field('item_id', 'text', 'data'),
        field('name', 'text'),
        field('qty', 'count'),
        field('total', 'money'),
      ],
      { rows: sales.by_item, rest: items === 0 ? null : { rows: items, ...left }, totals: sold },
    ),
    salesGrid('station', { rows: sales.by_station, rest: null, totals: sold }),
    salesGrid('order_type', { rows: sales.by_order_type, ...all }),
    salesGrid('staff', { rows: sales.by_staff, ...all }),
  ];
}

export interface MoneyTaken {
  readonly payments: Figures['payments'];
  readonly tips: readonly (Figures['tips'][number] & { readonly staff_name: string | null })[];
  readonly late: Figures['late'];
}

export function moneyTables({ payments, tips, late }: MoneyTaken): readonly Table[] {
  return [
    gridOf('sales_by_method', [field('method', 'word'), ...TAKEN], {
      rows: payments,
      totals: sumOf(payments, ['payments', 'paid', 'refunds', 'refunded']),
    }),
    gridOf('tips', [field('method', 'word'), ...STAFF, ...COUNTED], {
      rows: tips,
      totals: sumOf(tips, ['count', 'amount']),
    }),
    gridOf('late', [field('device_id', 'text'), ...COUNTED], {
      rows: late,
      totals: sumOf(late, ['count', 'amount']),
    }),
  ];
}

type Because = NamedSales['voids'][number];

function becauseGrid(title: Word, rows: readonly Because[]): Grid {
  const columns: readonly ColumnOf<Because>[] = [field('reason', 'text'), ...STAFF, ...COUNTED];
  return gridOf(title, columns, { rows, totals: sumOf(rows, ['count', 'amount']) });
}

/** The drawer by the names that the answers have for it; null: not counted yet. */
export type Drawer = Omit<Figures['drawer'], 'counted' | 'over_short' | 'uncounted'> & {
  readonly counted: number | null;
  readonly over_short: number | null;
};

export function drawerFacts(drawer: Drawer): readonly Fact[] {
  return [
    fact('opening_float', 'money', drawer.opening_float),
    fact('cash_payments', 'money', drawer.payments),
    fact('cash_tips', 'money', drawer.tips),
    fact('cash_refunds', 'money', drawer.refunds),
    fact('paid_in', 'money', drawer.paid_in),
    fact('paid_out', 'money', drawer.paid_out),
    fact('drops', 'money', drawer.drops),
    fact('expected_cash', 'money', drawer.expected),
    fact('counted_cash', 'money', drawer.counted),
    fact('over_short', 'money', drawer.over_short),
  ];
}

export function kitchenGrid(
  rows: readonly KitchenRow[],
  totals: Readonly<Record<string, number>>,
): Grid {
  const timed = (['queue', 'preparation', 'to_ready'] as const).flatMap((step) =>
    (['p50', 'p90'] as const).map((part): ColumnOf<KitchenRow> => ({
      key: `${step}_${part}_ms`,
      kind: 'duration',
      ...(step !== 'to_ready' && { on: 'wide' }),
      of: (row) => row[step][part],
    })),
  );
  const columns: readonly ColumnOf<KitchenRow>[] = [
    ...STATION,
    field('lines', 'count'),
    ...timed,
    field('recalls', 'count', 'wide'),
  ];
  return gridOf('kitchen', columns, { rows, totals });
}
