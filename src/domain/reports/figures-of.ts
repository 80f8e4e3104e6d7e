/**
 * The figures of one shift from its records. An order finishes in one shift only, so whatever is counted with it (its discounts,
 * comps, voids, corrections and kitchen times too) is counted once, however often it was carried over.
 */
import { localHours } from '../business-date.js';
import type { ShiftRecords } from '../command.js';
import { isFinished } from '../order-state.js';
import type {
  Branch,
  MenuItem,
  OrderAggregate,
  OrderLine,
  OrderPayment,
  PosShift,
  TaxRules,
} from '../rows.js';
import { cashDrawer } from '../shift-figures.js';
import { lineGross, orderTotals } from '../totals.js';
import { LATE_MS, type Figures } from './figures.js';
import { addTime } from './kitchen-times.js';
import { Tally, type KitchenTally } from './tally.js';

export interface FiguresOptions {
  readonly branch: Branch;
  /** As it is when it ends; an open one counts as no shift (`shifts` is 0) and as neither counted nor uncounted. */
  readonly shift: PosShift;
  /** The menu, for the categories. */
  readonly item: (itemId: string) => MenuItem | undefined;
}

/** The same in whatever order the records come. What the kitchen did after the shift's end is left out. */
export function figuresOf(records: ShiftRecords, options: FiguresOptions): Figures {
  const { branch, shift, item } = options;
  const tally = new Tally();
  const hourOf = localHours(branch.zone);
  const until = shift.closed_at ?? Infinity;
  for (const order of records.orders) {
    if (!isFinished(order.header)) continue;
    takenBack(tally, order);
    cooked(tally, order.lines, until);
    if (order.header.status !== 'closed') continue;
    headline(tally, order, until);
    byOrder(tally, order, hourOf);
    byLine(tally, order.lines, item);
    taxes(tally, order, branch.tax_rules);
    givenAway(tally, order, branch.tax_rules);
  }
  const payments = [...records.payments];
  for (const payment of payments) money(tally, payment, shift.opened_at);
  drawer(tally, shift, { payments, movements: records.movements });
  return tally.figures();
}

function headline({ counts }: Tally, { header }: OrderAggregate, until: number): void {
  counts.orders += 1;
  counts.gross += header.subtotal;
  counts.discount += header.discount;
  counts.service_charge += header.service_charge;
  counts.tax += header.tax;
  counts.rounding += header.rounding;
  counts.total += header.total;
  if (header.guests !== null && header.guests > 0) {
    counts.guests += header.guests;
    counts.guests_total += header.total;
  }
  if (header.sent_at !== null && header.ready_at !== null && header.ready_at <= until) {
    counts.cooked += 1;
    counts.ready_ms += Math.max(0, header.ready_at - header.sent_at);
  }
}

function byOrder(
  { hours, orderTypes, staff }: Tally,
  { header }: OrderAggregate,
  hourOf: (instant: number) => number,
): void {
  const figures = { orders: 1, total: header.total };
  hours.add({ hour: hourOf(header.closed_at ?? header.updated_at), ...figures });
  orderTypes.add({ order_type: header.order_type, ...figures });
  staff.add({ by_staff: header.opened_by, ...figures });
}

function byLine(
  { stations, items }: Tally,
  lines: readonly OrderLine[],
  item: FiguresOptions['item'],
): void {
  for (const { status, item_id, name, station, qty, total } of lines) {
    if (status === 'voided') continue;
    stations.add({ station, qty, total });
    items.add({ item_id, name, category: item(item_id)?.category ?? null, qty, total });
  }
}

/** The header's tax beyond that of its lines is held in the service charge. */
function taxes(tally: Tally, { header, lines }: OrderAggregate, rules: TaxRules): void {
  let serviceTax = header.tax;
  for (const line of lines) {
    if (line.status === 'voided') continue;
    tally.taxes.add({ rate: line.tax_rate, net: line.total - line.tax, tax: line.tax });
    serviceTax -= line.tax;
  }
  if (header.service_charge > 0) {
    const rate = rules.service_charge_tax_rate;
    tally.taxes.add({ rate, net: header.service_charge - serviceTax, tax: serviceTax });
  }
}

function givenAway({ discounts, comps }: Tally, order: OrderAggregate, rules: TaxRules): void {
  if (order.adjustments.length === 0) return;
  const amounts = orderTotals(order, rules).adjustments;
  for (const { id, kind, reason, by_staff } of order.adjustments) {
    if (kind === 'service_charge') continue;
    const amount = amounts.get(id) ?? 0;
    (kind === 'comp' ? comps : discounts).add({ reason, by_staff, count: 1, amount });
  }
}

function takenBack({ counts, voids }: Tally, { header, lines }: OrderAggregate): void {
  for (const line of lines) {
    if (line.status !== 'voided') continue;
    if (line.sent_at === null) counts.corrections += 1;
    else {
      const reason = line.void_reason ?? header.void_reason;
      voids.add({ reason, by_staff: line.voided_by, count: 1, amount: lineGross(line) });
    }
  }
}

function cooked(tally: Tally, lines: readonly OrderLine[], until: number): void {
  for (const line of lines) {
    const { station, recalls } = line;
    if (station === null) continue;
    if (recalls !== null) tally.kitchenOf(station).recalls += recalls;
    if (line.status !== 'ready' && line.status !== 'served') continue;
    const readyAt = line.ready_at ?? line.served_at;
    if (readyAt !== null && readyAt <= until) timed(tally.kitchenOf(station), line, readyAt);
  }
}

function timed(kitchen: KitchenTally, { sent_at, started_at }: OrderLine, readyAt: number): void {
  kitchen.lines += 1;
  if (sent_at !== null) addTime(kitchen.toReady, readyAt - sent_at);
  if (started_at === null) return;
  if (sent_at !== null) addTime(kitchen.queue, started_at - sent_at);
  addTime(kitchen.preparation, readyAt - started_at);
}

function money({ payments, tips, late }: Tally, payment: OrderPayment, openedAt: number): void {
  const { kind, method, amount, tip, by_staff, device_id, client_at } = payment;
  payments.add(
    kind === 'payment'
      ? { method, payments: 1, paid: amount, refunds: 0, refunded: 0 }
      : { method, payments: 0, paid: 0, refunds: 1, refunded: amount },
  );
  if (tip !== 0) tips.add({ method, by_staff, count: 1, amount: tip });
  if (kind === 'payment' && client_at !== null && client_at < openedAt - LATE_MS) {
    late.add({ device_id, count: 1, amount });
  }
}

function drawer(
  tally: Tally,
  shift: PosShift,
  records: Pick<ShiftRecords, 'payments' | 'movements'>,
): void {
  const { no_sales, expected, ...cash } = cashDrawer(shift, records);
  tally.counts.no_sales += no_sales;
  Object.assign(tally.drawer, cash);
  if (shift.status === 'open') return;
  tally.counts.shifts += 1;
  if (shift.counted_cash === null) {
    tally.drawer.uncounted += 1;
    return;
  }
  tally.drawer.expected += expected;
  tally.drawer.counted += shift.counted_cash;
  tally.drawer.over_short += shift.counted_cash - expected;
}
