/**
 * Finds every event that wrote a row of an order, though the log has no index by order. While the order is unfinished its
 * id is searched for, since no line comes or goes without naming it. What else happened to its rows is found by their
 * versions, each of which must be met: status logs and rows say where most are, and what lies between two that are known
 * is searched. Between two looks the reader turns to others.
 */
import type { Database, Statement } from 'better-sqlite3';
import { setImmediate } from 'node:timers/promises';
import type { Span } from '../archive/event-block.js';
import type { EventLog } from './event-log.js';
import type { OrderEvent } from './order-fold.js';
import type { PlainRow } from './row-sql.js';

/** Commits that are told of one order; one with more was made by a machine gone mad. */
const ORDER_COMMITS_MAX = 20_000;

/** Each by name, so that a test can ask how SQLite finds the rows. */
export const ORDER_SEARCH_SQL = {
  line: 'SELECT version, commit_version FROM order_line WHERE branch_id = ? AND id = ?',
  lineSteps: `SELECT version, commit_version FROM order_line_status_log
    WHERE branch_id = ? AND line_id = ?`,
} as const;

/** A version of a row, and the commit that brought it. */
export interface RowStep {
  readonly version: number;
  readonly commit_version: number;
}

export interface SearchedOrder {
  readonly branchId: string;
  readonly orderId: string;
  readonly header: RowStep;
  /** The lines that it has, by id, with their present version. */
  readonly lines: ReadonlyMap<string, RowStep>;
  /** The newest commit of the branch. */
  readonly head: number;
  /** Commits that are known to have written a row of it. */
  readonly commits: readonly number[];
  /** Between these lines may have come and gone. */
  readonly unfinished: readonly Span[];
}

type Sql = Readonly<Record<keyof typeof ORDER_SEARCH_SQL, Statement<(string | number)[]>>>;

/** The commit of each version of a row that was met. */
type Met = Map<number, number>;

export class OrderSearch {
  readonly #sql: Sql;
  readonly #log: EventLog;
  readonly #order: SearchedOrder;
  readonly #events = new Map<number, OrderEvent>();
  readonly #metHeader: Met = new Map();
  /** Of every line in the events that were met, also of other orders'. */
  readonly #metLines = new Map<string, Met>();
  /** The lines that ever were in the order, with the version up to which they matter; 0: not known. */
  readonly #lines: Map<string, number>;
  /** Why the history cannot be told; null: nothing was missed so far. */
  #missed: string | null = null;

  constructor(database: Database, log: EventLog, order: SearchedOrder) {
    const prepared = Object.entries(ORDER_SEARCH_SQL).map(
      ([name, sql]) => [name, database.prepare(sql)] as const,
    );
    this.#sql = Object.fromEntries<unknown>(prepared) as Sql;
    this.#log = log;
    this.#order = order;
    this.#lines = new Map(Array.from(order.lines, ([id, { version }]) => [id, version]));
  }

  /** In order of version. */
  get events(): OrderEvent[] {
    return [...this.#events.values()].sort((a, b) => a.record.version - b.record.version);
  }

  get lineIds(): ReadonlySet<string> {
    return new Set(this.#lines.keys());
  }

  /** Gives why the history cannot be told, in words; null: all of it was found. */
  async run(): Promise<string | null> {
    const { orderId, header, unfinished, commits } = this.#order;
    for (const span of unfinished) await this.#search(span, orderId, () => false);
    await this.#meet(commits);
    for (const [id, last] of this.#lines) await this.#followLine(id, last);
    await this.#fill(orderId, this.#metHeader, header.version);
    return this.#missed;
  }

  async #followLine(id: string, last: number): Promise<void> {
    const { branchId, lines } = this.#order;
    const known = this.#sql.lineSteps.all(branchId, id) as RowStep[];
    const stands = lines.get(id) ?? (last === 0 ? this.#sql.line.get(branchId, id) : undefined);
    if (stands !== undefined) known.push(stands as RowStep);
    const upTo = (stands as RowStep | undefined)?.version ?? (await this.#lastOf(id));
    const mattering = known.filter(({ version }) => version <= upTo);
    await this.#meet(mattering.map(({ commit_version: commit }) => commit));
    await this.#fill(id, metOf(this.#metLines, id), upTo);
  }

  /** The version with which a line left; of one whose row is in the archive, with the order that has it now, it is looked for. */
  async #lastOf(id: string): Promise<number> {
    const isKnown = () => (this.#lines.get(id) ?? 0) > 0;
    const met = metOf(this.#metLines, id);
    const span = [Math.max(0, ...met.values()) + 1, this.#order.head] as const;
    if (!isKnown()) await this.#search(span, id, isKnown);
    return isKnown() ? (this.#lines.get(id) ?? 0) : Math.max(0, ...met.keys());
  }

  /** Searches for the versions that were not met, each between the commits of those around it. */
  async #fill(id: string, met: Met, last: number): Promise<void> {
    for (let version = 1; version <= last && this.#missed === null; version += 1) {
      if (met.has(version)) continue;
      let next = version + 1;
      while (next < last && !met.has(next)) next += 1;
      const span = [(met.get(version - 1) ?? 0) + 1, (met.get(next) ?? 0) - 1] as const;
      await this.#search(span, id, () => met.has(next - 1));
      if (!met.has(version)) this.#missed = `version ${String(version)} of ${id} is in no event`;
    }
  }

  async #search([from, to]: Span, id: string, found: () => boolean): Promise<void> {
    const name = JSON.stringify(id);
    let rest: Span | null = from <= to ? [from, to] : null;
    while (rest !== null && !found()) {
      const look = this.#log.naming(this.#order.branchId, rest, name);
      await this.#meet(look.found);
      ({ rest } = look);
    }
  }

  async #meet(commits: readonly number[]): Promise<void> {
    for (const version of commits) {
      if (this.#events.size >= ORDER_COMMITS_MAX) {
        this.#missed = `the order has more than ${String(ORDER_COMMITS_MAX)} commits`;
        return;
      }
      if (!this.#events.has(version)) this.#take(version);
    }
    await setImmediate();
  }

  #take(version: number): void {
    const event = this.#log.event(this.#order.branchId, version);
    if (event === null) return;
    const { changes: text, hash: _hash, ...record } = event;
    const changes = JSON.parse(text) as OrderEvent['changes'];
    this.#events.set(version, { record, changes });
    const { orderId } = this.#order;
    for (const { id, version: step } of written(changes, 'order_header')) {
      if (id === orderId) this.#metHeader.set(step, version);
    }
    for (const line of written(changes, 'order_line')) {
      metOf(this.#metLines, line.id).set(line.version, version);
      this.#noteLine(line);
    }
  }

  /** A line that comes into the order matters from its first version on, one that leaves no longer than to that. */
  #noteLine({ id, version, columns }: WrittenRow): void {
    const { orderId, lines } = this.#order;
    const to = columns['order_id'];
    if (to === undefined || lines.has(id)) return;
    const last = this.#lines.get(id);
    if (to === orderId) this.#lines.set(id, last ?? 0);
    else if (last !== undefined) this.#lines.set(id, Math.max(last, version));
  }
}

interface WrittenRow {
  readonly id: string;
  readonly version: number;
  readonly columns: PlainRow;
}

function* written(changes: OrderEvent['changes'], table: string): Iterable<WrittenRow> {
  const { inserted = [], updated = [] } = changes[table] ?? {};
  for (const row of inserted) yield { id: row.id, version: row.version, columns: row };
  for (const { id, version, changes: columns } of updated) yield { id, version, columns };
}

function metOf(met: Map<string, Met>, id: string): Met {
  let of = met.get(id);
  if (of === undefined) {
    of = new Map();
    met.set(id, of);
  }
  return of;
}
