/** Figures in the making: records and other figures are added in any order, and come out the same. */
import type { Figures, KitchenFigures } from './figures.js';
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

type Row<Name extends keyof Figures> = Figures[Name] extends readonly (infer Each extends object)[]
  ? Each
  : never;

export class Tally {
  readonly counts = zeros(COUNTS);
  readonly drawer = zeros(DRAWER);
  readonly taxes = new Groups<Row<'taxes'>>(['rate'], ['net', 'tax']);
  readonly discounts = new Groups<Row<'discounts'>>(['reason', 'by_staff'], ['count', 'amount']);
  readonly comps = new Groups<Row<'comps'>>(['reason', 'by_staff'], ['count', 'amount']);
  readonly voids = new Groups<Row<'voids'>>(['reason', 'by_staff'], ['count', 'amount']);
  readonly hours = new Groups<Row<'by_hour'>>(['hour'], ['orders', 'total']);
  readonly orderTypes = new Groups<Row<'by_order_type'>>(['order_type'], ['orders', 'total']);
  readonly staff = new Groups<Row<'by_staff'>>(['by_staff'], ['orders', 'total']);
  readonly stations = new Groups<Row<'by_station'>>(['station'], ['qty', 'total']);
  readonly items = new Groups<Row<'by_item'>>(['item_id', 'name', 'category'], ['qty', 'total']);
  readonly payments = new Groups<Row<'payments'>>(
    ['method'],
    ['payments', 'paid', 'refunds', 'refunded'],
  );
  readonly tips = new Groups<Row<'tips'>>(['method', 'by_staff'], ['count', 'amount']);
  readonly late = new Groups<Row<'late'>>(['device_id'], ['count', 'amount']);
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
    addAll(this.taxes, figures.taxes);
    addAll(this.discounts, figures.discounts);
    addAll(this.comps, figures.comps);
    addAll(this.voids, figures.voids);
    addAll(this.hours, figures.by_hour);
    addAll(this.orderTypes, figures.by_order_type);
    addAll(this.staff, figures.by_staff);
    addAll(this.stations, figures.by_station);
    addAll(this.items, figures.by_item);
    addAll(this.payments, figures.payments);
    addAll(this.tips, figures.tips);
    addAll(this.late, figures.late);
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

function addAll<Each extends object>(groups: Groups<Each>, rows: readonly Each[]): void {
  for (const row of rows) groups.add(row);
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
