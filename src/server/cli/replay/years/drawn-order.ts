/** One order of a made-up history: what is ordered is recorded, all else is drawn, and what it comes to is reckoned here. */
import type { OrderType, PaymentMethod } from '../../../../domain/rows.js';
import { derivedIdAt } from '../identity.js';
import type { PlannedItem, PlannedOrder } from '../plan.js';
import type { Draw } from './draw.js';

export interface DrawnLine {
  readonly id: string;
  readonly item: PlannedItem;
  readonly qty: number;
}

export interface DrawnOrder {
  readonly id: string;
  readonly at: number;
  /** Person and device. */
  readonly till: string;
  readonly orderType: OrderType;
  readonly guests: number | null;
  readonly tableNo: string | null;
  readonly lines: readonly DrawnLine[];
  /** Given up after it was sent; null: none. */
  readonly voided: DrawnLine | null;
  /** Off the whole order, in pence; 0: none. */
  readonly discount: number;
  readonly method: PaymentMethod;
  readonly tip: number;
  /** Given back after the close, in pence; 0: nothing. */
  readonly refund: number;
  /** What it comes to, in pence. */
  readonly total: number;
  readonly kitchen: KitchenTimes;
}

/** In milliseconds, each after the one before. */
export interface KitchenTimes {
  /** null: nobody says when it is begun. */
  readonly queue: number | null;
  readonly preparation: number;
  readonly pass: number;
  /** From served to paid. */
  readonly linger: number;
}

export interface Setting {
  readonly at: number;
  readonly branchId: string;
  readonly seed: number;
  /** Which one it is of the history. */
  readonly place: string;
}

/** What a history's orders have, in percent of them. */
const SHARE = { discounted: 4, voided: 2, refunded: 1, tipped: 30, begun: 25 } as const;
const TILLS = 6;
const TABLES = 12;
/** A command takes no more. */
const LINES_MAX = 100;
const SECOND_MS = 1_000;

export function drawOrder(recorded: PlannedOrder, draw: Draw, setting: Setting): DrawnOrder {
  const { at, branchId, seed, place } = setting;
  const id = derivedIdAt(at, 'history order', branchId, seed, place);
  const lines = recorded.batches
    .flat()
    .slice(0, LINES_MAX)
    .map(({ item, qty }, index) => ({ id: `${id}:${index + 1}`, item, qty }));
  const voided = lines.length > 1 && draw.chance(SHARE.voided) ? draw.pick(lines) : null;
  const gross = sumOf(lines) - (voided === null ? 0 : priceOf(voided));
  const discount = draw.chance(SHARE.discounted) ? Math.floor(gross / draw.between(5, 10)) : 0;
  const total = gross - discount;
  const orderType = draw.pick(['dine_in', 'takeaway', 'delivery'] as const);
  const seated = orderType === 'dine_in';
  const method = draw.pick(['cash', 'cash', 'card', 'card', 'card'] as const);
  return {
    id,
    at,
    till: `till-${draw.between(1, TILLS)}`,
    orderType,
    guests: seated ? draw.between(1, 6) : null,
    tableNo: seated ? String(draw.between(1, TABLES)) : null,
    lines,
    voided,
    discount,
    method,
    tip: draw.chance(SHARE.tipped) ? draw.between(1, 10) * 50 : 0,
    refund: total > 1 && draw.chance(SHARE.refunded) ? draw.between(1, total - 1) : 0,
    total,
    kitchen: {
      queue: draw.chance(SHARE.begun) ? draw.between(10, 240) * SECOND_MS : null,
      preparation: draw.between(180, 1_200) * SECOND_MS,
      pass: draw.between(10, 180) * SECOND_MS,
      linger: draw.between(30, seated ? 1_800 : 120) * SECOND_MS,
    },
  };
}

function priceOf({ item, qty }: DrawnLine): number {
  return item.pence * qty;
}

function sumOf(lines: readonly DrawnLine[]): number {
  return lines.reduce((sum, line) => sum + priceOf(line), 0);
}
