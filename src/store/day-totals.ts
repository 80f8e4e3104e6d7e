/** One business date's figures in one line, as lists of days show them. */
import type { Figures } from '../domain/reports/figures.js';
import type { DayTotals } from './reports.js';

export function dayTotals(businessDate: string, figures: Figures): DayTotals {
  const { shifts, orders, guests, gross, discount, tax, total } = figures;
  return { business_date: businessDate, shifts, orders, guests, gross, discount, tax, total };
}
