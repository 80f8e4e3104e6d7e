/** A range in one answer: what the X and Z reports say of a shift, of all its shifts together. */
import type { Figures } from './figures.js';
import { withStaffName, type ReportHead, type Sums } from './head.js';
import { kitchenOf, type KitchenRow } from './kitchen.js';
import { namedSales, type NamedOptions, type NamedSales } from './named.js';
import { sumOf } from './ranking.js';
import { salesReport } from './sales-report.js';

export interface Summary {
  /** Shifts that were closed. */
  readonly shifts: number;
  readonly sales: NamedSales;
  readonly payments: Figures['payments'];
  readonly tips: readonly (Figures['tips'][number] & { readonly staff_name: string | null })[];
  readonly no_sales: number;
  readonly late: Figures['late'];
  readonly drawer: Figures['drawer'];
  readonly kitchen: readonly KitchenRow[];
  readonly totals: Sums;
}

export type SummaryAnswer = ReportHead & Summary;

export interface SummaryOptions extends NamedOptions {
  /** Length of `sales.by_item`. */
  readonly topItems: number;
}

export function summaryOf(figures: Figures, options: SummaryOptions): Summary {
  const { names, topItems } = options;
  const sales = namedSales(salesReport(figures, topItems), options);
  const { orders, guests, gross, discount, service_charge, net, tax, rounding, total } = sales;
  const { paid = 0, refunded = 0 } = sumOf(figures.payments, ['paid', 'refunded']);
  const { amount: tips = 0 } = sumOf(figures.tips, ['amount']);
  return {
    shifts: figures.shifts,
    sales,
    payments: figures.payments,
    tips: figures.tips.map((row) => withStaffName(row, names)),
    no_sales: figures.no_sales,
    late: figures.late,
    drawer: figures.drawer,
    kitchen: kitchenOf(figures, names).rows,
    totals: {
      ...{ orders, guests, gross, discount, service_charge, net, tax, rounding, total },
      ...{ paid, refunded, tips },
    },
  };
}
