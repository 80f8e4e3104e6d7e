import { describe, expect, test } from 'vitest';
import { COMMANDS, LEASES } from '../../src/domain/registry.js';
import { encode } from '../../src/protocol/codec.js';
import { parseClientMessage } from '../../src/protocol/parse.js';
import { faultsOf, parse, PAYMENT, refusalOf, withPayload } from './parsing.js';
import { bytesOf, textBytes } from './support.js';

describe('payloads', () => {
  test('P-MSG-5 unknown fields are refused at every depth', () => {
    const { refusal } = refusalOf(
      withPayload(
        { order_id: 'o1', 'a/b~c': 1, lines: [{ item_id: 'i', qty: 1, price: 5 }] },
        'order.add_lines',
      ),
    );
    expect(refusal.code).toBe('validation_failed');
    expect(refusal.details).toEqual([
      { path: '/a~1b~0c', reason: 'is not a known field' },
      { path: '/lines/0/price', reason: 'is not a known field' },
    ]);
  });

  test('P-MSG-6 each fault is told with its path and what would be right', () => {
    const { refusal } = refusalOf(
      withPayload(
        {
          order_type: 'banquet',
          table_no: '',
          guests: '4',
          note: 'x'.repeat(501),
          lines: [
            { item_id: 'i', qty: 0 },
            { qty: 1_000, hold: 'yes' },
          ],
        },
        'order.open',
      ),
    );
    expect(refusal.details).toEqual([
      { path: '/order_type', reason: 'must be "dine_in" or "takeaway" or "delivery"' },
      { path: '/table_no', reason: 'must not be empty' },
      { path: '/guests', reason: 'must be a whole number or null' },
      { path: '/note', reason: 'must have at most 500 characters' },
      { path: '/lines/0/qty', reason: 'must be at least 1' },
      { path: '/lines/1/item_id', reason: 'is required' },
      { path: '/lines/1/qty', reason: 'must be at most 999' },
      { path: '/lines/1/hold', reason: 'must be true or false' },
    ]);
    expect(refusal.message).toBe(
      'order.open: /order_type must be "dine_in" or "takeaway" or "delivery" (and 7 more)',
    );
  });

  test('P-MSG-6 a literal of the wrong type is told what it may be', () => {
    expect(faultsOf(withPayload({ order_id: 'o', method: 7, amount: 1 }))).toEqual([
      {
        path: '/method',
        reason: 'must be "cash" or "card" or "voucher" or "account" or "other"',
      },
    ]);
  });

  test('P-MSG-6 a thousand faults are told as sixteen', () => {
    const lines = Array.from({ length: 90 }, () => ({ qty: 'x' }));
    expect(faultsOf(withPayload({ order_id: 'o', lines }, 'order.add_lines'))).toHaveLength(16);
  });

  test('P-MSG-6 a payload that is no object is told so', () => {
    expect(faultsOf({ ...PAYMENT, payload: [] })).toEqual([
      { path: '/payload', reason: 'must be an object' },
    ]);
  });

  test('P-MSG-7 an integral float is the integer', () => {
    // {"type":"query",...,"params":{"limit":3.0}} with the limit as float64
    const value = { type: 'query', id: '1', name: 'order.list', branchId: 'm', params: {} };
    const head = Buffer.from(encode({ ...value, params: null }, 'msgpack')).toString('hex');
    const params = `81a56c696d6974cb4008000000000000`;
    const parsed = parseClientMessage(bytesOf(head.slice(0, -2) + params), 'msgpack');
    expect(parsed).toEqual({ kind: 'message', message: { ...value, params: { limit: 3 } } });
  });

  test.each([0.5, 2 ** 53, -(2 ** 60), 1e300])('P-MSG-7 the amount %d is refused', (amount) => {
    const [fault] = faultsOf(withPayload({ order_id: 'o', method: 'card', amount }));
    expect(fault?.path).toBe('/amount');
  });

  test('P-MSG-7 a number that is no finite one is refused', () => {
    const text = JSON.stringify(PAYMENT).replace('500', '1e999');
    expect(parseClientMessage(textBytes(text), 'json').kind).toBe('refused');
    expect(parse(withPayload({ order_id: 'o', method: 'card', amount: Number.NaN })).kind).toBe(
      'refused',
    );
  });

  test('P-MSG-7 minus zero is zero', () => {
    const parsed = parseClientMessage(
      textBytes(
        JSON.stringify(withPayload({ opening_float: 1 }, 'shift.open')).replace(':1}', ':-0}'),
      ),
      'json',
    );
    expect(parsed).toMatchObject({ kind: 'message', message: { payload: { opening_float: 0 } } });
  });

  test('P-MSG-7 binary is no text and no object', () => {
    const lines = new Uint8Array(0);
    const parsed = parseClientMessage(
      binaryInside(withPayload({ order_id: 'o', lines: null }, 'order.send'), lines),
      'msgpack',
    );
    expect(parsed).toMatchObject({ kind: 'refused', refusal: { code: 'validation_failed' } });
  });

  test.each(Object.values({ ...COMMANDS, ...LEASES }).map(({ name, payload }) => [name, payload]))(
    'P-MSG-11 every object in the payload of %s refuses unknown fields',
    (_, payload) => {
      expect(openObjects(payload, '')).toEqual([]);
    },
  );

  test.each([
    ['order.get', { order_id: 'o1' }],
    ['order.list', { status: 'open', table_no: '5', from: 0, to: 9, number: 1, limit: 200 }],
    ['order.list', {}],
    ['kitchen.recent', { station: 'grill', limit: 20 }],
    ['shift.report', { kind: 'x' }],
    ['shift.report', { kind: 'z', shift_id: 's' }],
  ])('P-MSG-12 %s takes %o and no field more', (name, params) => {
    const query = { type: 'query', id: '1', name, branchId: 'main', params };
    expect(parse(query)).toEqual({ kind: 'message', message: query });
    expect(faultsOf({ ...query, params: { ...params, bogus: 1 } })).toEqual([
      { path: '/bogus', reason: 'is not a known field' },
    ]);
  });

  test('P-MSG-12 what is wrong in params is told', () => {
    const query = { type: 'query', id: '1', name: 'order.list', branchId: 'main' };
    expect(faultsOf({ ...query, params: { limit: 201, status: 'new' } })).toEqual([
      { path: '/status', reason: expect.stringContaining('must be "open" or') as string },
      { path: '/limit', reason: 'must be at most 200' },
    ]);
  });
});

/** Replaces the last nil of the packed message by binary. */
function binaryInside(value: object, binary: Uint8Array): Uint8Array {
  const packed = encode(value, 'msgpack');
  const nil = packed.lastIndexOf(0xc0);
  return Uint8Array.from([
    ...packed.subarray(0, nil),
    0xc4,
    binary.length,
    ...binary,
    ...packed.subarray(nil + 1),
  ]);
}

/** Paths of the objects in a schema that would take any field. */
function openObjects(schema: unknown, path: string): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const node = schema as Record<string, unknown>;
  const open = node['type'] === 'object' && node['additionalProperties'] !== false ? [path] : [];
  return [
    ...open,
    ...Object.entries(node).flatMap(([key, value]) => openObjects(value, `${path}/${key}`)),
  ];
}
