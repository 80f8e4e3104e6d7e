/** Figures in the making: records and other figures are added in any order, and come out the same. */
import type { OrderType, PaymentMethod } from '../rows.js';
import type { Because, Figures, KitchenFigures } from './figures.js';
import { Groups } from './groups.js';
import { addCounts } from './kitchen-times.js';

const COUNTS = [
  'shifts',
  'orders',
  'guests',
  'guests_total',
  'cooked',
  'ready_ms',
  'gross',
  'discount',
  'service_charge',
  'tax',
  'rounding',
  'total',
  'corrections',
  'no_sales',
] as const satisfies readonly (keyof Figures)[];

const DRAWER = [
  'opening_float',
  'payments',
  'tips',
  'refunds',
  'paid_in',
  'paid_out',
  'drops',
  'expected',
  'counted',
  'over_short',
  'uncounted',
] as const satisfies readonly (keyof Figures['drawer'])[];

function zeros<Name extends string>(names: readonly Name[]): Record<Name, number> {
  return Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>;
}

type Given = 'count' | 'amount';
type Sold = 'qty' | 'total';
type Ordered = 'orders' | 'total';

export class Tally {
  readonly counts = zeros(COUNTS);
  readonly drawer = zeros(DRAWER);
  readonly taxes = new Groups<{ rate: number }, 'net' | 'tax'>();
  readonly discounts = new Groups<Because, Given>();
  readonly comps = new Groups<Because, Given>();
  readonly voids = new Groups<Because, Given>();
  readonly hours = new Groups<{ hour: number }, Ordered>();
  readonly orderTypes = new Groups<{ order_type: OrderType }, Ordered>();
  readonly staff = new Groups<{ by_staff: string }, Ordered>();
  readonly stations = new Groups<{ station: string | null }, Sold>();
  readonly items = new Groups<{ item_id: string; name: string; category: string | null }, Sold>();
  readonly payments = new Groups<
    { method: PaymentMethod },
    'payments' | 'paid' | 'refunds' | 'refunded'
  >();
  readonly tips = new Groups<{ method: PaymentMethod; by_staff: string }, Given>();
  readonly late = new Groups<{ device_id: string }, Given>();
  readonly #kitchen = new Map<string, KitchenTally>();

  /** The kitchen's figures of one station. */
  kitchenOf(station: string): KitchenTally {
    let kitchen = this.#kitchen.get(station);
    if (kitchen === undefined) {
      kitchen = new KitchenTally(station);
      this.#kitchen.set(station, kitchen);
    }
    return kitchen;
  }

  add(figures: Figures): void {
    for (const name of COUNTS) this.counts[name] += figures[name];
    for (const name of DRAWER) this.drawer[name] += figures.drawer[name];
    for (const { rate, ...sums } of figures.taxes) this.taxes.add({ rate }, sums);
    addBecause(this.discounts, figures.discounts);
    addBecause(this.comps, figures.comps);
    addBecause(this.voids, figures.voids);
    for (const { hour, ...sums } of figures.by_hour) this.hours.add({ hour }, sums);
    for (const { order_type, ...sums } of figures.by_order_type) {
      this.orderTypes.add({ order_type }, sums);
    }
    for (const { by_staff, ...sums } of figures.by_staff) this.staff.add({ by_staff }, sums);
    for (const { station, ...sums } of figures.by_station) this.stations.add({ station }, sums);
    for (const { item_id, name, category, ...sums } of figures.by_item) {
      this.items.add({ item_id, name, category }, sums);
    }
    for (const { method, ...sums } of figures.payments) this.payments.add({ method }, sums);
    for (const { method, by_staff, ...sums } of figures.tips) {
      this.tips.add({ method, by_staff }, sums);
    }
    for (const { device_id, ...sums } of figures.late) this.late.add({ device_id }, sums);
    for (const kitchen of figures.kitchen) this.kitchenOf(kitchen.station).add(kitchen);
  }

  figures(): Figures {
    const stations = [...this.#kitchen.values()].map((kitchen) => kitchen.figures());
    return {
      ...this.counts,
      taxes: this.taxes.list(),
      discounts: this.discounts.list(),
      comps: this.comps.list(),
      voids: this.voids.list(),
      by_hour: this.hours.list(),
      by_order_type: this.orderTypes.list(),
      by_staff: this.staff.list(),
      by_station: this.stations.list(),
      by_item: this.items.list(),
      payments: this.payments.list(),
      tips: this.tips.list(),
      late: this.late.list(),
      kitchen: stations.sort((a, b) => (a.station < b.station ? -1 : 1)),
      drawer: { ...this.drawer },
    };
  }
}

function addBecause(groups: Groups<Because, Given>, rows: Figures['voids']): void {
  for (const { reason, by_staff, ...sums } of rows) groups.add({ reason, by_staff }, sums);
}

export class KitchenTally {
  lines = 0;
  recalls = 0;
  readonly queue: number[] = [];
  readonly preparation: number[] = [];
  readonly toReady: number[] = [];
  readonly #station: string;

  constructor(station: string) {
    this.#station = station;
  }

  add({ lines, recalls, queue, preparation, to_ready }: KitchenFigures): void {
    this.lines += lines;
    this.recalls += recalls;
    addCounts(this.queue, queue);
    addCounts(this.preparation, preparation);
    addCounts(this.toReady, to_ready);
  }

  figures(): KitchenFigures {
    return {
      station: this.#station,
      lines: this.lines,
      queue: [...this.queue],
      preparation: [...this.preparation],
      to_ready: [...this.toReady],
      recalls: this.recalls,
    };
  }
}

/** Of no shift at all. */
export function emptyFigures(): Figures {
  return new Tally().figures();
}

/** The figures of all of them together, in whatever order and grouping they are added. */
export function addFigures(list: Iterable<Figures>): Figures {
  const tally = new Tally();
  for (const figures of list) tally.add(figures);
  return tally.figures();
}
