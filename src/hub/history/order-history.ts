/** An order's history as patches between its versions, and its state at any past moment, as a role may see them. */
import { refuse, type Refusal } from '../../base/refusal.js';
import type { Role } from '../../domain/rows.js';
import type { PatchOperation } from '../../protocol/messages.js';
import type { CommitRecord, HistoryPage, OrderHistory } from '../../store/history.js';
import type { Store } from '../../store/port.js';
import { OrderDocumentBuilder, type OrderDocument } from './order-document.js';

export const HISTORY_PAGE_DEFAULT = 50;
export const HISTORY_PAGE_MAX = 200;

/** Who may see what an order was. The kitchen sees what it is. */
export const HISTORY_ROLES: readonly Role[] = ['admin', 'manager', 'cashier', 'waiter'];

export interface HistoryEntry {
  /** Of the branch. */
  readonly version: number;
  readonly at: number;
  /** Id of the person. */
  readonly by: string;
  readonly device: string;
  readonly command: string;
  readonly correlation_id: string | null;
  /** RFC 6902: turns the document of before into that of after; the first one begins with `{}`. */
  readonly patch: readonly PatchOperation[];
}

export interface HistoryResult {
  readonly entries: readonly HistoryEntry[];
  /** `after` of the next page; null: there is no more. */
  readonly next: number | null;
}

export interface PastOrder {
  /** The branch's version that left the order so. */
  readonly version: number;
  readonly at: number;
  readonly order: OrderDocument;
}

export interface AskedOrder {
  readonly store: Store;
  readonly branchId: string;
  readonly orderId: string;
  readonly role: Role;
}

type Told = Extract<OrderHistory, { kind: 'told' }>;
type Outcome<T> = { readonly result: T } | { readonly refusal: Refusal };

/** The entries behind a branch version. */
export async function orderHistory(
  asked: AskedOrder,
  { after = 0, limit = HISTORY_PAGE_DEFAULT }: { readonly after?: number; readonly limit?: number },
): Promise<Outcome<HistoryResult>> {
  const history = await ask(asked, { after: { version: after }, limit });
  if ('refusal' in history) return history;
  const builder = new OrderDocumentBuilder(asked.role);
  builder.put(history.before);
  const entries = history.commits.map(({ rows, ...commit }) => ({
    ...entryOf(commit),
    patch: builder.put(rows),
  }));
  const last = entries.at(-1);
  return { result: { entries, next: history.more && last !== undefined ? last.version : null } };
}

/** As the last commit up to there left it. */
export async function orderAt(
  asked: AskedOrder,
  moment: HistoryPage['after'],
): Promise<Outcome<PastOrder>> {
  const history = await ask(asked, { after: moment, limit: 0 });
  if ('refusal' in history) return history;
  const { base, before } = history;
  if (base === null) {
    return { refusal: refuse('not_found', `order ${asked.orderId} was not there yet`) };
  }
  const builder = new OrderDocumentBuilder(asked.role);
  builder.put(before);
  return { result: { version: base.version, at: base.at, order: builder.document() } };
}

async function ask(
  { store, branchId, orderId }: AskedOrder,
  page: HistoryPage,
): Promise<Told | { readonly refusal: Refusal }> {
  const history = await store.orderHistory(branchId, orderId, page);
  if (history === null) return { refusal: refuse('not_found', `no order ${orderId}`) };
  if (history.kind === 'told') return history;
  const message = `the history of order ${orderId} cannot be told: ${history.reason}`;
  return { refusal: refuse('not_found', message) };
}

function entryOf({ version, at, actor, device, command, correlation_id }: CommitRecord) {
  return { version, at, by: actor, device, command, correlation_id };
}
