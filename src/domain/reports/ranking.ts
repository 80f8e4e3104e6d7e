/** The rows of a report that lead by one of their figures, with what the others come to. */
import type { Rest, Sums } from './head.js';

export interface Ranked<Row> {
  readonly rows: readonly Row[];
  /** null: every row is there. */
  readonly rest: Rest | null;
  /** Of all rows, those left out too. */
  readonly totals: Sums;
}

/** `top` null: all rows, as they come. Else so many, by the figure, falling; equal ones as they come. */
export function ranked<Row extends object>(
  rows: readonly Row[],
  figures: readonly (keyof Row & string)[],
  { top, by }: { readonly top: number | null; readonly by: keyof Row & string },
): Ranked<Row> {
  const totals = sumOf(rows, figures);
  if (top === null) return { rows, rest: null, totals };
  const falling = [...rows].sort((a, b) => Number(b[by]) - Number(a[by]));
  const left = falling.slice(top);
  const rest = left.length === 0 ? null : { rows: left.length, ...sumOf(left, figures) };
  return { rows: falling.slice(0, top), rest, totals };
}

export function sumOf<Row extends object>(
  rows: readonly Row[],
  figures: readonly (keyof Row & string)[],
): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const figure of figures) {
    let sum = 0;
    for (const row of rows) sum += Number(row[figure]);
    sums[figure] = sum;
  }
  return sums;
}
