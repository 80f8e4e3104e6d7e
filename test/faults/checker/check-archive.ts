/** Every order and commit in exactly one place, and no file in the archive that the catalogue does not name. Shares no code with the hub. */
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { commitsOf, recordsOf, segmentsOf, type Segment } from '../../e2e/crash/segments.js';
import { PAST, type PastCommit } from '../scenarios/archive.js';
import { ERASED, type ErasedOrder } from '../scenarios/erasure.js';
import type { Expectation } from './check-image.js';

const PARTS = [
  ...['order_line', 'order_payment', 'order_adjustment'],
  ...['order_status_log', 'order_line_status_log'],
];

interface IndexRow {
  readonly id: string;
  readonly segment_id: string;
}

/** After a start has finished or undone what it found half-way. In words; empty: all is as it must be. */
export function checkArchive(path: string, branchId: string, expected: Expectation): string[] {
  const database = new Database(path, { readonly: true });
  try {
    const orders = segmentsOf(database, branchId, 'orders');
    const events = segmentsOf(database, branchId, 'events');
    const past = (expected.shown.get(PAST) ?? []) as readonly PastCommit[];
    return [
      ...checkFiles(dirname(path), [...orders, ...events]),
      ...checkOrders({ database, branchId, segments: orders, wanted: openedIn(expected, past) }),
      ...checkEvents(database, branchId, events),
      ...checkPast(database, branchId, past),
      ...checkErased(database, orders, expected),
      ...checkBroughtBack(orders, expected),
    ];
  } finally {
    database.close();
  }
}

function checkFiles(directory: string, segments: readonly Segment[]): string[] {
  const archive = join(directory, 'archive');
  const files = existsSync(archive) ? readdirSync(archive).sort() : [];
  const named = segments.map(({ id }) => `${id}.segment`).sort();
  const halfWay = segments.filter(({ state }) => state !== 'done');
  return [
    ...halfWay.map(({ id, state }) => `segment ${id} is ${state} after a start`),
    ...(files.join() === named.join() ? [] : [`files ${files.join()}, catalogue ${named.join()}`]),
  ];
}

/** Ids of the orders whose opening was acknowledged. */
function openedIn(
  { commands, acknowledged }: Expectation,
  past: readonly PastCommit[],
): readonly string[] {
  const opened = commands.flatMap(({ key, name, payload }) =>
    name === 'order.open' && acknowledged.has(key) && 'order_id' in payload
      ? [String(payload.order_id)]
      : [],
  );
  return [...past.flatMap((commit) => commit.opened ?? []), ...opened];
}

interface Orders {
  readonly database: Database.Database;
  readonly branchId: string;
  readonly segments: readonly Segment[];
  readonly wanted: readonly string[];
}

function checkOrders({ database, branchId, segments, wanted }: Orders): string[] {
  const places = new Map<string, string[]>();
  const note = (id: string, place: string): void => {
    places.set(id, [...(places.get(id) ?? []), place]);
  };
  const all = <Row>(sql: string): Row[] => database.prepare<[string], Row>(sql).all(branchId);
  for (const { id } of all<{ id: string }>('SELECT id FROM order_header WHERE branch_id = ?')) {
    note(id, 'the rows');
  }
  const index = all<IndexRow>('SELECT id, segment_id FROM archived_order WHERE branch_id = ?');
  const filed = new Map(segments.map((each) => [each.id, headersIn(database, each)]));
  const lost = index.filter(({ id, segment_id }) => {
    note(id, segment_id);
    return filed.get(segment_id)?.filter((order) => order.id === id).length !== 1;
  });
  const astray = [...new Set([...wanted, ...places.keys()])].filter(
    (id) => places.get(id)?.length !== 1,
  );
  const parts = PARTS.filter((table) => {
    const sql = `SELECT count(*) AS left FROM ${table} p WHERE branch_id = ? AND NOT EXISTS (
      SELECT 1 FROM order_header o WHERE o.branch_id = p.branch_id AND o.id = p.order_id)`;
    return all<{ left: number }>(sql)[0]?.left !== 0;
  });
  return [
    ...lost.map(({ id, segment_id }) => `order ${id} is not once in segment ${segment_id}`),
    ...astray.map((id) => `order ${id} is in ${places.get(id)?.join(' and ') ?? 'no place'}`),
    ...parts.map((table) => `${table} has rows of orders that are archived`),
  ];
}

interface Header {
  readonly id: string;
  readonly customer_name: string | null;
}

function headersIn(database: Database.Database, segment: Segment): Header[] {
  const records = recordsOf(database, segment) as { order_header: Header[] }[];
  return records.flatMap(({ order_header }) => order_header);
}

/** That none is missing is the business of whoever reads the whole history. */
function checkEvents(
  database: Database.Database,
  branchId: string,
  segments: readonly Segment[],
): string[] {
  const last = segments.at(-1)?.last_version ?? 0;
  const twice = database
    .prepare('SELECT count(*) FROM sync_event WHERE branch_id = ? AND version <= ?')
    .pluck()
    .get(branchId, last) as number;
  return twice === 0 ? [] : [`${twice} commits are in segments and in the rows`];
}

/** Each once, as it was acknowledged, though its key is forgotten. */
function checkPast(
  database: Database.Database,
  branchId: string,
  past: readonly PastCommit[],
): string[] {
  const commits = commitsOf(database, branchId).filter(({ key }) => key !== null);
  return past.flatMap(({ key, version }) => {
    const found = commits.filter((commit) => commit.key === key);
    if (found.length === 1 && found[0]?.version === version) return [];
    return [`${key} was acknowledged as ${version}, and is there ${found.length} times`];
  });
}

/** Of an order whose erasure was answered no place tells the guest's name. */
function checkErased(
  database: Database.Database,
  segments: readonly Segment[],
  { acknowledged, shown }: Expectation,
): string[] {
  const erased = shown.get(ERASED) as ErasedOrder | undefined;
  if (erased === undefined || !acknowledged.has(erased.after)) return [];
  const rows = database.prepare<[], Header>('SELECT id, customer_name FROM order_header').all();
  const places = [
    { place: 'the rows', headers: rows },
    ...segments.map((each) => ({ place: each.id, headers: headersIn(database, each) })),
  ];
  const telling = places.filter(({ headers }) =>
    headers.some(({ id, customer_name }) => id === erased.orderId && customer_name !== null),
  );
  return telling.map(({ place }) => `the guest of an order that was erased is named in ${place}`);
}

/** Nothing is left in the archive once an operator was told so. */
function checkBroughtBack(segments: readonly Segment[], { said }: Expectation): string[] {
  if (said.length === 0) return [];
  return segments.map(({ id }) => `segment ${id} is there, though all was brought back`);
}
