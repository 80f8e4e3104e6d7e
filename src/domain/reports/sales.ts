/** Sales of a range by one of nine groups. */
import { assertNever } from '../../base/assert.js';
import { Groups } from './groups.js';
import type { OrderType, PaymentMethod } from '../rows.js';
import type { Figures, OrdersTotal, QtyTotal } from './figures.js';
import { withStaffName, withStationName, type ReportHead, type ReportNames } from './head.js';
import { ranked, type Ranked } from './ranking.js';

export const SALES_GROUPS = [
  'hour',
  'day',
  'month',
  'item',
  'category',
  'station',
  'staff',
  'order_type',
  'method',
] as const;
export type SalesGroup = (typeof SALES_GROUPS)[number];

/** What one business date or month came to: closed orders alone. */
export interface PeriodSales {
  readonly shifts: number;
  readonly orders: number;
  readonly guests: number;
  readonly gross: number;
  readonly discount: number;
  readonly tax: number;
  readonly total: number;
}

export type DaySales = { readonly business_date: string } & PeriodSales;

/** The rows of each group. Money in minor units; `method` is money that was taken, all others are orders that were closed. */
export interface SalesRows {
  /** `hour` (0 to 23) of the branch's clock, beginning with the hour at which a business date begins. */
  readonly hour: { readonly hour: number } & OrdersTotal;
  readonly day: DaySales;
  /** `2026-05` */
  readonly month: { readonly month: string } & PeriodSales;
  readonly item: {
    readonly item_id: string;
    readonly name: string;
    readonly category: string | null;
  } & QtyTotal;
  readonly category: { readonly category: string | null } & QtyTotal;
  readonly station: {
    readonly station: string | null;
    readonly station_name: string | null;
  } & QtyTotal;
  /** By who opened the order. */
  readonly staff: { readonly by_staff: string; readonly staff_name: string | null } & OrdersTotal;
  readonly order_type: { readonly order_type: OrderType } & OrdersTotal;
  readonly method: {
    readonly method: PaymentMethod;
    readonly payments: number;
    readonly paid: number;
    readonly refunds: number;
    readonly refunded: number;
  };
}

type SalesBy<Group extends SalesGroup> = { readonly group_by: Group } & Ranked<SalesRows[Group]>;

export type Sales = { readonly [Group in SalesGroup]: SalesBy<Group> }[SalesGroup];

export type SalesAnswer = ReportHead & Sales;

export interface SalesOptions {
  readonly names: ReportNames;
  /** The hour at which a business date begins. */
  readonly cutoffHour: number;
  /** null: all groups, in order of their keys. */
  readonly top: number | null;
}

const QTY = ['qty', 'total'] as const;
const ORDERS = ['orders', 'total'] as const;
const TAKEN = ['payments', 'paid', 'refunds', 'refunded'] as const;
/** The figures of a date or a month. */
export const PERIOD = ['shifts', 'orders', 'guests', 'gross', 'discount', 'tax', 'total'] as const;

const DATED = ['day', 'month'] as const;
/** Groups that are made of the range's dates one by one. */
export type DatedGroup = (typeof DATED)[number];

export function isDated(group: SalesGroup): group is DatedGroup {
  return (DATED as readonly SalesGroup[]).includes(group);
}

export function salesByDate(
  days: readonly DaySales[],
  group: DatedGroup,
  top: number | null,
): Sales {
  const ranking = { top, by: 'total' } as const;
  return group === 'day'
    ? { group_by: group, ...ranked(days, PERIOD, ranking) }
    : { group_by: group, ...ranked(monthsOf(days), PERIOD, ranking) };
}

export function salesBy(
  figures: Figures,
  group: Exclude<SalesGroup, DatedGroup>,
  { names, cutoffHour, top }: SalesOptions,
): Sales {
  const ranking = { top, by: 'total' } as const;
  switch (group) {
    case 'hour': {
      const rows = hoursFrom(figures.by_hour, cutoffHour);
      return { group_by: group, ...ranked(rows, ORDERS, ranking) };
    }
    case 'item':
      return { group_by: group, ...ranked(figures.by_item, QTY, ranking) };
    case 'category':
      return { group_by: group, ...ranked(categoriesOf(figures), QTY, ranking) };
    case 'station': {
      const rows = figures.by_station.map((row) => withStationName(row, names));
      return { group_by: group, ...ranked(rows, QTY, ranking) };
    }
    case 'staff': {
      const rows = figures.by_staff.map((row) => withStaffName(row, names));
      return { group_by: group, ...ranked(rows, ORDERS, ranking) };
    }
    case 'order_type':
      return { group_by: group, ...ranked(figures.by_order_type, ORDERS, ranking) };
    case 'method':
      return { group_by: group, ...ranked(figures.payments, TAKEN, { top, by: 'paid' }) };
    default:
      return assertNever(group);
  }
}

export function categoriesOf({ by_item }: Pick<Figures, 'by_item'>): SalesRows['category'][] {
  const categories = new Groups<SalesRows['category']>(['category'], QTY);
  for (const row of by_item) categories.add(row);
  return categories.list();
}

/** In the order of a business day. */
export function hoursFrom(rows: Figures['by_hour'], cutoffHour: number): Figures['by_hour'] {
  const place = ({ hour }: { readonly hour: number }) => (hour + 24 - cutoffHour) % 24;
  return [...rows].sort((a, b) => place(a) - place(b));
}

function monthsOf(days: readonly DaySales[]): SalesRows['month'][] {
  const months = new Groups<SalesRows['month']>(['month'], PERIOD);
  for (const day of days) months.add({ ...day, month: day.business_date.slice(0, 7) });
  return months.list();
}
