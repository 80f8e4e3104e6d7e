import { Value } from 'typebox/value';
import { expect, it } from 'vitest';
import { Id } from '../../src/domain/fields.js';
import { COMMANDS, LEASES } from '../../src/domain/registry.js';

const ORDER = { order_id: 'a' };
const LINE = { ...ORDER, line_id: 'l' };
const LINES = { ...ORDER, line_ids: ['l', 'm'] };
const REASON = { ...ORDER, reason: 'why' };
const HEADER = { order_header: ['a'] };
const BOTH = { order_header: ['a', 'b'] };
const BOTH_LINES = { order_line: ['l', 'm'] };
const TILL = ['cashier', 'waiter'];

/** Name, a payload, what it expects, roles besides manager and admin. */
const ROWS = [
  ['order.open', { order_type: 'takeaway' }, undefined, TILL],
  ['order.update', ORDER, HEADER, TILL],
  ['order.add_lines', { ...ORDER, lines: [{ item_id: 'i', qty: 1 }] }, undefined, TILL],
  ['order.update_line', LINE, { order_line: ['l'] }, TILL],
  ['order.void_line', { ...LINE, reason: 'why' }, { order_line: ['l'] }, TILL],
  ['order.send', ORDER, undefined, TILL],
  ['order.discount', { ...REASON, kind: 'percent', value: 1 }, HEADER, ['cashier']],
  ['order.transfer', { ...ORDER, table_no: '1' }, HEADER, TILL],
  ['order.merge', { ...ORDER, into_order_id: 'b' }, BOTH, TILL],
  ['order.split', { ...ORDER, lines: [{ line_id: 'l' }] }, HEADER, TILL],
  ['order.close', ORDER, HEADER, ['cashier']],
  ['order.reopen', REASON, HEADER, []],
  ['order.void', REASON, HEADER, []],
  ['kitchen.set_status', { ...LINES, status: 'ready' }, BOTH_LINES, ['kitchen', ...TILL]],
  ['kitchen.clear', LINES, BOTH_LINES, ['kitchen']],
] as const;

/** A command with its payload's type forgotten, as the hub holds it. */
interface Erased {
  readonly payload: object;
  readonly roles: readonly string[];
  expects?(payload: unknown): unknown;
}

function takes(name: keyof typeof COMMANDS | keyof typeof LEASES, payload: unknown): boolean {
  const all = { ...COMMANDS, ...LEASES };
  return Value.Check(all[name].payload, payload);
}

it.each(ROWS)(
  'D-CMD-1 %s has the payload, versions and roles of the protocol, and refuses unknown fields',
  (name, payload, expected, roles) => {
    const definition = COMMANDS[name] as Erased;
    expect(takes(name, payload)).toBe(true);
    expect(takes(name, { ...payload, surprise: 1 })).toBe(false);
    expect(definition.expects?.(payload)).toEqual(expected);
    expect(definition.roles).toEqual(roles);
  },
);

it('D-CMD-2 names, reasons, notes, quantities, amounts and lines have the protocol’s limits', () => {
  const line = { item_id: 'i', qty: 1 };
  const add = (more: object): boolean =>
    takes('order.add_lines', { ...ORDER, lines: [{ ...line, ...more }] });
  expect([1, 999].every((qty) => add({ qty }))).toBe(true);
  expect([0, 1_000, 1.5, '1'].some((qty) => add({ qty }))).toBe(false);
  expect(add({ note: 'n'.repeat(500) })).toBe(true);
  expect(add({ note: 'n'.repeat(501) })).toBe(false);
  expect(add({ surprise: 1 })).toBe(false);
  const addLines = (count: number): boolean =>
    takes('order.add_lines', { ...ORDER, lines: Array.from({ length: count }, () => line) });
  expect([addLines(0), addLines(1), addLines(100), addLines(101)]).toEqual([
    false,
    true,
    true,
    false,
  ]);
  const name = (length: number): boolean =>
    takes('order.update', { ...ORDER, customer_name: 'n'.repeat(length) });
  expect([name(0), name(120), name(121)]).toEqual([false, true, false]);
  const reason = (length: number): boolean =>
    takes('order.void', { ...ORDER, reason: 'r'.repeat(length) });
  expect([reason(0), reason(200), reason(201)]).toEqual([false, true, false]);
  const amount = (value: number): boolean =>
    takes('order.discount', { ...REASON, kind: 'amount', value });
  expect([amount(0), amount(1), amount(10 ** 11), amount(10 ** 11 + 1)]).toEqual([
    false,
    true,
    true,
    false,
  ]);
});

it('D-CMD-3 null clears a field that may be empty, and only such', () => {
  const cleared = { table_no: null, guests: null, customer_name: null, note: null };
  expect(takes('order.update', { ...ORDER, ...cleared })).toBe(true);
  expect(takes('order.update', { ...ORDER, priority: null })).toBe(false);
  expect(takes('order.update_line', { ...LINE, note: null, seat: null, course: null })).toBe(true);
  expect(takes('order.update_line', { ...LINE, qty: null })).toBe(false);
});

it('D-CMD-4 ids are of 1 to 64 safe characters, UUIDs among them', () => {
  const ok = ['0190b6c2-7b1e-7000-8000-0123456789ab', 'grill', 'a', 'a'.repeat(64), 'a.b:c_d-e'];
  expect(ok.filter((id) => !Value.Check(Id, id))).toEqual([]);
  const bad = ['', '__proto__', 'a b', 'a/b', 'a'.repeat(65), '-a', 'a\n'];
  expect(bad.filter((id) => Value.Check(Id, id))).toEqual([]);
});

it('D-LOCK-1 order.lock and order.unlock name an order and 1 to 60 seconds, and are the till’s', () => {
  for (const name of ['order.lock', 'order.unlock'] as const) {
    expect([1, 60].every((seconds) => takes(name, { ...ORDER, seconds }))).toBe(true);
    expect([0, 61].some((seconds) => takes(name, { ...ORDER, seconds }))).toBe(false);
    expect(takes(name, ORDER)).toBe(true);
    expect(LEASES[name].roles).toEqual(TILL);
  }
});
