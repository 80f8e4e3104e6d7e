/**
 * The views: which rows of which tables a channel shows, and which columns. A view is row-local, a filter on the row alone,
 * so that membership, catch-up and delta are one small piece of code for all of them.
 */
import { MONEY_COLUMNS, withoutPrices } from '../../domain/public-row.js';
import type { OrderHeader, OrderLine, Role, Rows } from '../../domain/rows.js';
import { TABLES } from '../../domain/tables.js';
import type { ViewName, ViewRow } from '../../protocol/messages.js';
import type { HotBranch, HotTableName } from '../../store/hot/hot-branch.js';
import { kitchenHeader, kitchenLine, ordersHeader, ordersLine } from './shown-rows.js';

/** The rows that one view shows of one table. */
export interface TableView<T extends HotTableName = HotTableName> {
  readonly table: T;
  /** Whether the row is in the view. */
  includes(row: Rows[T], hot: HotBranch): boolean;
  /** False: the row never was in the view, so that a catch-up need not say that it is gone. */
  mayHaveIncluded(row: Rows[T]): boolean;
  /** The columns shown, in wire order. */
  readonly columns: readonly string[];
  /** Columns that are shown otherwise than they are kept. */
  readonly shown?: Readonly<Record<string, (value: unknown) => unknown>>;
  /** The same in one piece, for a table of which many rows are shown. */
  readonly project?: (row: Rows[T]) => ViewRow;
  /** The rows in the view, found through an index where the table is big. */
  rows(hot: HotBranch): Iterable<Rows[T]>;
}

export interface View {
  readonly name: ViewName;
  readonly tables: readonly TableView[];
  /** A shift's end takes rows out of it without writing them: its subscribers are sent a new snapshot. */
  readonly endsWithShift: boolean;
}

const ALL_ROLES: readonly Role[] = ['admin', 'manager', 'cashier', 'waiter', 'kitchen'];

/** Who may subscribe to what. */
export const VIEW_ROLES: Readonly<Record<ViewName, readonly Role[]>> = {
  orders: ['admin', 'manager', 'cashier', 'waiter'],
  kitchen: ALL_ROLES,
  board: ALL_ROLES,
  shift: ['admin', 'manager', 'cashier'],
  menu: ALL_ROLES,
  devices: ['admin', 'manager'],
};

/** Every column of a table that leaves the hub. */
export function publicColumns(table: HotTableName): readonly string[] {
  const { columns, internal } = TABLES[table];
  const hidden: readonly string[] = internal;
  return Object.keys(columns).filter((column) => !hidden.includes(column));
}

/** The row as a view shows it. */
export function project(tableView: TableView, row: Rows[HotTableName]): ViewRow {
  if (tableView.project !== undefined) return tableView.project(row);
  const source = row as unknown as Readonly<Record<string, unknown>>;
  const shownRow: Record<string, unknown> = {};
  for (const column of tableView.columns) {
    const show = tableView.shown?.[column];
    shownRow[column] = show === undefined ? source[column] : show(source[column]);
  }
  return shownRow as ViewRow;
}

function ofOpenShift<T extends 'order_line' | 'order_payment' | 'order_adjustment'>(
  table: T,
): TableView<T> {
  return {
    table,
    includes: (row, hot) => hot.inOpenShift(row.order_id),
    mayHaveIncluded: () => true,
    columns: publicColumns(table),
    *rows(hot) {
      for (const row of hot.tables[table].values()) {
        if (hot.inOpenShift(row.order_id)) yield row as Rows[T];
      }
    },
  };
}

const ORDERS: View = {
  name: 'orders',
  endsWithShift: true,
  tables: [
    {
      table: 'order_header',
      includes: (row, hot) => row.shift_id === hot.shift?.id,
      mayHaveIncluded: () => true,
      columns: publicColumns('order_header'),
      project: ordersHeader,
      *rows(hot) {
        for (const { header } of hot.orders.values()) {
          if (header.shift_id === hot.shift?.id) yield header;
        }
      },
    } satisfies TableView<'order_header'>,
    { ...ofOpenShift('order_line'), project: ordersLine },
    ofOpenShift('order_payment'),
    ofOpenShift('order_adjustment'),
  ] as readonly TableView[],
};

const KITCHEN_HEADER_COLUMNS = [
  'id',
  'number',
  'order_type',
  'table_no',
  'guests',
  'note',
  'priority',
  'status',
  'stations',
  'opened_at',
  'sent_at',
  'ready_at',
  'version',
];

const LINE_HIDDEN: readonly string[] = [...MONEY_COLUMNS.order_line, 'updated_at'];

/** The columns of a line that a kitchen sees: all but money and `updated_at`. */
const KITCHEN_LINE_COLUMNS = publicColumns('order_line').filter(
  (column) => !LINE_HIDDEN.includes(column),
);

export function isInKitchen(line: OrderLine): boolean {
  return (
    line.status === 'queued' ||
    line.status === 'preparing' ||
    line.status === 'ready' ||
    line.mark !== null
  );
}

/** `station` null: all stations (expo). */
function kitchenView(station: string | null): View {
  const headerIn = (row: OrderHeader): boolean =>
    station === null ? row.stations.length > 0 : row.stations.includes(station);
  const lineIn = (row: OrderLine): boolean =>
    isInKitchen(row) && (station === null || row.station === station);
  const orderIds = (hot: HotBranch): ReadonlySet<string> =>
    station === null ? hot.orders.inKitchen() : hot.orders.atStation(station);
  const header: TableView<'order_header'> = {
    table: 'order_header',
    includes: headerIn,
    mayHaveIncluded: () => true,
    columns: KITCHEN_HEADER_COLUMNS,
    project: kitchenHeader,
    *rows(hot) {
      for (const id of orderIds(hot)) {
        const order = hot.orders.get(id);
        if (order !== undefined && headerIn(order.header)) yield order.header;
      }
    },
  };
  const line: TableView<'order_line'> = {
    table: 'order_line',
    includes: lineIn,
    mayHaveIncluded: (row) => row.sent_at !== null && (station === null || row.station === station),
    columns: KITCHEN_LINE_COLUMNS,
    shown: { modifiers: withoutPrices },
    project: kitchenLine,
    *rows(hot) {
      for (const id of orderIds(hot)) {
        for (const row of hot.orders.get(id)?.lines ?? []) if (lineIn(row)) yield row;
      }
    },
  };
  return { name: 'kitchen', endsWithShift: false, tables: [header, line] as readonly TableView[] };
}

const BOARD_STATUSES: readonly OrderHeader['status'][] = ['preparing', 'ready'];

const BOARD: View = {
  name: 'board',
  endsWithShift: false,
  tables: [
    {
      table: 'order_header',
      includes: (row) => BOARD_STATUSES.includes(row.status),
      mayHaveIncluded: () => true,
      columns: ['id', 'number', 'status', 'version'],
      *rows(hot) {
        for (const status of BOARD_STATUSES) {
          for (const id of hot.orders.withStatus(status)) {
            const order = hot.orders.get(id);
            if (order !== undefined) yield order.header;
          }
        }
      },
    } satisfies TableView<'order_header'>,
  ] as readonly TableView[],
};

function wholeTable<T extends 'menu_item' | 'station'>(table: T): TableView<T> {
  return {
    table,
    includes: () => true,
    mayHaveIncluded: () => true,
    columns: publicColumns(table),
    rows: (hot) => hot.tables[table].values() as Iterable<Rows[T]>,
  };
}

const MENU: View = {
  name: 'menu',
  endsWithShift: false,
  tables: [wholeTable('menu_item'), wholeTable('station')] as readonly TableView[],
};

/** The row-local view behind a channel; `shift` and `devices` are derived and have none. */
export function rowView(
  name: 'orders' | 'kitchen' | 'board' | 'menu',
  station: string | null,
): View {
  switch (name) {
    case 'orders':
      return ORDERS;
    case 'kitchen':
      return kitchenView(station);
    case 'board':
      return BOARD;
    case 'menu':
      return MENU;
  }
}
