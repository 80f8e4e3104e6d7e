/**
 * The figures of one branch over a range: those of closed shifts from the store, those of the open one from memory, each shift
 * once, whatever is being closed meanwhile.
 */
import { expectedCash } from '../../domain/shift-figures.js';
import { addFigures } from '../../domain/reports/tally.js';
import type { Figures } from '../../domain/reports/figures.js';
import type { ReportNames } from '../../domain/reports/head.js';
import type { NamedOptions } from '../../domain/reports/named.js';
import { sumOf } from '../../domain/reports/ranking.js';
import { PERIOD, type DaySales } from '../../domain/reports/sales.js';
import type { ShiftSales } from '../../domain/reports/shifts.js';
import type { Branch, PosShift } from '../../domain/rows.js';
import type { HotBranch } from '../../store/hot/hot-branch.js';
import { dayTotals } from '../../store/day-totals.js';
import type { DateRange, ReportReads } from '../../store/reports.js';
import { openFigures } from './open-figures.js';

/** `open`: the open shift is in it. */
export interface OfRange<Value> {
  readonly value: Value;
  readonly open: boolean;
}

interface Settled<Value> {
  readonly closed: Value;
  /** The open shift, where its business date is in the range; null: there is none. */
  readonly open: PosShift | null;
}

/** Times that a report is read again because its shift was just being closed. */
const TRIES_MAX = 10;

export class BranchReports {
  readonly #hot: HotBranch;
  readonly #reads: ReportReads;

  /** `hot` may change between two reads of the store, or stand still as they do. */
  constructor(hot: HotBranch, reads: ReportReads) {
    this.#hot = hot;
    this.#reads = reads;
  }

  get branch(): Branch {
    return this.#hot.branch;
  }

  get names(): ReportNames {
    return namesOf(this.#hot);
  }

  async figures(range: DateRange): Promise<OfRange<Figures>> {
    const { closed, open } = await this.#settled(range, () =>
      this.#reads.figures(this.branch.id, range),
    );
    if (open === null) return { value: closed, open: false };
    return { value: addFigures([closed, openFigures(this.#hot)]), open: true };
  }

  async days(range: DateRange): Promise<OfRange<readonly DaySales[]>> {
    const { closed, open } = await this.#settled(range, () =>
      this.#reads.days(this.branch.id, range),
    );
    if (open === null) return { value: closed, open: false };
    return { value: withOpenDay(closed, open, openFigures(this.#hot)), open: true };
  }

  async shifts(range: DateRange): Promise<OfRange<readonly ShiftSales[]>> {
    const { closed, open } = await this.#settled(range, () =>
      this.#reads.shifts(this.branch.id, range),
    );
    if (open === null) return { value: closed, open: false };
    const { orders, total, drawer } = openFigures(this.#hot);
    const { z_report: _none, ...columns } = open;
    const shift = { ...columns, expected_cash: expectedCash(drawer) };
    return { value: [...closed, { shift, orders, total }], open: true };
  }

  /** Memory changes after the store: a shift that both have is read again once memory has let it go. */
  async #settled<Value>(range: DateRange, read: () => Promise<Value>): Promise<Settled<Value>> {
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      const before = this.#openIn(range);
      const closed = await read();
      const closing = before !== null && (await this.#isClosed(before));
      const open = this.#openIn(range);
      if (!closing && open?.id === before?.id) return { closed, open };
    }
    throw new Error('the shift has been closing for longer than a report waits');
  }

  #openIn({ from, to }: DateRange): PosShift | null {
    const { shift } = this.#hot;
    if (shift === null || shift.business_date < from || shift.business_date > to) return null;
    return shift;
  }

  async #isClosed({ id, business_date: date }: PosShift): Promise<boolean> {
    const closed = await this.#reads.shifts(this.branch.id, { from: date, to: date });
    return closed.some(({ shift }) => shift.id === id);
  }
}

/** How the branch's reports are shown: names and the order of the hours. */
export function shownBy(hot: HotBranch): NamedOptions {
  return { names: namesOf(hot), cutoffHour: hot.branch.cutoff_hour };
}

function namesOf({ staff, tables }: HotBranch): ReportNames {
  return {
    staff: (id) => staff.get(id)?.name ?? null,
    station: (id) => tables.station.get(id)?.name ?? null,
  };
}

function withOpenDay(
  days: readonly DaySales[],
  { business_date }: PosShift,
  figures: Figures,
): DaySales[] {
  const today = dayTotals(business_date, figures);
  const place = days.findIndex((day) => day.business_date >= business_date);
  const found = days[place];
  if (found === undefined) return [...days, today];
  if (found.business_date !== business_date) return days.toSpliced(place, 0, today);
  const both = sumOf([found, today], PERIOD);
  return days.with(place, { ...today, ...both });
}
