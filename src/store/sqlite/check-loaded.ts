/**
 * Whether what a start loads is what the newest events say: a bit that was flipped in a row that is served from memory, or in
 * an event that was just written, ends the start. What lies further back is checked by `verify`.
 */
import type { Database } from 'better-sqlite3';
import { PERSONAL_COLUMNS } from '../../domain/tables.js';
import type { LoadedBranch, LoadedRow } from '../port.js';
import { StoreOpenError, messageOf } from './errors.js';
import { NewestEvents, type ToldRow } from './newest-events.js';
import { PERSON_SALT_SQL, personalHash, saltName } from './personal.js';
import type { PlainRow } from './row-sql.js';

/** Of all branches together: some 50 us each, a tenth of a second. */
const EVENTS_MAX = 2_000;
/** Of each, however many there are. */
const BRANCH_EVENTS_MIN = 20;

const REFERENCE = ['branch', 'station', 'menu_item', 'staff', 'device'];
const OF_ORDER = ['order_line', 'order_payment', 'order_adjustment'];
const OF_SHIFT = ['cash_movement', 'number_lease', 'order_payment'];

/** Of a column's salts, by `saltName`. */
type Salt = (branchId: string, name: string, id: string) => unknown;

/** In the transaction that loaded them. Throws StoreOpenError that names the first thing that is wrong. */
export function checkLoaded(database: Database, branches: readonly LoadedBranch[]): void {
  const events = new NewestEvents(database);
  const statement = database.prepare(PERSON_SALT_SQL).pluck();
  const salt: Salt = (...place) => statement.get(...place);
  const each = Math.max(BRANCH_EVENTS_MIN, Math.floor(EVENTS_MAX / branches.length));
  for (const branch of branches) {
    const { id } = branch.branch;
    try {
      const rows = new LoadedRows(branch);
      for (const told of events.rows(id, each)) {
        const fault = rows.faultOf(told, salt);
        if (fault !== null) throw new Error(`${told.table} ${told.id} ${fault}`);
      }
    } catch (error) {
      throw new StoreOpenError({
        operation: 'load',
        path: database.name,
        reason: `branch ${id}: ${messageOf(error)}`,
        hint: 'expeditor verify names everything that is wrong; restore a backup, or rebuild the rows with expeditor replay --until',
      });
    }
  }
}

class LoadedRows {
  readonly #branch: LoadedBranch;
  readonly #rows: ReadonlyMap<string, LoadedRow>;
  readonly #openShift: string | null;

  constructor(branch: LoadedBranch) {
    this.#branch = branch;
    this.#rows = new Map(branch.rows.map((loaded) => [`${loaded.table} ${loaded.row.id}`, loaded]));
    this.#openShift = branch.rows.find(({ table }) => table === 'pos_shift')?.row.id ?? null;
  }

  /** What follows the row's name in a sentence; null: it is as the events say, or no row of memory. */
  faultOf(told: ToldRow, salt: Salt): string | null {
    const { table, id, version, commitVersion, columns } = told;
    const loaded = this.#rows.get(`${table} ${id}`);
    const by = `event ${String(commitVersion)}`;
    if (loaded === undefined) {
      return this.#belongs(told) ? `is missing, or stands as no open record: ${by} wrote it` : null;
    }
    const row = loaded.row as unknown as PlainRow;
    if (row['version'] !== version || loaded.commitVersion !== commitVersion) {
      const found = `${String(row['version'])} of commit ${String(loaded.commitVersion)}`;
      return `is at version ${found}, but ${by} took it to ${String(version)}`;
    }
    const wrong = Object.keys(columns).find((name) => {
      const value = row[name];
      if (name === 'version' || isSame(value, columns[name])) return false;
      return !this.#isPerson(told, name, value, salt);
    });
    return wrong === undefined
      ? null
      : `has another ${wrong} than the events say, the last of them ${by}`;
  }

  /** Whether a start must load it, as far as the events tell. */
  #belongs({ table, columns }: ToldRow): boolean {
    const { status, stations, order_id: orderId, shift_id: shiftId } = columns;
    if (REFERENCE.includes(table)) return true;
    if (table === 'pos_shift') return status === 'open';
    if (table === 'order_header') {
      const isOpen = status !== undefined && status !== 'closed' && status !== 'voided';
      const isShown = Array.isArray(stations) && stations.length > 0;
      return isOpen || isShown || this.#isOpenShift(shiftId);
    }
    if (OF_ORDER.includes(table) && this.#rows.has(`order_header ${String(orderId)}`)) return true;
    return OF_SHIFT.includes(table) && this.#isOpenShift(shiftId);
  }

  #isOpenShift(shiftId: unknown): boolean {
    return this.#openShift !== null && shiftId === this.#openShift;
  }

  /** An event holds the salted hash of a personal value; where one was erased, row and salt hold nothing. */
  #isPerson({ table, id, columns }: ToldRow, name: string, value: unknown, salt: Salt): boolean {
    const personal: Readonly<Record<string, readonly string[]>> = PERSONAL_COLUMNS;
    if (personal[table]?.includes(name) !== true) return false;
    const known = salt(this.#branch.branch.id, saltName(table, name), id);
    if (typeof known !== 'string') return value === null && known === undefined;
    return typeof value === 'string' && columns[name] === personalHash(known, value);
  }
}

/** Lists and maps of one record are written in one order of their keys. */
function isSame(value: unknown, told: unknown): boolean {
  if (value === told) return true;
  if (typeof value !== 'object' || typeof told !== 'object') return false;
  return JSON.stringify(value) === JSON.stringify(told);
}
