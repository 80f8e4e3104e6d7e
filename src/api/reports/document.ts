/** A report as tables, before it is a page, a file or text: each of those is made of this alone. */
import type { Branch } from '../../domain/rows.js';
import type { Rest, Sums } from '../../domain/reports/head.js';
import type { Word } from './words.js';

/**
 * How a cell is written. `word`: its value is a word of words.ts. `money`: minor units. `duration`: milliseconds. `rate`: basis
 * points. `date`: a business date. `moment`, `time`: epoch milliseconds, shown by the branch's clock, `time` without its date.
 */
export type CellKind =
  | 'text'
  | 'word'
  | 'count'
  | 'money'
  | 'duration'
  | 'rate'
  | 'hour'
  | 'date'
  | 'month'
  | 'moment'
  | 'time';

/** null: there is none. */
export type Cell = string | number | null;

export interface Column {
  readonly key: Word;
  readonly kind: CellKind;
  /** `data`: for programs alone. `wide`: not on a receipt. Default: everywhere. */
  readonly on?: 'data' | 'wide';
}

export interface Grid {
  readonly shape: 'grid';
  readonly title: Word;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  /** Rows that were left out, and what they come to; null: none were. */
  readonly rest: { readonly rows: number; readonly cells: readonly Cell[] } | null;
  /** null: the columns are not summed up. */
  readonly total: readonly Cell[] | null;
  /** The column that a picture shows; null: there is no picture. */
  readonly drawn: Word | null;
}

export interface Fact {
  readonly key: Word;
  readonly kind: CellKind;
  readonly value: Cell;
}

export interface Facts {
  readonly shape: 'facts';
  readonly title: Word;
  readonly facts: readonly Fact[];
}

export type Table = Grid | Facts;

export type ReportBranch = Pick<Branch, 'id' | 'name' | 'currency' | 'zone'>;

/** What a document says of one branch. */
export interface Part {
  readonly branch: ReportBranch;
  /** The open shift is in it. */
  readonly open: boolean;
  /** Business dates, both included. */
  readonly from: string;
  readonly to: string;
  /** Above the tables: which shift, who and when. */
  readonly head: readonly Fact[];
  readonly tables: readonly Table[];
}

export interface ReportDocument {
  /** For file names: `sales`. */
  readonly name: string;
  readonly title: Word;
  /** Stands in the title's `{number}`. */
  readonly number: number | null;
  /** One a branch. */
  readonly parts: readonly Part[];
  /** Of several branches: one a currency. */
  readonly totals: readonly CurrencyTotal[];
}

export interface CurrencyTotal {
  readonly currency: string;
  readonly facts: readonly Fact[];
}

export interface ColumnOf<Row> extends Column {
  readonly of: (row: Row) => Cell;
}

export interface GridRows<Row> {
  readonly rows: readonly Row[];
  readonly rest?: Rest | null;
  readonly totals?: Sums;
}

/** `drawn`: the column that a picture shows; default: there is none. */
export function gridOf<Row>(
  title: Word,
  columns: readonly ColumnOf<NoInfer<Row>>[],
  { rows, rest = null, totals, drawn = null }: GridRows<Row> & { readonly drawn?: Word | null },
): Grid {
  const sums = (of: Sums) => columns.map(({ key }) => of[key] ?? null);
  return {
    shape: 'grid',
    title,
    columns: columns.map(({ of: _of, ...column }) => column),
    rows: rows.map((row) => columns.map(({ of }) => of(row))),
    rest: rest === null ? null : { rows: rest.rows, cells: sums(rest) },
    total: totals === undefined ? null : sums(totals),
    drawn,
  };
}

export function factsOf(title: Word, facts: readonly Fact[]): Facts {
  return { shape: 'facts', title, facts };
}

export function fact(key: Word, kind: CellKind, value: Cell): Fact {
  return { key, kind, value };
}

/** Numbers stand at the end of their column. */
export function isNumeric(kind: CellKind): boolean {
  return kind === 'count' || kind === 'money' || kind === 'duration';
}
