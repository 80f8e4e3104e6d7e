/** The reads of the Store port in SQL, in short transactions: a long reader would keep the log from shrinking. */
import type { Database, Statement } from 'better-sqlite3';
import type { OrderLine, StatusLogRow, TableName } from '../../domain/rows.js';
import type { Figures } from '../../domain/reports/figures.js';
import type { AuditFilter, AuditPage, HistoryPage, OrderHistory } from '../history.js';
import type { ClosedShift, DateRange, DayTotals } from '../reports.js';
import type {
  AuthSession,
  CredentialKind,
  EndedSession,
  LoginFailures,
  StoredPairingCode,
} from '../secrets.js';
import type {
  OrderFilter,
  OrderPage,
  RecordIds,
  StoredAnswer,
  StoredOrder,
  StoredRow,
  StoredShift,
} from '../port.js';
import { ArchivedOrders } from '../archive/archived-orders.js';
import { linesOf, orderOf } from '../archive/stored-record.js';
import { SegmentError } from '../archive/segment-format.js';
import { SEGMENTS_SQL } from '../archive/segment-list.js';
import type { OrderRecord } from '../archive/order-record.js';
import type { SegmentEntry } from '../upkeep.js';
import { ANSWER_SQL, storedAnswer, type AnswerRow } from './answers.js';
import { AuditReader } from './audit.js';
import { EventLog } from './event-log.js';
import { OrderHistoryReader } from './order-history.js';
import { listOrders } from './order-list.js';
import { ReportReader } from './report-reader.js';
import { fromSql, selectList, type PlainRow } from './row-sql.js';
import { StoredRows } from './stored-rows.js';

/**
 * Each by name, so that a test can ask how SQLite finds the rows. Indexes are named: without statistics the planner takes
 * the primary key by its first column, the branch, and so reads all of it.
 */
export const READ_SQL = {
  answer: ANSWER_SQL,
  header: one('order_header'),
  lines: `${all('order_line', 'order_line_of_order')} AND order_id = ? ORDER BY seq`,
  payments: `${all('order_payment', 'order_payment_of_order')} AND order_id = ? ORDER BY commit_version, id`,
  adjustments: `${all('order_adjustment', 'order_adjustment_of_order')} AND order_id = ? ORDER BY commit_version, id`,
  orderLogs: `SELECT order_id, NULL AS line_id, status, at, by_staff, device_id, version, commit_version
    FROM order_status_log WHERE branch_id = ? AND order_id = ?`,
  lineLogs: `SELECT g.order_id, g.line_id, g.status, g.at, g.by_staff, g.device_id, g.version, g.commit_version
    FROM order_line l INDEXED BY order_line_of_order
    CROSS JOIN order_line_status_log g ON g.branch_id = l.branch_id AND g.line_id = l.id
    WHERE l.branch_id = ? AND l.order_id = ? ORDER BY l.seq, g.version`,
  orderOfPayment: 'SELECT order_id FROM order_payment WHERE branch_id = ? AND id = ?',
  stations: 'SELECT id FROM station WHERE branch_id = ?',
  served: `${all('order_line', 'order_line_served')} AND station IS ? AND status = 'served'
    ORDER BY served_at DESC, id DESC LIMIT ?`,
  shift: one('pos_shift'),
  shiftClosedLast: `${all('pos_shift', 'pos_shift_closed')} AND status = 'closed'
    ORDER BY closed_at DESC, commit_version DESC LIMIT 1`,
  movements: `${all('cash_movement', 'cash_movement_of_shift')} AND shift_id = ? ORDER BY commit_version, id`,
  lastNumber: 'SELECT max(number) FROM order_header WHERE branch_id = ? AND business_date = ?',
  lastLeased: 'SELECT max(last_number) FROM number_lease WHERE branch_id = ? AND business_date = ?',
  credential: 'SELECT hash FROM credential WHERE branch_id = ? AND staff_id = ? AND kind = ?',
  authSession: `SELECT id, staff_id, device_id, token_hash, previous_hash, nonce, generation, began_at,
    rotated_at, expires_at, ends_at, ended_at FROM auth_session WHERE branch_id = ? AND id = ?`,
  endedSessions:
    'SELECT id, ended_at FROM auth_session WHERE ended_at IS NOT NULL AND ended_at >= ?',
  pairingCode: `SELECT selector, branch_id, hash, device_id, name, role, expires_at, tries_left
    FROM pairing_code WHERE selector = ?`,
  loginFailures: `SELECT device_id, staff_id, failures, last_at FROM login_failure
    WHERE branch_id = ? AND device_id = ? AND staff_id IN ('', ?)`,
} as const;

function all(table: TableName, index: string): string {
  return `SELECT ${selectList(table)} FROM ${table} INDEXED BY ${index} WHERE branch_id = ?`;
}

function one(table: TableName): string {
  return `SELECT ${selectList(table)} FROM ${table} WHERE branch_id = ? AND id = ?`;
}

/** Archived blocks that are looked through for lines served lately. */
const RECENT_BLOCKS_MAX = 3;

type Reads = Readonly<Record<keyof typeof READ_SQL, Statement<(string | number | null)[]>>>;
type Logged = StatusLogRow & { readonly commit_version: number };

export class Reader {
  readonly #database: Database;
  readonly #sql: Reads;
  readonly #archived: ArchivedOrders;
  readonly #stored: StoredRows;
  readonly #histories: OrderHistoryReader;
  readonly #audit: AuditReader;
  readonly #reports: ReportReader;

  constructor(database: Database) {
    this.#database = database;
    this.#archived = new ArchivedOrders(database);
    this.#stored = new StoredRows(database, this.#archived);
    const events = new EventLog(database);
    this.#histories = new OrderHistoryReader(database, events, this.#archived);
    this.#audit = new AuditReader(database, events);
    this.#reports = new ReportReader(database);
    const prepared = Object.entries(READ_SQL).map(
      ([name, sql]) => [name, database.prepare(sql)] as const,
    );
    this.#sql = Object.fromEntries<unknown>(prepared) as Reads;
  }

  answer(branchId: string, key: string): StoredAnswer | null {
    const row = this.#sql.answer.get(branchId, key);
    return row === undefined ? null : storedAnswer(row as AnswerRow);
  }

  order(branchId: string, orderId: string): StoredOrder | null {
    return this.#inOneView(() => {
      const header = this.#sql.header.get(branchId, orderId);
      if (header === undefined) {
        const record = this.#archived.read(branchId, orderId);
        return record === null ? null : orderOf(record);
      }
      return {
        header: fromSql('order_header', header as PlainRow),
        lines: this.#rows('order_line', this.#sql.lines, branchId, orderId),
        payments: this.#rows('order_payment', this.#sql.payments, branchId, orderId),
        adjustments: this.#rows('order_adjustment', this.#sql.adjustments, branchId, orderId),
        logs: this.#logs(branchId, orderId),
      };
    });
  }

  orderIdOfPayment(branchId: string, paymentId: string): string | null {
    const row = this.#sql.orderOfPayment.get(branchId, paymentId);
    const here = (row as { order_id: string } | undefined)?.order_id;
    return here ?? this.#archived.orderIdOfPayment(branchId, paymentId);
  }

  /** Where an order is read from, as its record there; null: it is not archived. */
  archivedOrder(
    branchId: string,
    orderId: string,
  ): { readonly segmentId: string; readonly record: OrderRecord } | null {
    return this.#inOneView(() => {
      const place = this.#archived.place(branchId, orderId);
      if (place === null) return null;
      const record = this.#archived.readAt(branchId, place, orderId);
      return { segmentId: place.segment_id, record };
    });
  }

  segments(): SegmentEntry[] {
    return this.#database.prepare(SEGMENTS_SQL).all() as SegmentEntry[];
  }

  /** Its file is gone: nothing of it stays in memory. */
  forgetSegment(segmentId: string): void {
    this.#archived.forget(segmentId);
  }

  clearTexts(branchId: string, orderId: string): Promise<number> {
    return this.#histories.clearTexts(branchId, orderId);
  }

  orders(branchId: string, filter: OrderFilter): OrderPage {
    return this.#inOneView(() => listOrders(this.#database, this.#archived, { branchId, filter }));
  }

  recentlyServed(branchId: string, station: string | null, limit: number): OrderLine[] {
    return this.#inOneView(() => {
      const lines = this.#servedHere(branchId, station, limit);
      if (lines.length < limit) lines.push(...this.#servedBefore(branchId, station, limit));
      lines.sort(lastServedFirst);
      return lines.slice(0, limit);
    });
  }

  shift(branchId: string, shiftId: string | null): StoredShift | null {
    return this.#database.transaction(() => {
      const row =
        shiftId === null
          ? this.#sql.shiftClosedLast.get(branchId)
          : this.#sql.shift.get(branchId, shiftId);
      if (row === undefined) return null;
      const shift = fromSql('pos_shift', row as PlainRow);
      const movements = this.#rows('cash_movement', this.#sql.movements, branchId, shift.id);
      return { shift, movements };
    })();
  }

  lastNumber(branchId: string, businessDate: string): number {
    return this.#database.transaction(() => {
      const given = this.#sql.lastNumber.pluck().get(branchId, businessDate) as number | null;
      const leased = this.#sql.lastLeased.pluck().get(branchId, businessDate) as number | null;
      return Math.max(given ?? 0, leased ?? 0, this.#archived.lastNumber(branchId, businessDate));
    })();
  }

  credential(branchId: string, staffId: string, kind: CredentialKind): string | null {
    const row = this.#sql.credential.get(branchId, staffId, kind);
    return (row as { hash: string } | undefined)?.hash ?? null;
  }

  authSession(branchId: string, sessionId: string): AuthSession | null {
    return (this.#sql.authSession.get(branchId, sessionId) as AuthSession | undefined) ?? null;
  }

  endedSessions(since: number): EndedSession[] {
    return this.#sql.endedSessions.all(since) as EndedSession[];
  }

  pairingCode(selector: string): StoredPairingCode | null {
    return (this.#sql.pairingCode.get(selector) as StoredPairingCode | undefined) ?? null;
  }

  loginFailures(branchId: string, deviceId: string, staffId: string): LoginFailures[] {
    return this.#sql.loginFailures.all(branchId, deviceId, staffId) as LoginFailures[];
  }

  hotRecords(branchId: string): RecordIds {
    return this.#stored.hotRecords(branchId);
  }

  stored(branchId: string, records: RecordIds): StoredRow[] {
    return this.#inOneView(() => this.#stored.read(branchId, records));
  }

  orderHistory(branchId: string, orderId: string, page: HistoryPage): Promise<OrderHistory | null> {
    return this.#histories.read(branchId, orderId, page);
  }

  audit(branchId: string, filter: AuditFilter): Promise<AuditPage> {
    return this.#audit.read(branchId, filter);
  }

  figures(branchId: string, range: DateRange): Figures {
    return this.#reports.figures(branchId, range);
  }

  days(branchId: string, range: DateRange): DayTotals[] {
    return this.#reports.days(branchId, range);
  }

  shifts(branchId: string, range: DateRange): ClosedShift[] {
    return this.#reports.shifts(branchId, range);
  }

  /**
   * All of it stands at one moment. A segment may be removed whose orders came back since: then they are found where they
   * are now.
   */
  #inOneView<T>(read: () => T): T {
    const transaction = this.#database.transaction(read);
    try {
      return transaction();
    } catch (error) {
      if (!(error instanceof SegmentError)) throw error;
      return transaction();
    }
  }

  /** Of all stations: the newest of each, since the index is by station. */
  #servedHere(branchId: string, station: string | null, limit: number): OrderLine[] {
    const stations =
      station === null
        ? [...(this.#sql.stations.all(branchId) as { id: string }[]).map(({ id }) => id), null]
        : [station];
    return stations.flatMap((id) =>
      this.#rows('order_line', this.#sql.served, branchId, id, limit),
    );
  }

  /** Of the archived orders that were opened last: whoever looks for a line to recall looks for a late one. */
  #servedBefore(branchId: string, station: string | null, limit: number): OrderLine[] {
    return this.#archived
      .newest(branchId, limit, RECENT_BLOCKS_MAX)
      .flatMap((record) => linesOf(record))
      .filter((line) => line.status === 'served' && (station === null || line.station === station));
  }

  #rows<T extends 'order_line' | 'order_payment' | 'order_adjustment' | 'cash_movement'>(
    table: T,
    statement: Statement<(string | number | null)[]>,
    ...values: (string | number | null)[]
  ) {
    return statement.all(...values).map((row) => fromSql(table, row as PlainRow));
  }

  #logs(branchId: string, orderId: string): StatusLogRow[] {
    const logs = [
      ...(this.#sql.orderLogs.all(branchId, orderId) as Logged[]),
      ...(this.#sql.lineLogs.all(branchId, orderId) as Logged[]),
    ];
    logs.sort((a, b) => a.commit_version - b.commit_version);
    return logs.map(({ commit_version: _commitVersion, ...entry }) => entry);
  }
}

function lastServedFirst(a: OrderLine, b: OrderLine): number {
  const later = (b.served_at ?? 0) - (a.served_at ?? 0);
  return later === 0 ? (a.id < b.id ? 1 : -1) : later;
}
