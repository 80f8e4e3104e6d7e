/** The Z report that a shift's figures make, as the close must have frozen it. */
import { BOUNDS_MS, byKeys, type Entry, type Figures } from './figures-shape.js';

/** Items that a Z report names one by one. */
const TOP_ITEMS = 20;

export interface ZReportOptions {
  /** The rows as they were at the close. */
  readonly branch: Entry;
  readonly shift: Entry;
  readonly openOrders: Entry;
}

export function zReportOf(figures: Figures, { branch, shift, openOrders }: ZReportOptions): Entry {
  const { id, register_id, business_date, status, opened_by, opened_at } = shift;
  const { closed_by, closed_at } = shift;
  return {
    kind: 'z',
    branch: {
      id: branch['id'],
      name: branch['name'],
      currency: branch['currency'],
      zone: branch['zone'],
    },
    shift: { id, register_id, business_date, status, opened_by, opened_at, closed_by, closed_at },
    period: { from: opened_at, to: closed_at },
    printed_at: closed_at,
    printed_by: closed_by,
    sales: salesOf(figures),
    open_orders: openOrders,
    payments: figures['payments'],
    tips: figures['tips'],
    late: figures['late'],
    kitchen: (figures['kitchen'] as Entry[]).map(kitchenOf),
    no_sales: figures['no_sales'],
    drawer: drawerOf(figures['drawer'] as Readonly<Record<string, number>>, shift),
  };
}

function salesOf(figures: Figures): Entry {
  const sums = figures as Readonly<Record<string, number>>;
  const { orders = 0, guests = 0, total = 0, tax = 0, rounding = 0 } = sums;
  const same = [
    'orders',
    'guests',
    'gross',
    'discount',
    'service_charge',
    'tax',
    'rounding',
    'total',
  ]
    .concat(['taxes', 'discounts', 'comps', 'voids', 'corrections'])
    .concat(['by_hour', 'by_order_type', 'by_staff', 'by_station']);
  return {
    ...Object.fromEntries(same.map((name) => [name, figures[name]])),
    average_order: average(total, orders),
    average_guest: average(sums['guests_total'] ?? 0, guests),
    average_ready_ms: average(sums['ready_ms'] ?? 0, sums['cooked'] ?? 0),
    net: total - rounding - tax,
    ...itemsOf(figures['by_item'] as Entry[]),
  };
}

/** Half away from zero; null where there is nothing to divide by. */
function average(sum: number, count: number): number | null {
  return count === 0 ? null : Math.floor((2 * sum + count) / (2 * count));
}

function itemsOf(sold: readonly Entry[]): Entry {
  const named = sold.map(({ item_id, name, qty, total }) => ({ item_id, name, qty, total }));
  const ranked = byKeys(named, ['item_id', 'name']).sort(
    (a, b) => Number(b['total']) - Number(a['total']),
  );
  const rest = ranked.slice(TOP_ITEMS);
  const sum = (name: string): number => rest.reduce((all, item) => all + Number(item[name]), 0);
  return {
    by_category: byKeys(
      sold.map(({ category, qty, total }) => ({ category, qty, total })),
      ['category'],
    ),
    by_item: ranked.slice(0, TOP_ITEMS),
    by_item_rest: { items: rest.length, qty: sum('qty'), total: sum('total') },
  };
}

function kitchenOf({ station, lines, recalls, ...times }: Entry): Entry {
  const percentiles = Object.entries(times).map(([step, counts]) => [
    step,
    { p50: percentile(counts as number[], 0.5), p90: percentile(counts as number[], 0.9) },
  ]);
  return { station, lines, recalls, ...(Object.fromEntries(percentiles) as Entry) };
}

/** The times of a bucket are taken to lie evenly in it; beyond the last bound it is that bound. */
function percentile(counts: readonly number[], share: number): number | null {
  const wanted = share * counts.reduce((sum, count) => sum + count, 0);
  if (wanted === 0) return null;
  let before = 0;
  for (const [bucket, upper] of BOUNDS_MS.entries()) {
    const count = counts[bucket] ?? 0;
    if (count > 0 && before + count >= wanted) {
      const lower = BOUNDS_MS[bucket - 1] ?? 0;
      return Math.round(lower + ((upper - lower) * (wanted - before)) / count);
    }
    before += count;
  }
  return BOUNDS_MS.at(-1) ?? null;
}

function drawerOf(sums: Readonly<Record<string, number>>, { counted_cash }: Entry): Entry {
  const { opening_float = 0, payments = 0, tips = 0, refunds = 0 } = sums;
  const { paid_in = 0, paid_out = 0, drops = 0 } = sums;
  const expected = opening_float + payments + tips + paid_in - refunds - paid_out - drops;
  const over_short = counted_cash === null ? null : Number(counted_cash) - expected;
  const cash = { opening_float, payments, tips, refunds, paid_in, paid_out, drops };
  return { ...cash, expected, counted: counted_cash, over_short };
}
