/**
 * The sales side of a shift report: what the finished orders of a shift say. An order finishes in one shift only, so whatever
 * is counted with it (its discounts, comps, voids and corrections too) is counted once, however often it was carried over.
 */
import { localHours } from './business-date.js';
import { Groups } from './groups.js';
import { isFinished } from './order-state.js';
import type { Branch, MenuItem, OrderAggregate, OrderLine, TaxRules } from './rows.js';
import { lineGross, orderTotals, proportion } from './totals.js';

type List<Key, Figure extends string> = readonly (Readonly<Key> &
  Readonly<Record<Figure, number>>)[];

type Because = { readonly reason: string | null; readonly by_staff: string | null };

type ByReason = List<Because, 'count' | 'amount'>;

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
  readonly taxes: List<{ rate: number }, 'net' | 'tax'>;
  /** What each came to in the end, from the adjustments; with the comps they add up to `discount`. */
  readonly discounts: ByReason;
  readonly comps: ByReason;
  /** Lines given up after they were sent, with what they would have cost, from the lines of closed and of voided orders. */
  readonly voids: ByReason;
  /** Lines taken back before they were sent. */
  readonly corrections: number;
  /** `hour` (0 to 23) of the branch's clock at which orders were closed. */
  readonly by_hour: List<{ hour: number }, 'orders' | 'total'>;
  readonly by_order_type: List<{ order_type: string }, 'orders' | 'total'>;
  /** By who opened the order. */
  readonly by_staff: List<{ by_staff: string }, 'orders' | 'total'>;
  /** By the category that the menu names at the time of the report. */
  readonly by_category: List<{ category: string | null }, 'qty' | 'total'>;
  readonly by_station: List<{ station: string | null }, 'qty' | 'total'>;
  /** The best-selling items, by what they brought; `by_item_rest` holds the others. */
  readonly by_item: List<{ item_id: string; name: string }, 'qty' | 'total'>;
  readonly by_item_rest: { readonly items: number; readonly qty: number; readonly total: number };
}

export interface SalesOptions {
  readonly branch: Branch;
  readonly item: (itemId: string) => MenuItem | undefined;
  /** Length of `by_item`. */
  readonly topItems: number;
}

export function salesReport(orders: readonly OrderAggregate[], options: SalesOptions): SalesReport {
  const closed = orders.filter(({ header }) => header.status === 'closed');
  const finished = orders.filter(({ header }) => isFinished(header));
  return {
    ...headline(closed),
    taxes: taxes(closed, options.branch.tax_rules),
    ...givenAway(closed, options.branch.tax_rules),
    ...takenBack(finished),
    ...byOrder(closed, options.branch.zone),
    ...byLine(closed, options),
  };
}

function average(total: number, count: number): number | null {
  return count === 0 ? null : proportion(total, 1, count);
}

function headline(closed: readonly OrderAggregate[]) {
  const sums = { gross: 0, discount: 0, service_charge: 0, tax: 0, rounding: 0, total: 0 };
  let guests = 0;
  let guestsTotal = 0;
  let cooked = 0;
  let readyMs = 0;
  for (const { header } of closed) {
    sums.gross += header.subtotal;
    sums.discount += header.discount;
    sums.service_charge += header.service_charge;
    sums.tax += header.tax;
    sums.rounding += header.rounding;
    sums.total += header.total;
    if (header.guests !== null && header.guests > 0) {
      guests += header.guests;
      guestsTotal += header.total;
    }
    if (header.sent_at !== null && header.ready_at !== null) {
      cooked += 1;
      readyMs += Math.max(0, header.ready_at - header.sent_at);
    }
  }
  return {
    orders: closed.length,
    guests,
    average_order: average(sums.total, closed.length),
    average_guest: average(guestsTotal, guests),
    average_ready_ms: average(readyMs, cooked),
    ...sums,
    net: sums.total - sums.rounding - sums.tax,
  };
}

/** The header's tax beyond that of its lines is held in the service charge. */
function taxes(closed: readonly OrderAggregate[], rules: TaxRules): SalesReport['taxes'] {
  const rates = new Groups<{ rate: number }, 'net' | 'tax'>();
  for (const { header, lines } of closed) {
    let serviceTax = header.tax;
    for (const line of sold(lines)) {
      rates.add({ rate: line.tax_rate }, { net: line.total - line.tax, tax: line.tax });
      serviceTax -= line.tax;
    }
    if (header.service_charge > 0) {
      const rate = rules.service_charge_tax_rate;
      rates.add({ rate }, { net: header.service_charge - serviceTax, tax: serviceTax });
    }
  }
  return rates.list();
}

function sold(lines: readonly OrderLine[]): OrderLine[] {
  return lines.filter(({ status }) => status !== 'voided');
}

function givenAway(closed: readonly OrderAggregate[], rules: TaxRules) {
  const groups = () => new Groups<Because, 'count' | 'amount'>();
  const discounts = groups();
  const comps = groups();
  for (const order of closed) {
    if (order.adjustments.length === 0) continue;
    const amounts = orderTotals(order, rules).adjustments;
    for (const { id, kind, reason, by_staff } of order.adjustments) {
      if (kind === 'service_charge') continue;
      const figures = { count: 1, amount: amounts.get(id) ?? 0 };
      (kind === 'comp' ? comps : discounts).add({ reason, by_staff }, figures);
    }
  }
  return { discounts: discounts.list(), comps: comps.list() };
}

function takenBack(finished: readonly OrderAggregate[]) {
  const voids = new Groups<Because, 'count' | 'amount'>();
  let corrections = 0;
  for (const { header, lines } of finished) {
    for (const line of lines) {
      if (line.status !== 'voided') continue;
      if (line.sent_at === null) corrections += 1;
      else {
        voids.add(
          { reason: line.void_reason ?? header.void_reason, by_staff: line.voided_by },
          { count: 1, amount: lineGross(line) },
        );
      }
    }
  }
  return { voids: voids.list(), corrections };
}

function byOrder(closed: readonly OrderAggregate[], zone: string) {
  const hourOf = localHours(zone);
  const hours = new Groups<{ hour: number }, 'orders' | 'total'>();
  const types = new Groups<{ order_type: string }, 'orders' | 'total'>();
  const staff = new Groups<{ by_staff: string }, 'orders' | 'total'>();
  for (const { header } of closed) {
    const figures = { orders: 1, total: header.total };
    hours.add({ hour: hourOf(header.closed_at ?? header.updated_at) }, figures);
    types.add({ order_type: header.order_type }, figures);
    staff.add({ by_staff: header.opened_by }, figures);
  }
  return { by_hour: hours.list(), by_order_type: types.list(), by_staff: staff.list() };
}

function byLine(closed: readonly OrderAggregate[], { item, topItems }: SalesOptions) {
  const categories = new Groups<{ category: string | null }, 'qty' | 'total'>();
  const stations = new Groups<{ station: string | null }, 'qty' | 'total'>();
  const items = new Groups<{ item_id: string; name: string }, 'qty' | 'total'>();
  for (const { lines } of closed) {
    for (const { item_id, name, station, qty, total } of sold(lines)) {
      const figures = { qty, total };
      categories.add({ category: item(item_id)?.category ?? null }, figures);
      stations.add({ station }, figures);
      items.add({ item_id, name }, figures);
    }
  }
  const ranked = items.ranked('total');
  const rest = { items: 0, qty: 0, total: 0 };
  for (const { qty, total } of ranked.slice(topItems)) {
    rest.items += 1;
    rest.qty += qty;
    rest.total += total;
  }
  return {
    by_category: categories.list(),
    by_station: stations.list(),
    by_item: ranked.slice(0, topItems),
    by_item_rest: rest,
  };
}
