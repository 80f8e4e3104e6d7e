/** The queries: hot records answer from memory, all others from the store's reader. Nobody sees more than their role may. */
import { assertNever } from '../base/assert.js';
import { refuse, type Refusal } from '../base/refusal.js';
import { publicRow, shiftHead } from '../domain/public-row.js';
import { figuresOf } from '../domain/reports/figures-of.js';
import { openOrders, shiftReport, type ShiftReport } from '../domain/reports/shift-report.js';
import type { OrderAggregate, PosShift, Role, Rows, TableName } from '../domain/rows.js';
import type { QueryMessage, QueryName } from '../protocol/messages.js';
import type { QueryParams } from '../protocol/queries.js';
import type { Principal } from '../protocol/messages.js';
import type { Store } from '../store/port.js';
import { shiftRecordsOf } from './branch/state-view.js';
import type { HubBranch } from './hub-branch.js';

export type QueryAnswer =
  | { readonly kind: 'result'; readonly result: unknown }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

const ALL: readonly Role[] = ['admin', 'manager', 'cashier', 'waiter', 'kitchen'];

/** Who may ask what. */
const QUERY_ROLES: Readonly<Record<QueryName, readonly Role[]>> = {
  'branch.get': ALL,
  'order.get': ALL,
  'order.list': ALL,
  'kitchen.recent': ALL,
  'shift.report': ['admin', 'manager', 'cashier'],
};

const RECENT_LINES = 20;

export class Queries {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  async answer(
    branch: HubBranch,
    { name, params }: Pick<QueryMessage, 'name' | 'params'>,
    principal: Principal,
  ): Promise<QueryAnswer> {
    const { role } = principal;
    if (!QUERY_ROLES[name].includes(role)) {
      return refused(refuse('forbidden', `a ${role} may not ask ${name}`));
    }
    switch (name) {
      case 'branch.get':
        return branchGet(branch, role);
      case 'order.get':
        return this.#orderGet(branch, params as QueryParams['order.get'], role);
      case 'order.list':
        return this.#orderList(branch, params, role);
      case 'kitchen.recent':
        return this.#kitchenRecent(branch, params);
      case 'shift.report':
        return this.#shiftReport(branch, params as QueryParams['shift.report'], principal);
      default:
        return assertNever(name);
    }
  }

  async #orderGet(
    branch: HubBranch,
    { order_id: orderId }: QueryParams['order.get'],
    role: Role,
  ): Promise<QueryAnswer> {
    const { hot, reader } = branch.hub;
    if (!hot.orders.has(orderId)) {
      const cold = await reader.order(orderId);
      if (cold === null) return refused(refuse('not_found', `no order ${orderId}`));
      return result({ ...orderRows(cold, role), logs: cold.logs });
    }
    reader.counts.hot += 1;
    const stored = await this.#store.order(branch.hub.id, orderId);
    // Memory as it is after the read: at least as new as the logs, unless the order went cold meanwhile.
    const order = hot.orders.get(orderId) ?? stored;
    if (order === null) return refused(refuse('not_found', `no order ${orderId}`));
    return result({ ...orderRows(order, role), logs: stored?.logs ?? [] });
  }

  async #orderList(
    branch: HubBranch,
    filter: QueryParams['order.list'],
    role: Role,
  ): Promise<QueryAnswer> {
    const page = await this.#store.orders(branch.hub.id, filter);
    return result({ orders: shown('order_header', page.orders, role), cursor: page.cursor });
  }

  /** For recall at a screen: as a kitchen sees lines, whoever asks. */
  async #kitchenRecent(
    branch: HubBranch,
    { station, limit }: QueryParams['kitchen.recent'],
  ): Promise<QueryAnswer> {
    const lines = await this.#store.recentlyServed(
      branch.hub.id,
      station ?? null,
      limit ?? RECENT_LINES,
    );
    return result({
      lines: shown('order_line', lines, 'kitchen').map(({ updated_at: _at, ...line }) => line),
    });
  }

  async #shiftReport(
    branch: HubBranch,
    { shift_id: shiftId, kind }: QueryParams['shift.report'],
    principal: Principal,
  ): Promise<QueryAnswer> {
    const { hot } = branch.hub;
    const open = hot.shift;
    const asksOpen =
      open !== null && (shiftId === open.id || (shiftId === undefined && kind === 'x'));
    if (asksOpen) {
      if (kind === 'z') {
        return refused(
          refuse('invalid_state', 'the shift is open; its Z report comes with the close'),
        );
      }
      return result({ report: xReport(branch, open, principal.id), z_number: null });
    }
    const stored = await this.#store.shift(branch.hub.id, shiftId ?? null);
    if (stored === null) return refused(refuse('not_found', 'there is no such shift'));
    return result({ report: stored.shift.z_report, z_number: stored.shift.z_number });
  }
}

function xReport({ hub: { hot }, clock }: HubBranch, shift: PosShift, by: string): ShiftReport {
  const records = shiftRecordsOf(hot);
  const item = (id: string) => hot.tables.menu_item.get(id);
  return shiftReport({
    branch: hot.branch,
    shift,
    figures: figuresOf(records, { branch: hot.branch, shift, item }),
    openOrders: openOrders(records.orders),
    kind: 'x',
    at: clock.now(),
    by,
  });
}

function branchGet(branch: HubBranch, role: Role): QueryAnswer {
  const { branch: row, shift } = branch.hub.hot;
  return result({
    branch: publicRow('branch', row, role),
    shift: shift === null ? null : shiftHead(shift),
  });
}

function result(value: unknown): QueryAnswer {
  return { kind: 'result', result: value };
}

function refused(refusal: Refusal): QueryAnswer {
  return { kind: 'refused', refusal };
}

function shown<T extends TableName>(
  table: T,
  rows: readonly Rows[T][],
  role: Role,
): Readonly<Record<string, unknown>>[] {
  return rows.map((row) => publicRow(table, row, role)).filter((row) => row !== null);
}

function orderRows(order: OrderAggregate, role: Role): Readonly<Record<string, unknown>> {
  return {
    header: publicRow('order_header', order.header, role),
    lines: shown('order_line', order.lines, role),
    payments: shown('order_payment', order.payments, role),
    adjustments: shown('order_adjustment', order.adjustments, role),
  };
}
