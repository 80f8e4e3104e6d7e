/** The database that a past moment is rebuilt in: filled in one transaction, by plain copies of what was folded. */
import type { Database, Statement } from 'better-sqlite3';
import type { EventChain, StoredEvent } from './event-chain.js';
import { personalColumns, saltName } from './personal.js';
import { sumOf, type Figures } from './reports/figures-shape.js';
import { columnList, scratchName, type TableShape } from './table-shape.js';

type SqlValue = string | number | Buffer | null;
type Row = Readonly<Record<string, SqlValue>>;

/** No key came along: all of them are to be taken as expired. */
const ALL_EXPIRED = String(Number.MAX_SAFE_INTEGER);

export class RebuiltFile {
  readonly #database: Database;
  readonly #event: Statement<SqlValue[]>;

  constructor(database: Database) {
    this.#database = database;
    database.pragma('foreign_keys = OFF');
    this.#event = database.prepare('INSERT INTO sync_event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  }

  begin(): void {
    this.#database.exec('BEGIN');
  }

  addEvent(event: StoredEvent): void {
    const { branch_id, version, at, actor, device, command, key } = event;
    const rest = [event.correlation_id, event.changes, event.hash];
    this.#event.run(branch_id, version, at, actor, device, command, key, ...rest);
  }

  /** Nobody catches up from what he had: everything before is beyond the horizon. */
  addHead(branchId: string, { version, hash }: EventChain): void {
    this.#database
      .prepare('INSERT INTO branch_head VALUES (?, ?, ?, ?)')
      .run(branchId, version, Buffer.from(hash, 'hex'), version);
  }

  /** Personal values that are not known any more, or were others, are left empty as if they were erased. */
  copyRows(source: Database, shape: TableShape): void {
    const personal = personalColumns(shape.name);
    const columns = columnList(shape);
    const places = shape.columns.map(() => '?').join(', ');
    const insert = this.#database.prepare<SqlValue[]>(
      `INSERT INTO ${shape.name} (${columns}) VALUES (${places})`,
    );
    const rows = source.prepare(`SELECT ${columns} FROM ${scratchName(shape)}`).iterate();
    for (const row of rows as Iterable<Row>) {
      const kept = shape.columns.map(({ name }) => {
        const value = row[name] ?? null;
        return personal.includes(name) && isHash(value) ? null : value;
      });
      insert.run(...kept);
    }
    for (const column of personal) this.#copySalts(source, shape, column);
  }

  copySummaries(source: Database): void {
    const insert = this.#database.prepare<SqlValue[]>(
      'INSERT INTO shift_summary VALUES (?, ?, ?, ?, ?, ?, ?)',
    );
    const shifts = source.prepare('SELECT * FROM temp.reckoned_shift').all() as Row[];
    const days = new Map<string, Row[]>();
    const months = new Map<string, Row[]>();
    for (const shift of shifts) {
      const { branch_id, shift_id, business_date, closed_version, figures } = shift as Row & {
        readonly branch_id: string;
        readonly business_date: string;
        readonly figures: string;
      };
      const { orders, total } = JSON.parse(figures) as Readonly<Record<string, number>>;
      const key = [branch_id, shift_id ?? null, business_date, closed_version ?? null];
      insert.run(...key, orders ?? 0, total ?? 0, figures);
      addTo(days, JSON.stringify([branch_id, business_date]), shift);
      addTo(months, JSON.stringify([branch_id, business_date.slice(0, 7)]), shift);
    }
    for (const [key, ofDay] of days) this.#addDay(JSON.parse(key) as string[], sumOfShifts(ofDay));
    for (const [key, ofMonth] of months) {
      this.#database
        .prepare<SqlValue[]>('INSERT INTO month_summary VALUES (?, ?, ?)')
        .run(...(JSON.parse(key) as string[]), JSON.stringify(sumOfShifts(ofMonth)));
    }
  }

  finish(epoch: string): void {
    const write = this.#database.prepare('INSERT INTO meta (name, value) VALUES (?, ?)');
    write.run('epoch', epoch);
    write.run('clean', '1');
    write.run('keys_expired_until', ALL_EXPIRED);
    this.#database.exec('COMMIT');
  }

  #addDay(key: readonly string[], figures: Figures): void {
    const columns = ['shifts', 'orders', 'guests', 'gross', 'discount', 'tax', 'total'];
    const sums = columns.map((name) => Number(figures[name] ?? 0));
    this.#database
      .prepare<SqlValue[]>('INSERT INTO day_summary VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
      .run(...key, ...sums, JSON.stringify(figures));
  }

  /** Of the values that came along. */
  #copySalts(source: Database, shape: TableShape, column: string): void {
    const salts = source
      .prepare(
        `SELECT s.* FROM main.personal_salt s
         JOIN ${scratchName(shape)} f ON f.branch_id = s.branch_id AND f.id = s.id
         WHERE s.table_name = ? AND f.${column} IS NOT NULL AND f.${column} NOT GLOB 'sha256:*'`,
      )
      .raw()
      .all(saltName(shape.name, column)) as SqlValue[][];
    const insert = this.#database.prepare<SqlValue[]>(
      'INSERT OR IGNORE INTO personal_salt VALUES (?, ?, ?, ?)',
    );
    for (const salt of salts) insert.run(...salt);
  }
}

function isHash(value: SqlValue): boolean {
  return typeof value === 'string' && /^sha256:[0-9a-f]{64}$/.test(value);
}

function addTo(groups: Map<string, Row[]>, key: string, row: Row): void {
  groups.set(key, [...(groups.get(key) ?? []), row]);
}

function sumOfShifts(shifts: readonly Row[]): Figures {
  return sumOf(shifts.map(({ figures }) => JSON.parse(String(figures)) as Figures));
}
