/**
 * A channel as the person sees it: the replica's rows with what is queued laid over them. It tells of changes like a replica.
 * What nothing queued is about is exactly the replica's, and so is all of it once everything queued is settled and shown.
 */
import type { Cancel } from '../../base/clock.js';
import type { ViewRow } from '../../protocol/messages.js';
import type { ReplicaTable } from '../../protocol/apply.js';
import type { Replica } from '../replica/replica.js';
import { RowFeed, type Readable } from '../replica/row-feed.js';
import type { Selection, SelectionOptions } from '../replica/selection.js';
import type { RowChange, RowReader } from '../replica/tables.js';
import { isHome } from '../replica/truth.js';
import type { ColumnOf, RowOf } from '../replica/view-rows.js';
import { unitOfEntry } from './entry.js';
import type { Overlay } from './overlay.js';
import type { StoredQueue } from './stored-queue.js';

/** Rows to put, by table and id; null: to take away. */
type Puts = Map<string, Map<string, ViewRow | null>>;

export interface OptimisticParts {
  readonly base: Replica;
  readonly stored: StoredQueue;
  readonly overlay: Overlay;
}

export interface Optimistic extends Readable {
  readonly channel: string;
  /** Whether the row is not the hub's own yet: something that is queued lies over it. */
  pending(table: string, id: string): boolean;
}

export class OptimisticView implements Optimistic {
  readonly channel: string;
  readonly #parts: OptimisticParts;
  readonly #branchId: string;
  readonly #feed = new RowFeed();
  /** The names (`table id`) of rows that are laid over, by unit. */
  readonly #laid = new Map<string, ReadonlyMap<string, readonly [string, string]>>();

  constructor(parts: OptimisticParts) {
    const { base, stored } = parts;
    this.#parts = parts;
    this.channel = base.channel;
    this.#branchId = base.channel.slice(0, base.channel.indexOf('/'));
    stored.onChange((changes) => {
      const units = changes.flatMap(({ before, after }) =>
        [before, after].flatMap((entry) => (entry === null ? [] : [unitOfEntry(entry)])),
      );
      this.#show(new Map(), new Set(units));
    });
    const rows: Puts = new Map();
    for (const [table, held] of base.tables) rows.set(table, new Map(held));
    this.#show(rows, this.#queuedUnits());
  }

  get tables(): ReadonlyMap<string, ReplicaTable> {
    return this.#feed.tables;
  }

  table<Table extends string>(table: Table): ReadonlyMap<string, RowOf<Table>> {
    return this.#feed.table(table);
  }

  row<Table extends string>(table: Table, id: string): RowOf<Table> | undefined {
    return this.#feed.row(table, id);
  }

  where<Table extends string>(
    table: Table,
    column: ColumnOf<Table>,
    value: unknown,
  ): ReadonlyMap<string, RowOf<Table>> {
    return this.#feed.where(table, column, value);
  }

  onRows(listener: (changes: readonly RowChange[]) => void): Cancel {
    return this.#feed.onRows(listener);
  }

  select<Value>(
    selector: (rows: RowReader) => Value,
    options?: SelectionOptions<Value>,
  ): Selection<Value> {
    return this.#feed.select(selector, options);
  }

  pending(table: string, id: string): boolean {
    for (const rows of this.#laid.values()) if (rows.has(`${table} ${id}`)) return true;
    return false;
  }

  /** The replica's rows have changed: what is queued is laid over the new ones. */
  rebase(changes: readonly RowChange[]): void {
    const rows: Puts = new Map();
    const units = new Set<string>();
    for (const { table, id, before, after } of changes) {
      put(rows, { table, id, row: after });
      for (const row of [before, after]) {
        const unit = row === null ? undefined : row[table === 'order_header' ? 'id' : 'order_id'];
        if (typeof unit === 'string') units.add(unit);
      }
    }
    const queued = this.#queuedUnits();
    this.#show(
      rows,
      new Set([...units].filter((unit) => queued.has(unit) || this.#laid.has(unit))),
    );
  }

  /** What predictions are made by has changed: the rules of the branch, or its shift. */
  refold(): void {
    this.#show(new Map(), new Set([...this.#queuedUnits(), ...this.#laid.keys()]));
  }

  #queuedUnits(): ReadonlySet<string> {
    return new Set([...this.#parts.stored.entries].map(unitOfEntry));
  }

  /** Puts the rows, then lays the units' entries over them anew, and tells of all of it at once. */
  #show(rows: Puts, units: ReadonlySet<string>): void {
    const { base, overlay } = this.#parts;
    for (const unit of units) {
      for (const [table, id] of this.#laid.get(unit)?.values() ?? []) {
        put(rows, { table, id, row: base.row<string>(table, id) ?? null });
      }
      const laid = new Map<string, readonly [string, string]>();
      for (const [table, over] of overlay.unit(this.#branchId, unit).over) {
        if (!base.tables.has(table) && !isHome(base, table)) continue;
        for (const [id, row] of over) {
          put(rows, { table, id, row });
          laid.set(`${table} ${id}`, [table, id]);
        }
      }
      if (laid.size === 0) this.#laid.delete(unit);
      else this.#laid.set(unit, laid);
    }
    this.#feed.tell(this.#feed.put(rows));
  }
}

interface Put {
  readonly table: string;
  readonly id: string;
  readonly row: ViewRow | null;
}

function put(rows: Puts, { table, id, row }: Put): void {
  const ofTable = rows.get(table);
  if (ofTable === undefined) rows.set(table, new Map([[id, row]]));
  else ofTable.set(id, row);
}
