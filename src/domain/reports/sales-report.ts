/** The sales side of a report, made from figures: of one shift or of any range of dates. */
import { proportion } from '../totals.js';
import type { Because, CountAmount, Figures, QtyTotal } from './figures.js';
import { Groups } from './groups.js';
import { categoriesOf } from './sales.js';

/** Items named one by one in `by_item`, unless told otherwise: a page of a receipt printer. */
const TOP_ITEMS = 20;

type ByReason = readonly (Because & CountAmount)[];

/** Money in minor units; an average is null where there is nothing to divide by. */
export interface SalesReport {
  /** Closed orders alone. */
  readonly orders: number;
  readonly guests: number;
  /** Total by order. */
  readonly average_order: number | null;
  /** Total by guest, over the orders that name their guests. */
  readonly average_guest: number | null;
  /** Milliseconds from the first line sent to the last one ready, over the orders that were cooked. */
  readonly average_ready_ms: number | null;
  readonly gross: number;
  /** Discounts and comps together. */
  readonly discount: number;
  readonly service_charge: number;
  /** total − rounding − tax: the same figure with taxes included and added. */
  readonly net: number;
  readonly tax: number;
  readonly rounding: number;
  readonly total: number;
  /** `rate` in basis points; the net figures add up to `net`, the taxes to `tax`. */
  readonly taxes: Figures['taxes'];
  /** What each came to in the end, from the adjustments; with the comps they add up to `discount`. */
  readonly discounts: ByReason;
  readonly comps: ByReason;
  /** Lines given up after they were sent, with what they would have cost, from the lines of closed and of voided orders. */
  readonly voids: ByReason;
  /** Lines taken back before they were sent. */
  readonly corrections: number;
  /** `hour` (0 to 23) of the branch's clock at which orders were closed. */
  readonly by_hour: Figures['by_hour'];
  readonly by_order_type: Figures['by_order_type'];
  /** By who opened the order. */
  readonly by_staff: Figures['by_staff'];
  /** By the category that the menu named at the shift's end; of an open shift: names now. */
  readonly by_category: readonly ({ readonly category: string | null } & QtyTotal)[];
  readonly by_station: Figures['by_station'];
  /** The best-selling items, by what they brought; `by_item_rest` holds the others. */
  readonly by_item: readonly ({ readonly item_id: string; readonly name: string } & QtyTotal)[];
  readonly by_item_rest: { readonly items: number } & QtyTotal;
}

/** `topItems`: the length of `by_item`. */
export function salesReport(figures: Figures, topItems = TOP_ITEMS): SalesReport {
  return {
    orders: figures.orders,
    guests: figures.guests,
    average_order: average(figures.total, figures.orders),
    average_guest: average(figures.guests_total, figures.guests),
    average_ready_ms: average(figures.ready_ms, figures.cooked),
    gross: figures.gross,
    discount: figures.discount,
    service_charge: figures.service_charge,
    net: figures.total - figures.rounding - figures.tax,
    tax: figures.tax,
    rounding: figures.rounding,
    total: figures.total,
    taxes: figures.taxes,
    discounts: figures.discounts,
    comps: figures.comps,
    voids: figures.voids,
    corrections: figures.corrections,
    by_hour: figures.by_hour,
    by_order_type: figures.by_order_type,
    by_staff: figures.by_staff,
    by_station: figures.by_station,
    ...byItem(figures.by_item, topItems),
  };
}

function average(total: number, count: number): number | null {
  return count === 0 ? null : proportion(total, 1, count);
}

function byItem(
  sold: Figures['by_item'],
  topItems: number,
): Pick<SalesReport, 'by_category' | 'by_item' | 'by_item_rest'> {
  const items = new Groups<{ item_id: string; name: string } & QtyTotal>(
    ['item_id', 'name'],
    ['qty', 'total'],
  );
  for (const row of sold) items.add(row);
  const ranked = items.list().sort((a, b) => b.total - a.total);
  const rest = { items: 0, qty: 0, total: 0 };
  for (const { qty, total } of ranked.slice(topItems)) {
    rest.items += 1;
    rest.qty += qty;
    rest.total += total;
  }
  return {
    by_category: categoriesOf({ by_item: sold }),
    by_item: ranked.slice(0, topItems),
    by_item_rest: rest,
  };
}
