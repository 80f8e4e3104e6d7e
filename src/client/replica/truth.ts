/** What the client's replicas hold of the hub's rows, all of them together. */
import type { RecordVersions } from '../../domain/change-set.js';
import type { ViewRow, ViewName } from '../../protocol/messages.js';
import type { Replica } from './replica.js';
import { Tables, type RowReader } from './tables.js';

/** The view that shows every row of a table that a command may write. */
const HOME_VIEWS: Readonly<Record<string, ViewName>> = {
  order_header: 'orders',
  order_line: 'orders',
  order_payment: 'orders',
  order_adjustment: 'orders',
  cash_movement: 'shift',
  menu_item: 'menu',
};

const NO_ROWS: RowReader = new Tables();

export interface Commit {
  readonly branchId: string;
  /** null: not known. */
  readonly version: number | null;
  readonly records: RecordVersions;
}

/** `shown`: nothing of it is missing; `behind`: a row is held as it was before; `absent`: a row that might come is not held. */
export type Showing = 'shown' | 'behind' | 'absent';

export class Truth {
  readonly #replicas: () => Iterable<Replica>;

  constructor(replicas: () => Iterable<Replica>) {
    this.#replicas = replicas;
  }

  /** The newest one held; undefined: none of the channels that are followed shows it. */
  row(branchId: string, table: string, id: string): ViewRow | undefined {
    let newest: ViewRow | undefined;
    for (const replica of this.#of(branchId)) {
      const row = replica.tables.get(table)?.get(id);
      if (row !== undefined && row.version > (newest?.version ?? 0)) newest = row;
    }
    return newest;
  }

  /** All of them as one; where several show a table, the one that shows it whole. */
  reader(branchId: string): RowReader {
    const of = (table: string): RowReader => {
      let first: Replica | undefined;
      for (const replica of this.#of(branchId)) {
        if (isHome(replica, table)) return replica;
        if (replica.tables.has(table)) first ??= replica;
      }
      return first ?? NO_ROWS;
    };
    return {
      table: (table) => of(table).table(table),
      row: (table, id) => of(table).row(table, id),
      where: (table, column, value) => of(table).where(table, column, value),
    };
  }

  /** How far the channels that are followed show a commit of the hub. */
  showing({ branchId, version, records }: Commit): Showing {
    let showing: Showing = 'shown';
    for (const replica of this.#of(branchId)) {
      // Nothing received yet: there is nothing that it could show wrongly.
      if (replica.version === 0 || (version !== null && replica.version >= version)) continue;
      for (const [table, versions] of Object.entries(records)) {
        for (const [id, written] of Object.entries(versions)) {
          const held = replica.tables.get(table)?.get(id);
          if (held === undefined) showing = isHome(replica, table) ? 'absent' : showing;
          else if (held.version < written) return 'behind';
        }
      }
    }
    return showing;
  }

  *#of(branchId: string): Iterable<Replica> {
    for (const replica of this.#replicas()) {
      if (replica.channel.startsWith(`${branchId}/`)) yield replica;
    }
  }
}

/** Whether the channel shows every row of the table. */
export function isHome({ channel }: Replica, table: string): boolean {
  const view = HOME_VIEWS[table];
  return view !== undefined && channel.endsWith(`/${view}`);
}
