/** Reports in SQL: from the summaries alone, so that years are read from some dozens of rows. */
import type { Database, Statement } from 'better-sqlite3';
import type { Figures } from '../../domain/reports/figures.js';
import { addFigures } from '../../domain/reports/tally.js';
import type { ClosedShift, DateRange, DayTotals } from '../reports.js';
import { summaryPeriods } from '../summary-periods.js';
import { columnsOf } from './row-sql.js';

/** `z_report` would be read page by page. */
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
    FROM shift_summary s INDEXED BY shift_summary_date
    CROSS JOIN pos_shift p ON p.branch_id = s.branch_id AND p.id = s.shift_id
    WHERE s.branch_id = ? AND s.business_date BETWEEN ? AND ? ORDER BY s.closed_version`,
} as const;

type ShiftRow = ClosedShift['shift'] & { orders_closed: number; sales_total: number };

export class ReportReader {
  readonly #database: Database;
  readonly #sql: Readonly<Record<keyof typeof REPORT_SQL, Statement<string[]>>>;

  constructor(database: Database) {
    this.#database = database;
    const prepare = (name: keyof typeof REPORT_SQL) => database.prepare<string[]>(REPORT_SQL[name]);
    this.#sql = {
      months: prepare('months').pluck(),
      days: prepare('days').pluck(),
      dayTotals: prepare('dayTotals'),
      shifts: prepare('shifts'),
    };
  }

  figures(branchId: string, range: DateRange): Figures {
    const { months, days } = summaryPeriods(range);
    const texts = this.#database.transaction(() => [
      ...(months === null ? [] : this.#sql.months.all(branchId, months.from, months.to)),
      ...days.flatMap(({ from, to }) => this.#sql.days.all(branchId, from, to)),
    ])() as string[];
    return addFigures(texts.map((text) => JSON.parse(text) as Figures));
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
}
