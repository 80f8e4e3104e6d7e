/** Whether an order bears what a queued command would do to it, so that it was done before. */
import type { RecordVersions } from '../../domain/change-set.js';
import type { OrderGetResult } from '../../protocol/results.js';
import type { StoredEntry } from './entry.js';

type Columns = Readonly<Record<string, unknown>>;

/**
 * The records that the command made or closed, with their present versions, where all of them are there with the content that the
 * payload gives them; null: they are not, or are another's.
 */
export function foundDone(
  { name, payload }: StoredEntry,
  order: OrderGetResult,
): RecordVersions | null {
  const { header, lines, payments } = order;
  const records: RecordVersions = { order_header: { [header.id]: header.version } };
  if (name === 'order.close') return header.status === 'closed' ? records : null;
  if (name === 'order.open' && !agree(header, payload, ['order_type', 'number'])) return null;
  if (name === 'payment.add') {
    const payment = payments.find(({ id }) => id === payload['payment_id']);
    if (payment === undefined || !agree(payment, payload, ['method', 'amount', 'tip'])) return null;
    records['order_payment'] = { [payment.id]: payment.version };
  }
  for (const asked of (payload['lines'] as readonly Columns[] | undefined) ?? []) {
    const line = lines.find(({ id }) => id === asked['line_id']);
    if (line === undefined || !agree(line, asked, ['item_id'])) return null;
    (records['order_line'] ??= {})[line.id] = line.version;
  }
  return isMaking(name) ? records : null;
}

/** The commands whose new records the queue names itself. */
function isMaking(name: string): boolean {
  return name === 'order.open' || name === 'order.add_lines' || name === 'payment.add';
}

/** Columns that the payload leaves out are not compared. */
function agree(row: object, payload: Columns, columns: readonly string[]): boolean {
  return columns.every(
    (column) => !(column in payload) || (row as Columns)[column] === payload[column],
  );
}
