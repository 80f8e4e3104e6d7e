/** The queries: hot records answer from memory, all others from the store's reader. Nobody sees more than their role may. */
import { assertNever } from '../base/assert.js';
import { refuse, type Refusal } from '../base/refusal.js';
import { publicRow, shiftHead } from '../domain/public-row.js';
import type { OrderAggregate, Role, Rows, TableName } from '../domain/rows.js';
import type { QueryMessage, QueryName } from '../protocol/messages.js';
import type { QueryParams } from '../protocol/queries.js';
import type { Principal } from '../protocol/messages.js';
import type { Store } from '../store/port.js';
import type { HubBranch } from './hub-branch.js';
import type { AskedReport } from './reports/make-report.js';
import { reportOf } from './reports/report-queries.js';
import { shiftReportOf } from './reports/shift-report.js';

export type QueryAnswer =
  | { readonly kind: 'result'; readonly result: unknown }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

const ALL: readonly Role[] = ['admin', 'manager', 'cashier', 'waiter', 'kitchen'];
const OFFICE: readonly Role[] = ['admin', 'manager'];

/** Who may ask what. */
const QUERY_ROLES: Readonly<Record<QueryName, readonly Role[]>> = {
  'branch.get': ALL,
  'order.get': ALL,
  'order.list': ALL,
  'kitchen.recent': ALL,
  'shift.report': ['admin', 'manager', 'cashier'],
  'report.summary': OFFICE,
  'report.sales': OFFICE,
  'report.discounts': OFFICE,
  'report.voids': OFFICE,
  'report.kitchen': OFFICE,
  'report.shifts': OFFICE,
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
      case 'report.summary':
      case 'report.sales':
      case 'report.discounts':
      case 'report.voids':
      case 'report.kitchen':
      case 'report.shifts':
        return this.#report(branch, { name, params } as AskedReport);
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
    { hub, clock }: HubBranch,
    params: QueryParams['shift.report'],
    { id: by }: Principal,
  ): Promise<QueryAnswer> {
    const asker = { hot: hub.hot, store: this.#store, now: clock.now(), by };
    const report = await shiftReportOf(asker, params);
    return 'code' in report ? refused(report) : result(report);
  }

  async #report(branch: HubBranch, asked: AskedReport): Promise<QueryAnswer> {
    const made = await reportOf(branch, this.#store, asked);
    return 'code' in made ? refused(made) : result(made.answer);
  }
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
