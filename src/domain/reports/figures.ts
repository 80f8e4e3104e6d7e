/**
 * What a shift, a day or any range of dates came to, as sums alone: the figures of two periods add up to those of both. Averages,
 * percentiles, ranks and percentages are made of them when they are shown. Money in minor units.
 */
import type { OrderType, PaymentMethod } from '../rows.js';

export interface CountAmount {
  readonly count: number;
  readonly amount: number;
}

export interface QtyTotal {
  readonly qty: number;
  readonly total: number;
}

export interface OrdersTotal {
  readonly orders: number;
  readonly total: number;
}

/** Why something was given away or taken back, and by whom. */
export type Because = { readonly reason: string | null; readonly by_staff: string | null };

/**
 * How many lines took up to each bound of `KITCHEN_BOUNDS_MS` and longer than the one before; one more for those that
 * took longer than all. Counts at the end that are 0 are left out.
 */
export type TimeCounts = readonly number[];

/** Upper bounds, inclusive, in milliseconds: what percentiles of kitchen times are read from. */
export const KITCHEN_BOUNDS_MS: readonly number[] = [
  15, 30, 45, 60, 90, 120, 150, 180, 210, 240, 300, 360, 420, 480, 540, 600, 720, 840, 960, 1_080,
  1_200, 1_500, 1_800, 2_400, 3_600, 5_400, 7_200,
].map((seconds) => seconds * 1_000);

/** Milliseconds that a till's clock may be off: a payment taken less than this before its shift was opened is not late. */
export const LATE_MS = 60_000;

/**
 * Lines of one station that were cooked, by how long they took. A line is ready when its station says so, at the latest when it is
 * served; steps that were skipped have no time. The parts of a split line count each.
 */
export interface KitchenFigures {
  readonly station: string;
  /** Lines that are ready or served. */
  readonly lines: number;
  /** From sent to started. */
  readonly queue: TimeCounts;
  /** From started to ready. */
  readonly preparation: TimeCounts;
  /** From sent to ready. */
  readonly to_ready: TimeCounts;
  /** How often a line was taken back to an earlier step, also one that was voided later. */
  readonly recalls: number;
}

/** Sums of drawers. The first seven are of every shift, as in its cash drawer. */
export interface DrawerFigures {
  readonly opening_float: number;
  readonly payments: number;
  readonly tips: number;
  readonly refunds: number;
  readonly paid_in: number;
  readonly paid_out: number;
  readonly drops: number;
  /** This and the next two: of the shifts whose drawer was counted. */
  readonly expected: number;
  readonly counted: number;
  readonly over_short: number;
  /** Shifts that ended uncounted. */
  readonly uncounted: number;
}

/**
 * Closed orders count in the shift that closed them, voids, corrections and kitchen times also of orders that were voided whole,
 * money in the shift that took it. Lists are in order of their keys, each key once; a key that is null comes last.
 */
export interface Figures {
  /** Shifts that were closed. */
  readonly shifts: number;
  readonly orders: number;
  readonly guests: number;
  /** Total of the orders that name their guests. */
  readonly guests_total: number;
  /** Closed orders that were cooked by the shift's end, and the milliseconds from their first line sent to their last one ready, in all. */
  readonly cooked: number;
  readonly ready_ms: number;
  readonly gross: number;
  readonly discount: number;
  readonly service_charge: number;
  readonly tax: number;
  readonly rounding: number;
  readonly total: number;
  readonly corrections: number;
  readonly no_sales: number;
  readonly taxes: readonly { readonly rate: number; readonly net: number; readonly tax: number }[];
  readonly discounts: readonly (Because & CountAmount)[];
  readonly comps: readonly (Because & CountAmount)[];
  readonly voids: readonly (Because & CountAmount)[];
  /** `hour` (0 to 23) of the branch's clock at which orders were closed. */
  readonly by_hour: readonly ({ readonly hour: number } & OrdersTotal)[];
  readonly by_order_type: readonly ({ readonly order_type: OrderType } & OrdersTotal)[];
  /** By who opened the order. */
  readonly by_staff: readonly ({ readonly by_staff: string } & OrdersTotal)[];
  readonly by_station: readonly ({ readonly station: string | null } & QtyTotal)[];
  /** Every item that was sold, with the category that the menu named when the shift closed. */
  readonly by_item: readonly ({
    readonly item_id: string;
    readonly name: string;
    readonly category: string | null;
  } & QtyTotal)[];
  readonly payments: readonly {
    readonly method: PaymentMethod;
    readonly payments: number;
    readonly paid: number;
    readonly refunds: number;
    readonly refunded: number;
  }[];
  readonly tips: readonly ({
    readonly method: PaymentMethod;
    readonly by_staff: string;
  } & CountAmount)[];
  /** Payments that tills took more than `LATE_MS` before the shift was opened and brought in late, by device; without tips. */
  readonly late: readonly ({ readonly device_id: string } & CountAmount)[];
  readonly kitchen: readonly KitchenFigures[];
  readonly drawer: DrawerFigures;
}

/** What a shift came to, as the store keeps it when the shift ends: a close, a handover or a rollover brings it. */
export interface ShiftSummary {
  readonly shiftId: string;
  readonly businessDate: string;
  readonly figures: Figures;
}
