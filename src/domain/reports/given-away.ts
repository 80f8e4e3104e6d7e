/** What a range gave away and took back, by reason and person. */
import type { Because, CountAmount, Figures } from './figures.js';
import { withStaffName, type ReportHead, type ReportNames } from './head.js';
import { ranked, sumOf, type Ranked } from './ranking.js';

type Named = Because & { readonly staff_name: string | null } & CountAmount;

export type DiscountRow = { readonly kind: 'discount' | 'comp' } & Named;

/** Discounts and comps in one list; each kind's own totals stand beside those of both. */
export type Discounts = Ranked<DiscountRow> & {
  readonly discounts: CountAmount;
  readonly comps: CountAmount;
};
export type DiscountsAnswer = ReportHead & Discounts;

/** Lines given up after they were sent. */
export type Voids = Ranked<Named> & {
  /** Lines taken back before they were sent. */
  readonly corrections: number;
};
export type VoidsAnswer = ReportHead & Voids;

export interface GivenAwayOptions {
  readonly names: ReportNames;
  readonly top: number;
}

const COUNTED = ['count', 'amount'] as const;

export function discountsOf(figures: Figures, { names, top }: GivenAwayOptions): Discounts {
  const rows = (['discount', 'comp'] as const).flatMap((kind) =>
    figures[`${kind}s`].map((row): DiscountRow => ({ kind, ...withStaffName(row, names) })),
  );
  return {
    ...ranked(rows, COUNTED, { top, by: 'amount' }),
    discounts: countAmount(figures.discounts),
    comps: countAmount(figures.comps),
  };
}

export function voidsOf(figures: Figures, { names, top }: GivenAwayOptions): Voids {
  const rows = figures.voids.map((row) => withStaffName(row, names));
  return {
    ...ranked(rows, COUNTED, { top, by: 'amount' }),
    corrections: figures.corrections,
  };
}

export function countAmount(rows: readonly CountAmount[]): CountAmount {
  const { count = 0, amount = 0 } = sumOf(rows, COUNTED);
  return { count, amount };
}
