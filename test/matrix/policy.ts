/**
 * Who may do what, written out by hand from the protocol's tables and the API's document: the code's own tables are not looked at.
 * Each row has the smallest request that fits its schema, so that nothing but the role and the branch can refuse it at the door.
 */
import type { Expect } from '../../src/domain/command.js';
import type { Role } from '../../src/domain/rows.js';

const ALL = ['admin', 'manager', 'cashier', 'waiter', 'kitchen'] as const;
const FLOOR = ['admin', 'manager', 'cashier', 'waiter'] as const;
const TILL = ['admin', 'manager', 'cashier'] as const;
const OFFICE = ['admin', 'manager'] as const;
const NOBODY = [] as const;

export type Roles = readonly Role[];

export interface CommandPolicy {
  readonly name: string;
  readonly roles: Roles;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly expect?: Expect;
}

/** The order, its line in preparation and the line's version, which stand there when the matrix is run. */
export const COOKED = { order: 'o1', line: 'o1-1', version: 3 } as const;

const order = { order_id: 'none' };
const line = { order_id: 'none', line_id: 'none' };
const lines = { order_id: 'none', line_ids: ['none'] };
const shift = { shift_id: 'none' };
const reason = 'because';
const moved = { ...shift, amount: 1, reason };
const cooked = { order_id: COOKED.order, line_ids: [COOKED.line] };
const cookedSeen = { order_line: { [COOKED.line]: COOKED.version } };

export const COMMAND_POLICY: readonly CommandPolicy[] = [
  { name: 'shift.open', roles: TILL, payload: { opening_float: 0 } },
  { name: 'shift.close', roles: TILL, payload: { ...shift, counted_cash: 0 } },
  {
    name: 'shift.handover',
    roles: TILL,
    payload: { ...shift, to_staff_id: 'lucy', counted_cash: 0 },
  },
  { name: 'cash.paid_in', roles: TILL, payload: moved },
  { name: 'cash.paid_out', roles: TILL, payload: moved },
  { name: 'cash.drop', roles: TILL, payload: moved },
  { name: 'cash.no_sale', roles: TILL, payload: { ...shift, reason } },
  { name: 'order.open', roles: FLOOR, payload: { order_type: 'takeaway' } },
  { name: 'order.update', roles: FLOOR, payload: { ...order, guests: 2 } },
  {
    name: 'order.add_lines',
    roles: FLOOR,
    payload: { ...order, lines: [{ item_id: 'hummus', qty: 1 }] },
  },
  { name: 'order.update_line', roles: FLOOR, payload: { ...line, qty: 2 } },
  { name: 'order.void_line', roles: FLOOR, payload: { ...line, reason } },
  { name: 'order.send', roles: FLOOR, payload: order },
  {
    name: 'order.discount',
    roles: TILL,
    payload: { ...order, kind: 'amount', value: 1, reason },
  },
  { name: 'order.transfer', roles: FLOOR, payload: { ...order, table_no: '7' } },
  { name: 'order.merge', roles: FLOOR, payload: { ...order, into_order_id: 'neither' } },
  { name: 'order.split', roles: FLOOR, payload: { ...order, lines: [{ line_id: 'none' }] } },
  { name: 'order.close', roles: TILL, payload: order },
  { name: 'order.reopen', roles: OFFICE, payload: { ...order, reason } },
  { name: 'order.void', roles: OFFICE, payload: { ...order, reason } },
  { name: 'order.lock', roles: FLOOR, payload: order },
  { name: 'order.unlock', roles: FLOOR, payload: order },
  { name: 'kitchen.set_status', roles: ALL, payload: { ...lines, status: 'served' } },
  // Only those who cook, and those who may do all, say that something is being cooked or cooked.
  {
    name: 'kitchen.set_status',
    roles: ['admin', 'manager', 'kitchen'],
    payload: { ...cooked, status: 'preparing' },
    expect: cookedSeen,
  },
  { name: 'kitchen.clear', roles: ['admin', 'manager', 'kitchen'], payload: lines },
  { name: 'payment.add', roles: TILL, payload: { ...order, method: 'cash', amount: 1 } },
  { name: 'payment.refund', roles: OFFICE, payload: { payment_id: 'none', amount: 1, reason } },
  { name: 'menu.put_item', roles: OFFICE, payload: { id: 'hummus', price: 1 } },
  {
    name: 'menu.set_availability',
    roles: ['admin', 'manager', 'cashier', 'kitchen'],
    payload: { item_id: 'none', available: true },
  },
  { name: 'numbers.lease', roles: FLOOR, payload: { count: 1 } },
];

export interface ViewPolicy {
  readonly name: string;
  readonly station?: string;
  readonly roles: Roles;
}

export const VIEW_POLICY: readonly ViewPolicy[] = [
  { name: 'orders', roles: FLOOR },
  { name: 'kitchen', roles: ALL },
  { name: 'kitchen', station: 'grill', roles: ALL },
  { name: 'board', roles: ALL },
  { name: 'shift', roles: TILL },
  { name: 'menu', roles: ALL },
  { name: 'devices', roles: OFFICE },
];

export interface QueryPolicy {
  readonly name: string;
  readonly roles: Roles;
  readonly params: Readonly<Record<string, unknown>>;
}

export const QUERY_POLICY: readonly QueryPolicy[] = [
  { name: 'branch.get', roles: ALL, params: {} },
  { name: 'order.get', roles: ALL, params: { order_id: 'none' } },
  { name: 'order.list', roles: ALL, params: {} },
  { name: 'kitchen.recent', roles: ALL, params: {} },
  { name: 'shift.report', roles: TILL, params: { kind: 'x' } },
  { name: 'report.summary', roles: OFFICE, params: {} },
  { name: 'report.sales', roles: OFFICE, params: { group_by: 'hour' } },
  { name: 'report.discounts', roles: OFFICE, params: {} },
  { name: 'report.voids', roles: OFFICE, params: {} },
  { name: 'report.kitchen', roles: OFFICE, params: {} },
  { name: 'report.shifts', roles: OFFICE, params: {} },
];

export interface RoutePolicy {
  readonly method: string;
  /** Below /api/v1. */
  readonly path: string;
  /** `public`: nobody needs a token, and none is looked at. */
  readonly roles: Roles | 'public';
  /** Who brings the token; default: a person. */
  readonly as?: 'person' | 'device';
  readonly body?: unknown;
  readonly query?: string;
  /** What whoever may do it is told, where a request that is let in would do too much here. */
  readonly letIn?: 'validation_failed';
}

const served = { name: 'kitchen.set_status', payload: { ...lines, status: 'served' } };
const unfit = { body: {}, letIn: 'validation_failed' } as const;

export const ROUTE_POLICY: readonly RoutePolicy[] = [
  // The device's own token alone opens a login: a person's is refused, whatever the role.
  { method: 'POST', path: '/auth/login', roles: NOBODY, body: { staff_id: 'none' } },
  {
    method: 'POST',
    path: '/auth/login',
    roles: ALL,
    as: 'device',
    body: { staff_id: 'none' },
    letIn: 'validation_failed',
  },
  { method: 'POST', path: '/auth/password', roles: 'public', ...unfit },
  { method: 'POST', path: '/auth/refresh', roles: 'public', ...unfit },
  { method: 'POST', path: '/auth/pair', roles: 'public', ...unfit },
  { method: 'POST', path: '/auth/logout', roles: ALL },
  {
    method: 'POST',
    path: '/branches/:branch/pairing-codes',
    roles: ['admin'],
    body: { name: 'Till', role: 'waiter' },
  },
  { method: 'POST', path: '/branches/:branch/commands', roles: ALL, body: served },
  { method: 'GET', path: '/branches/:branch/orders', roles: ALL },
  { method: 'GET', path: '/branches/:branch/orders/:order', roles: ALL },
  { method: 'GET', path: '/branches/:branch/orders/:order/history', roles: FLOOR },
  {
    method: 'GET',
    path: '/branches/:branch/orders/:order/state',
    roles: FLOOR,
    query: '?version=1',
  },
  { method: 'GET', path: '/branches/:branch/audit', roles: OFFICE },
  { method: 'GET', path: '/branches/:branch/kitchen/recent', roles: ALL },
  { method: 'GET', path: '/branches/:branch/reports/shift', roles: TILL, query: '?kind=x' },
  { method: 'GET', path: '/branches/:branch/reports/summary', roles: OFFICE },
  { method: 'GET', path: '/branches/:branch/reports/sales', roles: OFFICE, query: '?group_by=day' },
  { method: 'GET', path: '/branches/:branch/reports/discounts', roles: OFFICE },
  { method: 'GET', path: '/branches/:branch/reports/voids', roles: OFFICE },
  { method: 'GET', path: '/branches/:branch/reports/kitchen', roles: OFFICE },
  { method: 'GET', path: '/branches/:branch/reports/shifts', roles: OFFICE },
  // Of the branches that the token names besides: these tokens name none.
  { method: 'GET', path: '/reports/summary', roles: OFFICE },
  { method: 'GET', path: '/reports/sales', roles: OFFICE, query: '?group_by=day' },
  { method: 'GET', path: '/reports/discounts', roles: OFFICE },
  { method: 'GET', path: '/reports/voids', roles: OFFICE },
  { method: 'GET', path: '/reports/kitchen', roles: OFFICE },
  { method: 'GET', path: '/reports/shifts', roles: OFFICE },
  { method: 'GET', path: '/branches/:branch/menu', roles: ALL },
  { method: 'GET', path: '/branches/:branch/menu/items/:item', roles: ALL },
  {
    method: 'PUT',
    path: '/branches/:branch/menu/items/:item',
    roles: OFFICE,
    body: { name: 'Soup', price: 1 },
  },
  {
    method: 'PATCH',
    path: '/branches/:branch/menu/items/:item/availability',
    roles: ['admin', 'manager', 'cashier', 'kitchen'],
    body: { available: true },
  },
  { method: 'GET', path: '/branches/:branch', roles: ALL },
  { method: 'PATCH', path: '/branches/:branch', roles: OFFICE, body: { name: 'Main' } },
  { method: 'GET', path: '/branches/:branch/devices/status', roles: OFFICE },
  {
    method: 'PUT',
    path: '/branches/:branch/stations/:station',
    roles: OFFICE,
    body: { name: 'Grill' },
  },
  { method: 'GET', path: '/branches/:branch/staff', roles: OFFICE },
  { method: 'GET', path: '/branches/:branch/staff/:staff', roles: OFFICE },
  {
    method: 'PUT',
    path: '/branches/:branch/staff/:staff',
    roles: ['admin'],
    body: { name: 'Lucy' },
  },
  {
    method: 'PUT',
    path: '/branches/:branch/staff/:staff/pin',
    roles: OFFICE,
    body: { pin: '4711' },
  },
  {
    method: 'PUT',
    path: '/branches/:branch/staff/:staff/password',
    roles: ['admin'],
    body: { password: 'correct horse battery' },
  },
  { method: 'GET', path: '/branches/:branch/devices', roles: OFFICE },
  { method: 'GET', path: '/branches/:branch/devices/:device', roles: OFFICE },
  {
    method: 'PATCH',
    path: '/branches/:branch/devices/:device',
    roles: ['admin'],
    body: { name: 'Till' },
  },
  { method: 'DELETE', path: '/branches/:branch/devices/:device', roles: ['admin'] },
  { method: 'GET', path: '/cache/stats', roles: ['admin'] },
  { method: 'POST', path: '/cache/validate/:orderId', roles: ['admin'] },
  { method: 'POST', path: '/cache/sync/:orderId', roles: ['admin'] },
  { method: 'POST', path: '/cache/invalidate/:orderId', roles: ['admin'] },
  {
    method: 'POST',
    path: '/cache/invalidate',
    roles: ['admin'],
    body: { tag: { kind: 'shift', id: 'none' } },
  },
  { method: 'POST', path: '/cache/bulk-sync', roles: ['admin'], body: { order_ids: ['none'] } },
  { method: 'GET', path: '/archive', roles: ['admin'] },
  { method: 'POST', path: '/archive', roles: ['admin'] },
  {
    method: 'POST',
    path: '/branches/:branch/orders/:order/erase-personal-data',
    roles: OFFICE,
  },
  {
    method: 'POST',
    path: '/branches/:branch/erase-personal-data',
    roles: OFFICE,
    body: { customer_name: 'Nobody' },
  },
];

/** What the hub serves beside the API, to whoever asks: how it is, and its documents. */
export const PUBLIC_PAGES: readonly string[] = [
  '/',
  '/healthz',
  '/readyz',
  '/metrics',
  '/docs',
  '/docs/',
  '/docs/json',
  '/docs/yaml',
  '/docs/asyncapi.json',
  '/docs/errors',
  '/docs/static/*',
  '/docs/static/index.html',
  '/docs/static/swagger-initializer.js',
  '/docs/static/theme/expeditor.css',
];
