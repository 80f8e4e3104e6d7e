/** Several branches together: money of different currencies is never added. */
import type { ReportHead, Sums } from '../../domain/reports/head.js';
import { sumOf } from '../../domain/reports/ranking.js';

export interface CurrencyTotals {
  readonly currency: string;
  /** Ids of the branches that keep their books in it. */
  readonly branches: readonly string[];
  readonly totals: Sums;
}

/** In the order in which the currencies first come. */
export function currencyTotals(
  answers: readonly (Pick<ReportHead, 'branch'> & { readonly totals: Sums })[],
): CurrencyTotals[] {
  const currencies = [...new Set(answers.map(({ branch }) => branch.currency))];
  return currencies.map((currency) => {
    const own = answers.filter(({ branch }) => branch.currency === currency);
    const sums = own.map(({ totals }) => totals);
    return {
      currency,
      branches: own.map(({ branch }) => branch.id),
      totals: sumOf(sums, Object.keys(sums[0] ?? {})),
    };
  });
}
