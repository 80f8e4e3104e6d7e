/** What the closed shifts of one branch came to. */
import type { Figures, ShiftSummary } from '../../domain/reports/figures.js';
import { addFigures } from '../../domain/reports/tally.js';
import type { PosShift } from '../../domain/rows.js';
import { dayTotals } from '../day-totals.js';
import type { ClosedShift, DateRange, DayTotals } from '../reports.js';

export class BranchSummaries {
  readonly #summaries: ShiftSummary[] = [];

  write(summary: ShiftSummary): void {
    this.#summaries.push(summary);
  }

  figures(range: DateRange): Figures {
    return addFigures(this.#within(range).map(({ figures }) => figures));
  }

  days(range: DateRange): DayTotals[] {
    const dates = new Map<string, Figures[]>();
    for (const { businessDate, figures } of this.#within(range)) {
      dates.set(businessDate, [...(dates.get(businessDate) ?? []), figures]);
    }
    return [...dates]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([date, figures]) => dayTotals(date, addFigures(figures)));
  }

  shifts(range: DateRange, shiftOf: (shiftId: string) => PosShift | undefined): ClosedShift[] {
    return this.#within(range).flatMap(({ shiftId, figures: { orders, total } }) => {
      const row = shiftOf(shiftId);
      if (row === undefined) return [];
      const { z_report: _frozen, ...shift } = row;
      return [{ shift, orders, total }];
    });
  }

  #within({ from, to }: DateRange): ShiftSummary[] {
    return this.#summaries.filter(({ businessDate }) => from <= businessDate && businessDate <= to);
  }
}
