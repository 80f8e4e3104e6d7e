/** A channel of a row-local view: deltas from change sets, catch-ups from commit order, snapshots through indexes. */
import type { ChangeSet } from '../../domain/change-set.js';
import type { Rows } from '../../domain/rows.js';
import type { TableChanges, ViewRow } from '../../protocol/messages.js';
import type { HotBranch, HotTableName } from '../../store/hot/hot-branch.js';
import type { CatchUp, Channel, ChannelAddress, Delta } from './channel.js';
import { PendingTable, type Shape } from './pending-changes.js';
import { project, type TableView, type View } from './views.js';

export interface RowChannelOptions {
  readonly name: string;
  readonly address: ChannelAddress;
  readonly epoch: string;
  readonly hot: HotBranch;
  readonly view: View;
}

interface ChannelTable {
  readonly tableView: TableView;
  readonly pending: PendingTable;
}

function shapeOf(tableView: TableView): Shape {
  const { columns, shown } = tableView;
  return {
    told: new Set(columns.filter((column) => column !== 'id' && column !== 'version')),
    project: (row) => project(tableView, row as Rows[HotTableName]),
    show: (column, row) => {
      const value = (row as unknown as Readonly<Record<string, unknown>>)[column];
      const show = shown?.[column];
      return show === undefined ? value : show(value);
    },
  };
}

export class RowChannel implements Channel {
  readonly name: string;
  readonly address: ChannelAddress;
  readonly epoch: string;
  readonly paced = false;
  readonly view: View;
  readonly #hot: HotBranch;
  readonly #tables: readonly ChannelTable[];
  readonly #byName: ReadonlyMap<string, ChannelTable>;
  #version: number;
  /** The newest commit that touched the view. */
  #touched: number;

  constructor(options: RowChannelOptions) {
    this.name = options.name;
    this.address = options.address;
    this.epoch = options.epoch;
    this.view = options.view;
    this.#hot = options.hot;
    this.#tables = options.view.tables.map((tableView) => ({
      tableView,
      pending: new PendingTable(shapeOf(tableView)),
    }));
    this.#byName = new Map(this.#tables.map((table) => [table.tableView.table, table]));
    this.#version = options.hot.version;
    this.#touched = this.#version;
  }

  get version(): number {
    return this.#version;
  }

  /** Takes in a commit that memory has applied. True: the view changed and a delta is due. */
  note(changeSet: ChangeSet, version: number): boolean {
    let touched = false;
    for (const { table, before, after, changes } of changeSet) {
      const channelTable = this.#byName.get(table);
      if (channelTable === undefined) continue;
      const { tableView, pending } = channelTable;
      const was = before !== null && tableView.includes(before as Rows[HotTableName], this.#hot);
      const is = tableView.includes(after as Rows[HotTableName], this.#hot);
      // A row that left since the last delta may come back: what changed outside the view belongs to it too.
      if (!was && !is && !pending.has(after.id)) continue;
      pending.note(
        after.id,
        was ? before : null,
        is ? after : null,
        changes === null ? [] : Object.keys(changes),
      );
      touched = true;
    }
    if (touched) this.#touched = version;
    return touched;
  }

  /** A shift's end: what subscribers hold is void, and a snapshot at the branch's version follows. */
  restart(): void {
    for (const { pending } of this.#tables) pending.clear();
    this.#version = this.#hot.version;
    this.#touched = this.#version;
  }

  takeDelta(): Delta | null {
    const changes: Record<string, TableChanges> = {};
    let any = false;
    for (const { tableView, pending } of this.#tables) {
      if (pending.size === 0) continue;
      const taken = pending.take();
      if (taken === null) continue;
      changes[tableView.table] = taken;
      any = true;
    }
    if (!any) {
      this.#touched = this.#version;
      return null;
    }
    const baseVersion = this.#version;
    this.#version = this.#touched;
    return { baseVersion, newVersion: this.#version, changes };
  }

  tables(): Readonly<Record<string, readonly ViewRow[]>> {
    const tables: Record<string, readonly ViewRow[]> = {};
    for (const { tableView } of this.#tables) {
      tables[tableView.table] = Array.from(tableView.rows(this.#hot), (row) =>
        project(tableView, row),
      );
    }
    return tables;
  }

  catchUp(since: number): CatchUp | null {
    if (since === this.#version) return { changes: {}, fewer: true };
    if (since > this.#version || since < this.#hot.horizon) return null;
    const changes: Record<string, TableChanges> = {};
    let told = 0;
    for (const { tableView } of this.#tables) {
      const inserted: ViewRow[] = [];
      const deleted: string[] = [];
      for (const row of this.#hot.tables[tableView.table].writtenSince(since)) {
        if (tableView.includes(row, this.#hot)) inserted.push(project(tableView, row));
        else if (tableView.mayHaveIncluded(row)) deleted.push(row.id);
      }
      told += inserted.length + deleted.length;
      if (inserted.length + deleted.length === 0) continue;
      changes[tableView.table] = {
        // Oldest first, as the commits wrote them.
        ...(inserted.length > 0 && { inserted: inserted.reverse() }),
        ...(deleted.length > 0 && { deleted }),
      };
    }
    return { changes, fewer: told === 0 || told < this.#rowsInView() };
  }

  #rowsInView(): number {
    let count = 0;
    for (const { tableView } of this.#tables) count += [...tableView.rows(this.#hot)].length;
    return count;
  }
}
