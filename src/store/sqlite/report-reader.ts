/** Reports in SQL: from the summaries alone, so that years are read from some dozens of rows. */
import type { Database, Statement } from 'better-sqlite3';
import type { Figures } from '../../domain/reports/figures.js';
import { addFigures } from '../../domain/reports/tally.js';
import type { ClosedShift, DateRange, DayTotals } from '../reports.js';
import { summaryPeriods } from '../summary-periods.js';
import { columnsOf } from './row-sql.js';

/** All that stands in the index: a Z report is some pages long. */
const SHIFT_COLUMNS = columnsOf('pos_shift')
  .filter(({ name }) => name !== 'z_report')
  .map(({ name }) => `p.${name}`)
  .join(', ');

/** By name, so that a test can ask how SQLite finds the rows. */
export const REPORT_SQL = {
  months: 'SELECT figures FROM month_summary WHERE branch_id = ? AND month BETWEEN ? AND ?',
  days: 'SELECT figures FROM day_summary WHERE branch_id = ? AND business_date BETWEEN ? AND ?',
  dayTotals: `SELECT business_date, shifts, orders, guests, gross, discount, tax, total
    FROM day_summary WHERE branch_id = ? AND business_date BETWEEN ? AND ? ORDER BY business_date`,
  shifts: `SELECT ${SHIFT_COLUMNS}, s.orders AS orders_closed, s.total AS sales_total
    FROM pos_shift p INDEXED BY pos_shift_date
    CROSS JOIN shift_summary s ON s.branch_id = p.branch_id AND s.shift_id = p.id
    WHERE p.branch_id = ? AND p.business_date BETWEEN ? AND ? ORDER BY s.closed_version`,
} as const;

/** Grows with every close, in the transaction that changes summaries; nothing else does. */
const CLOSES = 'SELECT max(rowid) FROM shift_summary';

/** Ranges whose figures are kept until a shift is closed: some 100 KB each. */
const KEPT_MAX = 64;

type ShiftRow = ClosedShift['shift'] & { orders_closed: number; sales_total: number };

export class ReportReader {
  readonly #database: Database;
  readonly #sql: Readonly<Record<keyof typeof REPORT_SQL, Statement<string[]>>>;
  readonly #closes: Statement<[]>;
  readonly #kept = new Map<string, Figures>();
  #keptAt: unknown = null;

  constructor(database: Database) {
    this.#database = database;
    const prepare = (name: keyof typeof REPORT_SQL) => database.prepare<string[]>(REPORT_SQL[name]);
    this.#sql = {
      months: prepare('months').pluck(),
      days: prepare('days').pluck(),
      dayTotals: prepare('dayTotals'),
      shifts: prepare('shifts'),
    };
    this.#closes = database.prepare<[]>(CLOSES).pluck();
  }

  figures(branchId: string, range: DateRange): Figures {
    return this.#database.transaction(() => {
      const closes = this.#closes.get();
      if (closes !== this.#keptAt) this.#kept.clear();
      this.#keptAt = closes;
      const name = JSON.stringify([branchId, range.from, range.to]);
      const figures = this.#kept.get(name) ?? this.#added(branchId, range);
      this.#keep(name, figures);
      return figures;
    })();
  }

  days(branchId: string, { from, to }: DateRange): DayTotals[] {
    return this.#sql.dayTotals.all(branchId, from, to) as DayTotals[];
  }

  shifts(branchId: string, { from, to }: DateRange): ClosedShift[] {
    const rows = this.#sql.shifts.all(branchId, from, to) as ShiftRow[];
    return rows.map((row) => {
      const { orders_closed: orders, sales_total: total, ...shift } = row;
      return { shift, orders, total };
    });
  }

  #added(branchId: string, range: DateRange): Figures {
    const { months, days } = summaryPeriods(range);
    const texts = [
      ...(months === null ? [] : this.#sql.months.all(branchId, months.from, months.to)),
      ...days.flatMap(({ from, to }) => this.#sql.days.all(branchId, from, to)),
    ] as string[];
    return addFigures(texts.map((text) => JSON.parse(text) as Figures));
  }

  /** Those asked for last. */
  #keep(name: string, figures: Figures): void {
    this.#kept.delete(name);
    this.#kept.set(name, figures);
    if (this.#kept.size <= KEPT_MAX) return;
    const [oldest = name] = this.#kept.keys();
    this.#kept.delete(oldest);
  }
}
