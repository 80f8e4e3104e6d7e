/**
 * Reckons each shift anew at the commit that closed it, from the scratch rows as they stand then, and keeps the outcome in a
 * scratch table until all is folded: what its Z report and its summary must say.
 */
import type { Database, Statement } from 'better-sqlite3';
import type { StoredEvent } from '../event-chain.js';
import type { Findings } from '../findings.js';
import type { WrittenVersions } from '../fold.js';
import { BOUNDS_MS, LIST_KEYS, byKeys, type Entry, type Figures } from './figures-shape.js';
import * as sql from './figures-sql.js';
import { amountsOf, type Given, type LineGross } from './given-away.js';
import { localHour } from './local-hour.js';
import { zReportOf } from './z-report.js';

/** What finds the rows of a shift and the lines of an order. */
const INDEXES = `
  CREATE INDEX temp.fold_order_header_shift ON fold_order_header (branch_id, shift_id);
  CREATE INDEX temp.fold_order_line_order ON fold_order_line (branch_id, order_id);
  CREATE INDEX temp.fold_order_payment_shift ON fold_order_payment (branch_id, shift_id);
  CREATE INDEX temp.fold_order_adjustment_order ON fold_order_adjustment (branch_id, order_id);
  CREATE INDEX temp.fold_cash_movement_shift ON fold_cash_movement (branch_id, shift_id);`;
const RECKONED = `CREATE TEMP TABLE reckoned_shift (
  branch_id TEXT, shift_id TEXT, business_date TEXT, closed_version INTEGER, figures TEXT, z_report TEXT,
  PRIMARY KEY (branch_id, shift_id)) WITHOUT ROWID`;

type Parameters = Readonly<Record<string, string | number>>;

export class ClosedShifts {
  readonly #database: Database;
  readonly #findings: Findings;
  readonly #statements = new Map<string, Statement<[Parameters]>>();
  readonly #shift: Statement<[string, string]>;
  readonly #branch: Statement<[string]>;
  readonly #known: Statement<[string, string]>;
  readonly #keep: Statement<[string, string, string, number, string, string]>;

  /** Needs the scratch tables. */
  constructor(database: Database, findings: Findings) {
    this.#database = database;
    this.#findings = findings;
    database.function('local_hour', { deterministic: true }, localHour);
    database.exec(INDEXES);
    database.exec(RECKONED);
    database.exec('CREATE TEMP TABLE kitchen_bound (ms INTEGER PRIMARY KEY)');
    const bound = database.prepare('INSERT INTO temp.kitchen_bound VALUES (?)');
    for (const ms of BOUNDS_MS) bound.run(ms);
    this.#shift = database.prepare(
      'SELECT * FROM temp.fold_pos_shift WHERE branch_id = ? AND id = ?',
    );
    this.#branch = database.prepare('SELECT * FROM temp.fold_branch WHERE id = ?');
    this.#known = database.prepare(
      'SELECT 1 FROM temp.reckoned_shift WHERE branch_id = ? AND shift_id = ?',
    );
    this.#keep = database.prepare('INSERT INTO temp.reckoned_shift VALUES (?, ?, ?, ?, ?, ?)');
  }

  /** After each event, with the records that it wrote. */
  follow(event: StoredEvent, written: WrittenVersions): void {
    for (const id of Object.keys(written['pos_shift'] ?? {})) {
      const shift = this.#shift.get(event.branch_id, id) as Entry | undefined;
      if (shift?.['status'] !== 'closed') continue;
      if (this.#known.get(event.branch_id, id) === undefined) this.#close(event, shift);
      else {
        const place = `event ${event.branch_id} ${String(event.version)} (${event.command})`;
        this.#findings.add('report', `${place} changes pos_shift ${id}, which was closed before`);
      }
    }
  }

  #close(event: StoredEvent, shift: Entry): void {
    const branch = (this.#branch.get(event.branch_id) ?? {}) as Entry;
    const parameters: Parameters = {
      branch: event.branch_id,
      shift: String(shift['id']),
      until: Number(shift['closed_at']),
      opened: Number(shift['opened_at']),
      zone: String(branch['zone']),
      version: event.version,
    };
    const figures = this.#figures(parameters);
    const [openOrders = {}] = this.#rows(sql.OPEN_ORDERS_SQL, parameters);
    const report = zReportOf(figures, { branch, shift, openOrders });
    const texts = [JSON.stringify(figures), JSON.stringify(report)] as const;
    const date = String(shift['business_date']);
    this.#keep.run(event.branch_id, String(shift['id']), date, event.version, ...texts);
  }

  #figures(parameters: Parameters): Figures {
    const [counts] = this.#rows(sql.COUNTS_SQL, parameters);
    const [drawer] = this.#rows(sql.DRAWER_SQL, parameters);
    const lists = Object.entries(sql.LISTS_SQL).map(
      ([name, text]) =>
        [name, byKeys(this.#rows(text, parameters), LIST_KEYS[name] ?? [])] as const,
    );
    return {
      ...counts,
      ...Object.fromEntries(lists),
      ...this.#givenAway(parameters),
      kitchen: this.#kitchen(parameters),
      drawer,
    };
  }

  #givenAway(parameters: Parameters): { discounts: Entry[]; comps: Entry[] } {
    const given = this.#rows(sql.GIVEN_SQL, parameters) as unknown as readonly Given[];
    const entries: Record<Given['kind'], Entry[]> = { discount: [], comp: [] };
    for (const [order, ofOrder] of groupsOf(given)) {
      const lines = this.#rows(sql.GROSS_SQL, { branch: parameters['branch'] ?? '', order });
      const amounts = amountsOf(ofOrder, lines as unknown as readonly LineGross[]);
      for (const [index, { kind, reason, by_staff }] of ofOrder.entries()) {
        entries[kind].push({ reason, by_staff, count: 1, amount: amounts[index] ?? 0 });
      }
    }
    const keys = LIST_KEYS['discounts'] ?? [];
    return { discounts: byKeys(entries.discount, keys), comps: byKeys(entries.comp, keys) };
  }

  #kitchen(parameters: Parameters): Entry[] {
    const stations = this.#rows(sql.STATIONS_SQL, parameters).map((entry) => ({
      ...entry,
      ...{ queue: [], preparation: [], to_ready: [] },
    })) as unknown as (Record<string, number[]> & { readonly station: string })[];
    for (const { station, step, bucket, lines } of this.#rows(sql.TIMES_SQL, parameters)) {
      const counts = stations.find((entry) => entry.station === station)?.[String(step)] ?? [];
      while (counts.length <= Number(bucket)) counts.push(0);
      counts[Number(bucket)] = Number(lines);
    }
    return byKeys(stations, ['station']);
  }

  #rows(text: string, parameters: Parameters): Entry[] {
    let statement = this.#statements.get(text);
    if (statement === undefined) {
      statement = this.#database.prepare<[Parameters]>(text);
      this.#statements.set(text, statement);
    }
    return statement.all(parameters) as Entry[];
  }
}

function groupsOf(given: readonly Given[]): Map<string, Given[]> {
  const groups = new Map<string, Given[]>();
  for (const entry of given) {
    const group = groups.get(entry.order_id);
    if (group === undefined) groups.set(entry.order_id, [entry]);
    else group.push(entry);
  }
  return groups;
}
