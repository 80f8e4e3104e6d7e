/**
 * What the hub's own history would have sent, each command's delta alone as in life (a replay at full speed puts several into
 * one), and what a full JSON broadcast of the open orders would have sent in their place. Made from the events in the
 * database by the hub's own Maps, views and codec.
 */
import type { Database } from 'better-sqlite3';
import { join } from 'node:path';
import type { ChangeSet, RowChange, SerialChanges } from '#dist/domain/change-set.js';
import type { AnyRow, Branch } from '#dist/domain/rows.js';
import { PERSONAL_COLUMNS } from '#dist/domain/tables.js';
import { RowChannel } from '#dist/hub/channels/row-channel.js';
import { project, rowView, type View } from '#dist/hub/channels/views.js';
import { channelName } from '#dist/protocol/channels.js';
import { encode } from '#dist/protocol/codec.js';
import { HotBranch, isUnfinished, type HotTableName } from '#dist/store/hot/hot-branch.js';
import { openReader } from '#dist/store/sqlite/database.js';
import { DATABASE_NAME } from '#dist/store/sqlite/open.js';
import { frameHeaderBytes } from '../load/frames.js';
import type { Watched } from '../load/recorder.js';

const BRANCH = 'main';

export interface Event {
  readonly version: number;
  readonly command: string;
  readonly changes: SerialChanges;
}

export interface CommandBytes {
  readonly command: string;
  readonly watched: Watched;
  readonly bytes: number;
}

export interface History {
  /** Every delta, had each command been alone in its tick. */
  readonly deltas: readonly (CommandBytes & {
    readonly baseVersion: number;
    readonly newVersion: number;
  })[];
  /** Bytes of the full broadcast that each change of an order would have caused. */
  readonly broadcasts: readonly number[];
}

export function eventsIn(directory: string): readonly Event[] {
  const path = join(directory, DATABASE_NAME);
  const database = openReader({ path, durability: 'full', mmapBytes: 0 });
  try {
    const rows = database
      .prepare<[string], { version: number; command: string; changes: string }>(
        'SELECT version, command, changes FROM sync_event WHERE branch_id = ? ORDER BY version',
      )
      .all(BRANCH);
    return rows.map(({ changes, ...event }) => {
      const told = JSON.parse(changes) as ToldChanges;
      tellPersonal(database, told);
      return { ...event, changes: told };
    });
  } finally {
    database.close();
  }
}

interface ToldChanges {
  readonly [table: string]: {
    readonly inserted?: readonly ToldRow[];
    readonly updated?: readonly { readonly id: string; readonly changes: ToldRow }[];
  };
}
type ToldRow = Record<string, unknown>;

/** Events have hashes where screens were sent names and notes: these stand in the rows, and a replay never changes them. */
function tellPersonal(database: Database, changes: ToldChanges): void {
  for (const [table, names] of Object.entries(PERSONAL_COLUMNS)) {
    const { inserted = [], updated = [] } = changes[table] ?? {};
    const rows = [
      ...inserted.map((row) => ({ id: row['id'] as string, columns: row })),
      ...updated.map(({ id, changes: columns }) => ({ id, columns })),
    ];
    for (const { id, columns } of rows) {
      for (const name of names.filter((each) => typeof columns[each] === 'string')) {
        const sql = `SELECT ${name} FROM ${table} WHERE branch_id = ? AND id = ?`;
        columns[name] = database.prepare<[string, string]>(sql).pluck().get(BRANCH, id);
      }
    }
  }
}

/** `watched`: channels of rows, not the derived ones. */
export function historyOf(events: readonly Event[], watched: readonly Watched[]): History {
  const [first] = events;
  const [branch] = first?.changes.branch?.inserted ?? [];
  if (branch === undefined) throw new Error('the first event makes the branch');
  const teller = new Teller(branch, watched);
  return {
    deltas: events.flatMap((event) => teller.take(event)),
    broadcasts: teller.broadcasts,
  };
}

interface Told {
  readonly watched: Watched;
  readonly channel: RowChannel;
}

class Teller {
  readonly broadcasts: number[] = [];
  readonly #hot: HotBranch;
  readonly #rows = new Map<string, AnyRow>();
  readonly #told: readonly Told[];

  constructor(branch: Branch, watched: readonly Watched[]) {
    this.#hot = new HotBranch({ branch, version: 0, horizon: 0, rows: [] });
    this.#told = watched.map((each) => ({ watched: each, channel: this.#channel(each) }));
  }

  take({ version, command, changes }: Event): History['deltas'] {
    const changeSet = this.#changeSet(changes);
    this.#hot.apply(changeSet, version, []);
    if (changeSet.some(({ table }) => table.startsWith('order_'))) {
      this.broadcasts.push(this.#broadcastBytes());
    }
    const endsShift = changeSet.some(
      ({ table, before }) => table === 'pos_shift' && before !== null,
    );
    return this.#told.flatMap(({ watched, channel }) => {
      channel.note(changeSet, version);
      if (endsShift && channel.view.endsWithShift) channel.restart();
      const delta = channel.takeDelta();
      if (delta === null) return [];
      const message = { type: 'delta', channel: channel.name, ...delta };
      const payload = encode(message, watched.encoding).length;
      const { baseVersion, newVersion } = delta;
      const bytes = frameHeaderBytes(payload) + payload;
      return [{ command, watched, bytes, baseVersion, newVersion }];
    });
  }

  #channel({ view, station: only }: Watched): RowChannel {
    const station = only ?? null;
    if (view === 'shift' || view === 'devices') throw new Error(`${view} is no view of rows`);
    const name = channelName({ branchId: BRANCH, view, ...(station !== null && { station }) });
    const address = { branchId: BRANCH, view, station };
    return new RowChannel({
      ...{ name, address, epoch: '', hot: this.#hot },
      view: rowView(view, station),
    });
  }

  /** The columns that changed laid over the row as it stood. */
  #changeSet(changes: SerialChanges): ChangeSet {
    const changeSet: RowChange[] = [];
    for (const [table, { inserted = [], updated = [] }] of Object.entries(changes)) {
      for (const after of inserted) {
        this.#rows.set(`${table} ${after.id}`, after);
        changeSet.push({ table, before: null, after, changes: null } as RowChange);
      }
      for (const { id, version, changes: columns } of updated) {
        const before = this.#rows.get(`${table} ${id}`);
        if (before === undefined) throw new Error(`${table} ${id} changes before it is there`);
        const after = { ...before, ...columns, version } as AnyRow;
        this.#rows.set(`${table} ${id}`, after);
        const changed = { ...columns, version };
        changeSet.push({ table, before, after, changes: changed } as RowChange);
      }
    }
    return changeSet;
  }

  /** The open orders with all that the view `orders` shows of them, in one text frame. */
  #broadcastBytes(): number {
    const orders = rowView('orders', null);
    const open = [...this.#hot.orders.values()].filter(({ header }) => isUnfinished(header));
    const list = open.map(({ header, lines, payments, adjustments }) => ({
      ...shown(orders, 'order_header', [header])[0],
      lines: shown(orders, 'order_line', lines),
      payments: shown(orders, 'order_payment', payments),
      adjustments: shown(orders, 'order_adjustment', adjustments),
    }));
    const payload = Buffer.byteLength(JSON.stringify({ type: 'orders', orders: list }));
    return frameHeaderBytes(payload) + payload;
  }
}

function shown(view: View, name: HotTableName, rows: readonly AnyRow[]): object[] {
  const table = view.tables.find((each) => each.table === name);
  if (table === undefined) throw new Error(`${view.name} shows ${name}`);
  return rows.map((row) => project(table, row as Parameters<typeof project>[1]));
}
