/** What a kitchen screen is shown, answered four ways: out of the hot Maps, by SQL, and from a history of whole orders. */
import type { OrderAggregate, Rows } from '#dist/domain/rows.js';
import { isInKitchen, project, rowView, type TableView } from '#dist/hub/channels/views.js';
import type { ViewRow } from '#dist/protocol/messages.js';
import type { HotBranch, HotTableName } from '#dist/store/hot/hot-branch.js';

/** The rows of the view `kitchen`, by table, as a snapshot holds them. */
export interface KitchenTickets {
  readonly order_header: readonly ViewRow[];
  readonly order_line: readonly ViewRow[];
}

/** The tables of the view. `station` null: all of them (expo). */
export function kitchenTables(station: string | null): {
  readonly header: TableView;
  readonly line: TableView;
} {
  const [header, line] = rowView('kitchen', station).tables;
  if (header === undefined || line === undefined) throw new Error('a kitchen has two tables');
  return { header, line };
}

/** As a snapshot of the channel is made. */
export function hotKitchen(hot: HotBranch, station: string | null): KitchenTickets {
  const { header, line } = kitchenTables(station);
  const rows = (table: TableView): ViewRow[] =>
    Array.from(table.rows(hot), (row) => project(table, row));
  return { order_header: rows(header), order_line: rows(line) };
}

/** What `hotKitchen` finds, before it is made what a screen is shown: how many rows. */
export function countHotKitchen(hot: HotBranch, station: string | null): number {
  const { header, line } = kitchenTables(station);
  return [...header.rows(hot)].length + [...line.rows(hot)].length;
}

/** Of the events of all orders, oldest first, the latest of each order counts; of all stations. */
export function scannedKitchen(events: readonly OrderAggregate[]): KitchenTickets {
  const latest = new Map<string, OrderAggregate>();
  for (const order of events) latest.set(order.header.id, order);
  const { header, line } = kitchenTables(null);
  const shown = (table: TableView, row: Rows[HotTableName]): ViewRow => project(table, row);
  const order_header: ViewRow[] = [];
  const order_line: ViewRow[] = [];
  for (const order of latest.values()) {
    if (order.header.stations.length === 0) continue;
    order_header.push(shown(header, order.header));
    for (const row of order.lines) if (isInKitchen(row)) order_line.push(shown(line, row));
  }
  return { order_header, order_line };
}

/** The same tickets give the same text, in whatever order the rows came. */
export function canonicalTickets({ order_header, order_line }: KitchenTickets): string {
  return JSON.stringify(
    [order_header, order_line].map((rows) =>
      rows
        .toSorted((a, b) => (a.id < b.id ? -1 : 1))
        .map((row) => Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1))),
    ),
  );
}
