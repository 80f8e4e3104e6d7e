import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FaultDetail } from '../../src/base/refusal.js';
import { COMMANDS, LEASES } from '../../src/domain/registry.js';
import { encode } from '../../src/protocol/codec.js';
import { MESSAGE_BYTES_MAX } from '../../src/protocol/limits.js';
import type { Encoding } from '../../src/protocol/messages.js';
import { parseClientMessage, type ParsedMessage } from '../../src/protocol/parse.js';
import { bytesOf, ENCODINGS, message, textBytes } from './support.js';

const PAYMENT = {
  type: 'command',
  id: '1',
  key: 'k1',
  name: 'payment.add',
  branchId: 'main',
  payload: { order_id: 'o1', method: 'cash', amount: 500 },
};

function parse(value: object, encoding: Encoding = 'msgpack'): ParsedMessage {
  return parseClientMessage(encode(value, encoding), encoding);
}

function refusalOf(value: object): Extract<ParsedMessage, { kind: 'refused' }> {
  const parsed = parse(value);
  if (parsed.kind !== 'refused') throw new Error(`not refused: ${JSON.stringify(parsed)}`);
  expect(parse(value, 'json')).toEqual(parsed);
  return parsed;
}

function faultsOf(value: object): readonly FaultDetail[] {
  return refusalOf(value).refusal.details as readonly FaultDetail[];
}

function withPayload(payload: object, name = 'payment.add'): object {
  return { ...PAYMENT, name, payload };
}

describe('messages', () => {
  const messages = [
    { type: 'hello', id: '1', token: 't' },
    { type: 'hello', id: '1', token: 't', client: { name: 'till', version: '1' }, sessionId: 's' },
    { type: 'auth', id: '1', token: 't' },
    { type: 'subscribe', id: '1', view: 'orders', branchId: 'main' },
    {
      type: 'subscribe',
      id: '1',
      view: 'kitchen',
      branchId: 'main',
      station: 'grill',
      since: { epoch: 'e', version: 12 },
    },
    { type: 'unsubscribe', id: '1', channel: 'main/orders' },
    PAYMENT,
    {
      ...PAYMENT,
      expect: { order_header: { o1: 3 } },
      correlationId: 'c',
      clientAt: 1_764_000_000_000,
    },
    { type: 'query', id: '1', name: 'order.get', branchId: 'main', params: { order_id: 'o1' } },
    { type: 'heartbeat', versions: { 'main/orders': 4 } },
    { type: 'heartbeat', versions: {}, queue: { length: 2, oldestAt: 1_764_000_000_000 } },
    { type: 'heartbeat', versions: {}, queue: { length: 0, oldestAt: null } },
    { type: 'ping', id: '1' },
  ];

  test.each(messages)('P-ENC-1 %o is read the same from both encodings', (value) => {
    for (const encoding of ENCODINGS) {
      expect(parse(value, encoding)).toEqual({ kind: 'message', message: value });
    }
  });

  test.each(messages)('P-MSG-1 unknown fields of %o are ignored and not passed on', (value) => {
    const more = { ...value, bogus: { a: [1] }, Token: 'x' } as Record<string, unknown>;
    for (const inner of ['client', 'since', 'queue']) {
      if (typeof more[inner] === 'object') more[inner] = { ...more[inner], bogus: 1.5 };
    }
    expect(parse(more)).toEqual({ kind: 'message', message: value });
  });

  test('P-MSG-2 a wrong envelope field is bad_message, with its path and what can be repeated', () => {
    const { refusal, ...rest } = refusalOf({ ...PAYMENT, branchId: 7, clientAt: 'now' });
    expect(rest).toEqual({ kind: 'refused', type: 'command', id: '1', key: 'k1' });
    expect(refusal.code).toBe('bad_message');
    expect(refusal.message).toBe('command: /branchId must be a string (and 1 more)');
    expect(refusal.details).toEqual([
      { path: '/branchId', reason: 'must be a string' },
      { path: '/clientAt', reason: 'must be a whole number' },
    ]);
  });

  test('P-MSG-2 null is not absent', () => {
    const faults = faultsOf({ type: 'hello', id: '1', token: 't', sessionId: null });
    expect(faults).toEqual([{ path: '/sessionId', reason: 'must be a string' }]);
  });

  test.each([[{ id: 7 }], [{ id: '' }], [{ id: 'x'.repeat(65) }], [{}]])(
    'P-MSG-10 the id of %o is refused and not repeated',
    (id) => {
      const refused = refusalOf({ type: 'ping', ...id });
      expect(refused.refusal.code).toBe('bad_message');
      expect(refused).not.toHaveProperty('id');
    },
  );

  test('P-MSG-10 the longest id and key pass, longer ones do not', () => {
    expect(parse({ type: 'ping', id: 'x'.repeat(64) }).kind).toBe('message');
    expect(parse({ ...PAYMENT, key: 'k'.repeat(128) }).kind).toBe('message');
    const refused = refusalOf({ ...PAYMENT, key: 'k'.repeat(129) });
    expect(refused).not.toHaveProperty('key');
    expect(refused.refusal.details).toEqual([
      { path: '/key', reason: 'must have at most 128 characters' },
    ]);
  });

  test('P-MSG-3 an unknown type is bad_message', () => {
    const { id, type, refusal } = refusalOf({ type: 'subscibe', id: '9' });
    expect({ id, type, code: refusal.code }).toEqual({
      id: '9',
      type: 'subscibe',
      code: 'bad_message',
    });
    expect(refusalOf({ type: 'toString', id: '9' }).refusal.code).toBe('bad_message');
  });

  test.each([
    [{ ...PAYMENT, name: 'order.explode' }, '/name'],
    [{ type: 'query', id: '1', name: 'order.explode', branchId: 'main', params: {} }, '/name'],
    [{ type: 'subscribe', id: '1', view: 'cellar', branchId: 'main' }, '/view'],
  ])('P-MSG-4 the unknown name in %o is validation_failed', (value, path) => {
    const { refusal } = refusalOf(value);
    expect(refusal.code).toBe('validation_failed');
    expect(refusal.details).toMatchObject([{ path }]);
  });

  test('P-MSG-8 expect takes versions from 0 of known tables and nothing else', () => {
    expect(parse({ ...PAYMENT, expect: { menu_item: { m: 0 } } }).kind).toBe('message');
    expect(faultsOf({ ...PAYMENT, expect: { orders: { o1: 1 } } })).toEqual([
      { path: '/expect/orders', reason: 'is not a known field' },
    ]);
    expect(
      faultsOf({ ...PAYMENT, expect: { order_line: { 'a\nb': '1', c: -1, d: 1.5 } } }),
    ).toEqual([
      { path: '/expect/order_line/a\nb', reason: 'must be a whole number' },
      { path: '/expect/order_line/c', reason: 'must be at least 0' },
      { path: '/expect/order_line/d', reason: 'must be a whole number' },
    ]);
  });

  test('P-MSG-9 a station is for the kitchen alone', () => {
    const value = {
      type: 'subscribe',
      id: '1',
      view: 'orders',
      branchId: 'main',
      station: 'grill',
    };
    expect(faultsOf(value)).toEqual([
      { path: '/station', reason: 'is for the view kitchen alone' },
    ]);
  });
});

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

describe('broken messages', () => {
  test.each(ENCODINGS)('P-GUARD-1 one above the limit of %s closes with 1009', (encoding) => {
    const parsed = parse({ type: 'ping', id: 'x'.repeat(MESSAGE_BYTES_MAX) }, encoding);
    expect(parsed).toEqual({ kind: 'broken', reason: 'too_large', close: 1009 });
  });

  test.each(ENCODINGS)(
    'P-GUARD-9 one of %s without a text as type closes with 4400',
    (encoding) => {
      for (const value of [{}, { type: 7 }, { type: null }, { Type: 'ping' }]) {
        expect(parse(value, encoding)).toEqual({ kind: 'broken', reason: 'no_type', close: 4400 });
      }
    },
  );

  test.each([
    ['{"type":"ping","id":"1"} x', 'not_decodable'],
    ['{"type":"ping","id":"1"}{}', 'not_decodable'],
    ['{"type":"ping",}', 'not_decodable'],
    ['{"type":"ping","a":"\\x"}', 'not_decodable'],
    ['{"type":"ping","__proto__":{}}', 'forbidden_key'],
    ['[]', 'not_a_map'],
  ])('P-GUARD-7 the text %s closes with 4400', (text, reason) => {
    expect(parseClientMessage(textBytes(text), 'json')).toEqual({
      kind: 'broken',
      reason,
      close: 4400,
    });
  });

  test('P-GUARD-8 JSON that is not UTF-8 closes with 4400', () => {
    const bytes = textBytes('{"type":"ping","id":"1"}');
    bytes[bytes.indexOf(0x31)] = 0xff;
    expect(parseClientMessage(bytes, 'json')).toMatchObject({
      kind: 'broken',
      reason: 'invalid_utf8',
    });
  });

  test.each(ENCODINGS)('P-GUARD-10 random bytes as %s get a verdict', (encoding) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(['broken', 'refused', 'message']).toContain(
          parseClientMessage(bytes, encoding).kind,
        );
      }),
      { numRuns: 1_000 },
    );
  });

  test.each(ENCODINGS)('P-GUARD-10 any well-formed message of %s gets a verdict', (encoding) => {
    const type = fc.constantFrom('hello', 'command', 'query', 'subscribe', 'heartbeat', 'ping');
    fc.assert(
      fc.property(message(), type, (value, name) => {
        expect(parse({ ...value, type: name }, encoding).kind).not.toBe('broken');
      }),
    );
  });

  test.each(ENCODINGS)('P-GUARD-10 a valid message of %s with some bytes changed', (encoding) => {
    const valid = encode({ ...PAYMENT, expect: { order_header: { o1: 3 } } }, encoding);
    const change = fc.tuple(fc.nat(valid.length - 1), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(
        fc.array(change, { minLength: 1, maxLength: 4 }),
        fc.nat(valid.length),
        (changes, cut) => {
          const bytes = valid.slice(0, cut % 3 === 0 ? cut : valid.length);
          for (const [position, byte] of changes) bytes[position] = byte;
          const parsed = parseClientMessage(bytes, encoding);
          expect(['broken', 'refused', 'message']).toContain(parsed.kind);
          expect(Object.getPrototypeOf({})).toBe(Object.prototype);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test.each(ENCODINGS)(
    'P-GUARD-11 hostile shapes of %s take no longer than their length',
    (encoding) => {
      const half = 30_000;
      const shapes =
        encoding === 'json'
          ? [
              `{"a":[${'[],'.repeat(half / 2)}1]}`,
              `{"a":"${'\\u0061'.repeat(10_000)}"}`,
              `{"${'\\'.repeat(half)}`,
            ]
          : [];
      const packed = [
        `81a161dd0000ea60${'90'.repeat(60_000)}`,
        `81a161dd0000ea60${'80'.repeat(60_000)}`,
      ];
      for (const bytes of [
        ...shapes.map(textBytes),
        ...(encoding === 'msgpack' ? packed.map(bytesOf) : []),
      ]) {
        const before = performance.now();
        for (let count = 0; count < 10; count += 1) parseClientMessage(bytes, encoding);
        expect(performance.now() - before).toBeLessThan(2_000);
      }
    },
  );
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
