/**
 * A made-up history of years, drawn with a seed from recorded orders: each order is a recorded one on another day, at about its time
 * of day, and weekdays are as busy as they were. The same seed and files make the same history, one day at a time.
 */
import { businessDate, localTime } from '../../../../domain/business-date.js';
import type { Plan, PlannedOrder } from '../plan.js';
import { Draw } from './draw.js';
import { drawOrder, type DrawnOrder } from './drawn-order.js';

export interface HistoryOptions {
  readonly branchId: string;
  readonly zone: string;
  readonly cutoffHour: number;
  readonly seed: number;
  /** How many, from the first recorded one on. */
  readonly days: number;
  /** On average. */
  readonly linesPerDay: number;
}

export interface HistoryDay {
  readonly businessDate: string;
  readonly opensAt: number;
  /** In order of time. */
  readonly orders: readonly DrawnOrder[];
}

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** Orders of one day come this long after the cut-off at least, and at most: what they bring ends before the next. */
const WITHIN_MS = { from: 30 * MINUTE_MS, to: 21 * 60 * MINUTE_MS } as const;
/** An order comes as much earlier or later than its recorded one. */
const SHIFTED_MS = 20 * MINUTE_MS;
/** A day has this much less or more than its weekday's average, in percent. */
const NOISE_PERCENT = 15;
const OPENS_BEFORE_MS = 10 * MINUTE_MS;

interface Recorded {
  readonly order: PlannedOrder;
  /** Since its day's cut-off. */
  readonly offsetMs: number;
}

export class History {
  /** Business dates, rising, without a gap. */
  readonly dates: readonly string[];
  readonly #options: HistoryOptions;
  readonly #recorded: readonly Recorded[];
  /** By day of the week (0: Sunday): how busy it is, where 1 is the average. */
  readonly #busyness: readonly number[];

  constructor({ days }: Plan, options: HistoryOptions) {
    const [first] = days;
    if (first === undefined) throw new Error('there are no orders to draw from');
    this.#options = options;
    this.#recorded = days.flatMap(({ orders, businessDate: date }) =>
      orders.map((order) => ({ order, offsetMs: order.at - this.#cutoff(date) })),
    );
    this.#busyness = busyness(days.map((day) => [day.businessDate, day.orders.length]));
    this.dates = datesFrom(first.businessDate, options.days);
  }

  day(date: string): HistoryDay {
    const { branchId, seed, linesPerDay } = this.#options;
    const draw = new Draw('history', branchId, seed, date);
    const noise = (100 + draw.between(-NOISE_PERCENT, NOISE_PERCENT)) / 100;
    const wanted = linesPerDay * (this.#busyness[weekday(date)] ?? 1) * noise;
    const cutoff = this.#cutoff(date);
    const orders: DrawnOrder[] = [];
    for (let lines = 0; lines < wanted;) {
      const recorded = draw.pick(this.#recorded);
      const order = drawOrder(recorded.order, draw, {
        at: cutoff + movedBy(recorded.offsetMs, draw),
        branchId,
        seed,
        place: `${date}/${orders.length}`,
      });
      orders.push(order);
      lines += order.lines.length;
    }
    orders.sort((a, b) => a.at - b.at);
    return { businessDate: date, opensAt: (orders[0]?.at ?? 0) - OPENS_BEFORE_MS, orders };
  }

  #cutoff(date: string): number {
    const { zone, cutoffHour } = this.#options;
    const day = date.split('-').reverse().join('/');
    return localTime(`${day} ${String(cutoffHour).padStart(2, '0')}:00`, zone);
  }
}

function movedBy(offsetMs: number, draw: Draw): number {
  const moved = offsetMs + draw.between(-SHIFTED_MS, SHIFTED_MS);
  return Math.min(Math.max(moved, WITHIN_MS.from), WITHIN_MS.to);
}

function datesFrom(first: string, count: number): string[] {
  const dates = [first];
  while (dates.length < count) dates.push(nextDate(dates.at(-1) ?? first));
  return dates;
}

/** Calendar dates need no zone: noon of one is a day after noon of the other. */
function nextDate(date: string): string {
  return businessDate(Date.parse(`${date}T12:00:00Z`) + DAY_MS, 'UTC', 0);
}

function weekday(date: string): number {
  return new Date(`${date}T12:00:00Z`).getUTCDay();
}

/** A weekday of which nothing is recorded is an average one. */
function busyness(days: readonly (readonly [date: string, orders: number])[]): number[] {
  const averages = Array.from({ length: 7 }, (_, of) => {
    const counts = days.filter(([date]) => weekday(date) === of).map(([, orders]) => orders);
    return counts.length === 0 ? null : counts.reduce((a, b) => a + b) / counts.length;
  });
  const known = averages.filter((average) => average !== null);
  const middle = known.reduce((a, b) => a + b, 0) / known.length;
  return averages.map((average) => (average ?? middle) / middle);
}
