/** What a channel has to show of the records, written down from the protocol's table of views and from nothing else. */
import type { BranchRecords, ChannelState, OrderRecord, Row } from './evidence.js';

const KITCHEN_HEADER =
  'id number order_type table_no guests note priority status stations opened_at sent_at ready_at version'.split(
    ' ',
  );
const KITCHEN_LINE =
  'id order_id branch_id seq item_id name qty modifiers note allergens seat course station status mark void_reason origin_line_id created_at sent_at started_at ready_at served_at version'.split(
    ' ',
  );

function columnsOf(row: Row, columns: readonly string[]): Row {
  return Object.fromEntries(columns.map((column) => [column, row[column]])) as Row;
}

function byId(rows: readonly Row[]): ReadonlyMap<string, Row> {
  return new Map(rows.map((row) => [row.id, row]));
}

function kitchen(orders: readonly OrderRecord[], station: string | null): ChannelState['tables'] {
  const headers = orders
    .map(({ header }) => header)
    .filter((header) => {
      const stations = header['stations'] as readonly string[];
      return station === null ? stations.length > 0 : stations.includes(station);
    });
  const lines = orders
    .flatMap((order) => order.lines)
    .filter((line) => {
      const cooks = ['queued', 'preparing', 'ready'].includes(String(line['status']));
      const isHere = station === null || line['station'] === station;
      return isHere && (cooks || line['mark'] !== null);
    });
  const shown = lines.map((line) => {
    const modifiers = line['modifiers'] as readonly {
      readonly id: string;
      readonly name: string;
    }[];
    return {
      ...columnsOf(line, KITCHEN_LINE),
      modifiers: modifiers.map(({ id, name }) => ({ id, name })),
    };
  });
  return new Map([
    ['order_header', byId(headers.map((header) => columnsOf(header, KITCHEN_HEADER)))],
    ['order_line', byId(shown)],
  ]);
}

function ofOpenShift(records: BranchRecords): ChannelState['tables'] {
  const open = records.shifts.find(({ zNumber }) => zNumber === null);
  const orders = records.orders.filter(
    ({ header }) => open !== undefined && header['shift_id'] === open.id,
  );
  return new Map([
    ['order_header', byId(orders.map(({ header }) => header))],
    ['order_line', byId(orders.flatMap(({ lines }) => lines))],
    ['order_payment', byId(orders.flatMap(({ payments }) => payments))],
    ['order_adjustment', byId(orders.flatMap(({ adjustments }) => adjustments))],
  ]);
}

/** null: the view shows what `order.get` does not (menu, shift, devices). */
export function expectedView(
  channel: string,
  records: BranchRecords,
): ChannelState['tables'] | null {
  const [, view = '', station = null] = channel.split('/');
  switch (view) {
    case 'kitchen':
      return kitchen(records.orders, station);
    case 'orders':
      return ofOpenShift(records);
    case 'board': {
      const shown = records.orders
        .map(({ header }) => header)
        .filter(({ status }) => status === 'preparing' || status === 'ready')
        .map((header) => columnsOf(header, ['id', 'number', 'status', 'version']));
      return new Map([['order_header', byId(shown)]]);
    }
    default:
      return null;
  }
}
