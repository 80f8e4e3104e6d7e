/** Rows that can be read, listened to and selected from: what a channel's replica and the view with queued commands share. */
import type { Cancel } from '../../base/clock.js';
import type { ChangedRows, ReplicaTable } from '../../protocol/apply.js';
import { Listeners } from '../listeners.js';
import { sameRow, shallowEqual } from './equal.js';
import {
  RowSelection,
  type Selection,
  type SelectionOptions,
  type SelectionSource,
  type Watcher,
} from './selection.js';
import { Tables, type RowChange, type RowReader } from './tables.js';
import type { ColumnOf, RowOf } from './view-rows.js';

export interface Readable extends RowReader {
  /** Rows by table and id, live: later changes show in it. Rows themselves are never changed, only replaced. */
  readonly tables: ReadonlyMap<string, ReplicaTable>;
  /** Told once per delta or snapshot, of the rows that truly changed. Returns how to stop hearing. */
  onRows(listener: (changes: readonly RowChange[]) => void): Cancel;
  /**
   * A value worked out of the rows, at most once per delta or snapshot, and while nobody listens only when it is read. The
   * selector may give a whole table's map: the value is then a copy. Inside another value it copies what is live itself.
   */
  select<Value>(
    selector: (rows: RowReader) => Value,
    options?: SelectionOptions<Value>,
  ): Selection<Value>;
}

export class RowFeed implements Readable, SelectionSource {
  readonly #tables = new Tables();
  readonly #listeners = new Listeners<readonly RowChange[]>();
  readonly #watchers = new Set<Watcher>();
  #revision = 0;

  get tables(): ReadonlyMap<string, ReplicaTable> {
    return this.#tables.all;
  }

  get revision(): number {
    return this.#revision;
  }

  table<Table extends string>(table: Table): ReadonlyMap<string, RowOf<Table>> {
    return this.#tables.table(table);
  }

  row<Table extends string>(table: Table, id: string): RowOf<Table> | undefined {
    return this.#tables.row(table, id);
  }

  where<Table extends string>(
    table: Table,
    column: ColumnOf<Table>,
    value: unknown,
  ): ReadonlyMap<string, RowOf<Table>> {
    return this.#tables.where(table, column, value);
  }

  onRows(listener: (changes: readonly RowChange[]) => void): Cancel {
    return this.#listeners.add(listener);
  }

  select<Value>(
    selector: (rows: RowReader) => Value,
    { equal = shallowEqual }: SelectionOptions<Value> = {},
  ): Selection<Value> {
    return new RowSelection(this, selector, equal);
  }

  watch(watcher: Watcher, watched: boolean): void {
    if (watched) this.#watchers.add(watcher);
    else this.#watchers.delete(watcher);
  }

  /** Puts all the rows and gives those that are other ones now; an equal row stays the one it was. Tells nobody yet. */
  put(rows: ChangedRows): readonly RowChange[] {
    const changes: RowChange[] = [];
    for (const [table, ofTable] of rows) {
      this.#tables.open(table);
      for (const [id, after] of ofTable) {
        const held = this.#tables.row<string>(table, id);
        if (held !== undefined && after !== null && sameRow(held, after)) continue;
        const change = this.#tables.set(table, id, after);
        if (change !== null) changes.push(change);
      }
    }
    if (changes.length > 0) this.#revision += 1;
    return changes;
  }

  /** Tells of what `put` gave; of nothing, nobody. */
  tell(changes: readonly RowChange[]): void {
    if (changes.length === 0) return;
    this.#listeners.tell(changes);
    for (const watcher of this.#watchers) watcher.look();
  }
}
