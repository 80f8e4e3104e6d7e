import { describe, expect, test } from 'vitest';
import { faultsOf, parse, PAYMENT, refusalOf } from './parsing.js';
import { ENCODINGS } from './support.js';

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

  test('P-MSG-13 a wrong field is told by its name, unless that could be a secret in the wrong place', () => {
    const paths = (fields: object) => {
      const payload = { ...PAYMENT.payload, ...fields };
      return faultsOf({ ...PAYMENT, payload }).map(({ path }) => path);
    };
    expect(paths({ extra1: 1, field_2: 1, 'with space': 1 })).toEqual([
      '/extra1',
      '/field_2',
      '/with space',
    ]);
    expect(paths({ 83649217: 1, 'K7Q-P3M-9XA': 1 })).toEqual(['/[hidden]', '/[hidden]']);
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
