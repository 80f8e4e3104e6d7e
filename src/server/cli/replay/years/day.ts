/** Plays one day of a made-up history as a shift, and says what it must have come to. */
import { Draw } from './draw.js';
import type { Counter } from './counter.js';
import type { HistoryDay } from './history.js';
import { stepsOf, type Step } from './steps.js';

/** What the Z report of a day must say, in pence. */
export interface DayFigures {
  readonly orders: number;
  readonly lines: number;
  readonly total: number;
  /** What should lie in the drawer. */
  readonly cash: number;
}

const FLOAT = 15_000;
const CLOSES_AFTER_MS = 10 * 60_000;
const MANAGER = { id: 'manager', role: 'manager' } as const;
/** On so many days of a hundred the drawer is not what it should be, by at most so many pence. */
const MISCOUNTED = { percent: 20, pence: 500 } as const;

export function figuresOf({ orders }: HistoryDay): DayFigures {
  let lines = 0;
  let total = 0;
  let cash = FLOAT;
  for (const order of orders) {
    lines += order.lines.length;
    total += order.total;
    if (order.method === 'cash' && order.total > 0) cash += order.total + order.tip - order.refund;
  }
  return { orders: orders.length, lines, total, cash };
}

/** What an earlier run did of the day is repeated, and doubles nothing. */
export async function playDay(counter: Counter, day: HistoryDay): Promise<void> {
  const subject = day.businessDate;
  const of = { subject, by: MANAGER } as const;
  const opened = await counter.alone({
    ...of,
    at: day.opensAt,
    key: `${subject}/shift.open`,
    name: 'shift.open',
    payload: { opening_float: FLOAT },
  });
  const [shiftId] = Object.keys(opened['pos_shift'] ?? {});
  if (shiftId === undefined) throw new Error('shift.open was answered without a shift');
  const steps = day.orders.flatMap(stepsOf).sort((a, b) => a.at - b.at);
  for (const step of steps) await counter.give(step);
  await counter.settled();
  await counter.alone(closing(day, shiftId, (steps.at(-1)?.at ?? day.opensAt) + CLOSES_AFTER_MS));
}

function closing(day: HistoryDay, shiftId: string, at: number): Step {
  const draw = new Draw('count', shiftId);
  const { percent, pence } = MISCOUNTED;
  const off = draw.chance(percent) ? draw.between(-pence, pence) : 0;
  return {
    at,
    subject: day.businessDate,
    key: `${day.businessDate}/shift.close`,
    name: 'shift.close',
    payload: { shift_id: shiftId, counted_cash: figuresOf(day).cash + off },
    by: MANAGER,
  };
}
