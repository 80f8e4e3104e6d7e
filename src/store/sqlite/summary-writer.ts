/**
 * Keeps what a closed shift came to, and adds it to its business date's and its month's figures. Once a shift, so prepared when
 * first needed. Runs inside the transaction that closes the shift: the three tables say the same at every moment.
 */
import type { Database, Statement } from 'better-sqlite3';
import type { Figures, ShiftSummary } from '../../domain/reports/figures.js';
import { addFigures } from '../../domain/reports/tally.js';
import { dayTotals } from '../day-totals.js';
import { monthOf } from '../summary-periods.js';

type Values = (string | number)[];

interface Statements {
  readonly shift: Statement<Values>;
  readonly dayFigures: Statement<Values>;
  readonly day: Statement<Values>;
  readonly monthFigures: Statement<Values>;
  readonly month: Statement<Values>;
}

export class SummaryWriter {
  readonly #database: Database;
  #statements: Statements | null = null;

  constructor(database: Database) {
    this.#database = database;
  }

  /** `version`: the commit that closes the shift. A shift that has its summary already breaks the schema. */
  write(branchId: string, version: number, { shiftId, businessDate, figures }: ShiftSummary): void {
    const sql = (this.#statements ??= prepare(this.#database));
    const { orders, total } = figures;
    const text = JSON.stringify(figures);
    sql.shift.run(branchId, shiftId, businessDate, version, orders, total, text);
    const day = added(sql.dayFigures.get(branchId, businessDate), figures);
    const { business_date, ...totals } = dayTotals(businessDate, day);
    sql.day.run(branchId, business_date, ...Object.values(totals), JSON.stringify(day));
    const month = monthOf(businessDate);
    const monthly = added(sql.monthFigures.get(branchId, month), figures);
    sql.month.run(branchId, month, JSON.stringify(monthly));
  }
}

function added(kept: unknown, figures: Figures): Figures {
  return kept === undefined
    ? figures
    : addFigures([JSON.parse(kept as string) as Figures, figures]);
}

function prepare(database: Database): Statements {
  return {
    shift: database.prepare(`INSERT INTO shift_summary
      (branch_id, shift_id, business_date, closed_version, orders, total, figures)
      VALUES (?, ?, ?, ?, ?, ?, ?)`),
    dayFigures: database
      .prepare<Values>('SELECT figures FROM day_summary WHERE branch_id = ? AND business_date = ?')
      .pluck(),
    day: database.prepare(`INSERT OR REPLACE INTO day_summary
      (branch_id, business_date, shifts, orders, guests, gross, discount, tax, total, figures)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`),
    monthFigures: database
      .prepare<Values>('SELECT figures FROM month_summary WHERE branch_id = ? AND month = ?')
      .pluck(),
    month: database.prepare(`INSERT OR REPLACE INTO month_summary (branch_id, month, figures)
      VALUES (?, ?, ?)`),
  };
}
