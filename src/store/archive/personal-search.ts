/**
 * Finds orders that still say something of a person, wherever they stand: in the database by a scan of its headers, in the
 * archive by reading its segments. There is no index of names, so that nothing but the rows has to be erased.
 */
import type { Database } from 'better-sqlite3';
import type { PlainRow } from '../sqlite/row-sql.js';
import type { FoundPerson, PersonalWanted } from '../upkeep.js';
import type { OrderRecord } from './order-record.js';

const PAGE_ORDERS = 500;

const HEADERS = `SELECT o.*, EXISTS (
    SELECT 1 FROM order_line l INDEXED BY order_line_of_order
    WHERE l.branch_id = o.branch_id AND l.order_id = o.id AND l.note IS NOT NULL) AS noted
  FROM order_header o WHERE o.branch_id = ? AND o.id > ? ORDER BY o.id LIMIT ${String(PAGE_ORDERS)}`;

/** The segments whose orders may have ended in that time: an order ends before its shift, or with it. */
const SEGMENTS = `SELECT g.id FROM archive_segment g
  LEFT JOIN pos_shift s ON s.branch_id = g.branch_id AND s.id = g.shift_id
  WHERE g.branch_id = ? AND g.kind = 'orders' AND g.state <> 'writing'
    AND coalesce(s.closed_at, g.at) >= ? AND coalesce(s.opened_at, 0) < ?
  ORDER BY g.at, g.id`;

const ALWAYS = Number.MAX_SAFE_INTEGER;

export interface PersonalSearchNeeds {
  readonly database: Database;
  readonly records: (segmentId: string) => Iterable<unknown>;
  /** Lets others work, after each page and each segment. */
  readonly rest: () => Promise<void>;
}

/** In no certain order; as many as `limit` and no more. */
export async function searchPersonal(
  needs: PersonalSearchNeeds,
  wanted: PersonalWanted,
): Promise<FoundPerson[]> {
  const found: FoundPerson[] = [];
  const isEnough = () => found.length >= wanted.limit;
  const headers = needs.database.prepare<[string, string]>(HEADERS);
  for (let last = ''; !isEnough();) {
    const page = headers.all(wanted.branchId, last) as PlainRow[];
    for (const header of page) take(found, wanted, { header, noted: header['noted'] === 1 });
    if (page.length < PAGE_ORDERS) break;
    last = page.at(-1)?.['id'] as string;
    await needs.rest();
  }
  const { branchId, endedFrom = 0, endedBefore = ALWAYS } = wanted;
  const segments = needs.database
    .prepare<[string, number, number]>(SEGMENTS)
    .pluck()
    .all(branchId, endedFrom, endedBefore) as string[];
  const isReadFrom = needs.database
    .prepare<[string, string, string]>(
      'SELECT 1 FROM archived_order WHERE branch_id = ? AND id = ? AND segment_id = ?',
    )
    .pluck();
  for (const segmentId of segments) {
    if (isEnough()) break;
    for (const record of needs.records(segmentId) as Iterable<OrderRecord>) {
      const [header] = record.order_header;
      if (header === undefined) continue;
      if (isReadFrom.get(branchId, header['id'] as string, segmentId) !== 1) continue;
      const noted = record.order_line.some(({ note }) => note !== null && note !== undefined);
      take(found, wanted, { header, noted });
    }
    await needs.rest();
  }
  return found.slice(0, wanted.limit);
}

/** Names are compared without case and outer blanks. */
function sameName(name: unknown, wanted: string): boolean {
  return typeof name === 'string' && plain(name) === plain(wanted);
}

function plain(name: string): string {
  return name.normalize('NFC').trim().toLowerCase();
}

function take(
  found: FoundPerson[],
  { customerName, kinds, endedFrom = 0, endedBefore = ALWAYS }: PersonalWanted,
  { header, noted }: { readonly header: PlainRow; readonly noted: boolean },
): void {
  const { id, number, business_date, status, stations, customer_name, note } = header;
  const isFinished = (status === 'closed' || status === 'voided') && stations === '[]';
  const says =
    (kinds.includes('customer_name') && customer_name !== null) ||
    (kinds.includes('note') && (note !== null || noted));
  const endedAt = (header['closed_at'] ?? header['updated_at']) as number;
  const isMeant =
    customerName === undefined
      ? says && isFinished && endedAt >= endedFrom && endedAt < endedBefore
      : sameName(customer_name, customerName);
  if (!isMeant) return;
  found.push({
    orderId: id as string,
    number: number as number,
    businessDate: business_date as string,
    isFinished,
  });
}
